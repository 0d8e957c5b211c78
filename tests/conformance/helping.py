"""Help that is mechanical: what Keras's tests call beside the parts of a network.

Each use is noted in `USED`, so that a test that passes with it is counted apart.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import nullcontext
from types import ModuleType
from typing import Any

import numpy as np

import pellucid
from pellucid.tensor import Tensor
from tests.conformance.casing import USED, TestCase, named_product

NAMES: dict[str, Any] = {}
#: whether the tests that run are those of ops themselves, to which NumPy is no help
OPS_ARE_TESTED: list[bool] = []


def helps(function: Callable[..., Any]) -> Callable[..., Any]:
    """Enter a function by its name, and note when it is called."""

    @functools.wraps(function)
    def noted(*values: Any, **named: Any) -> Any:
        USED.add(function.__name__)
        return function(*values, **named)

    NAMES[function.__name__] = noted
    return noted


@helps
def convert_to_tensor(x: Any, dtype: Any = None, **rest: Any) -> Any:
    if isinstance(x, Tensor):
        return x
    array = np.asarray(x)
    if dtype is None and array.dtype == np.float64:
        dtype = "float32"
    return array if dtype in (None, "bfloat16") else array.astype(dtype)


@helps
def convert_to_numpy(x: Any) -> Any:
    return np.asarray(x)


@helps
def is_tensor(x: Any) -> bool:
    return isinstance(x, (np.ndarray, Tensor))


@helps
def standardize_dtype(dtype: Any) -> str:
    return str(np.dtype(dtype))


@helps
def cast(x: Any, dtype: Any) -> Any:
    return np.asarray(x).astype("float32" if dtype == "bfloat16" else dtype)


@helps
def shape(x: Any) -> Any:
    return tuple(x.shape)


@helps
def KerasTensor(shape: Any, dtype: Any = "float32", **rest: Any) -> Any:  # noqa: N802
    whole = "int" in str(dtype)
    return Tensor(tuple(shape), role="input", dtype="int" if whole else "float")


@helps
def image_data_format() -> str:
    return "channels_last"


@helps
def set_image_data_format(name: str) -> None:
    """Channels come last."""


@helps
def enable_flash_attention() -> None:
    """There is none, so that nothing changes."""


@helps
def disable_flash_attention() -> None:
    """There is none."""


@helps
def get_keras_mask(x: Any) -> Any:
    return getattr(x, "mask", None)


@helps
def set_keras_mask(x: Any, mask: Any) -> None:
    x.mask = mask


@helps
def name_scope(name: str, **rest: Any) -> Any:
    """Names are not nested here."""
    return nullcontext()


@helps
def is_keras_tensor(x: Any) -> bool:
    return isinstance(x, Tensor)


@helps
def get_test_data(
    train_samples: int,
    test_samples: int,
    input_shape: Any,
    num_classes: int,
    random_seed: Any = None,
) -> Any:
    """Rows around a point for each class, to train on and to test."""
    rng = np.random.default_rng(random_seed)
    points = 2 * num_classes * rng.random((num_classes, *input_shape))
    classes = np.arange(train_samples + test_samples) % num_classes
    rows = (points[classes] + rng.normal(size=(len(classes), *input_shape))).astype("float32")
    train, test = slice(train_samples), slice(train_samples, None)
    return (rows[train], classes[train]), (rows[test], classes[test])


class Variable(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that can be assigned to."""

    def __init__(self, initializer: Any, shape: Any = None, dtype: Any = None, **rest: Any):
        USED.add("Variable")
        given = initializer(shape) if callable(initializer) else initializer
        array = np.array(given)
        self.value = array.astype(
            dtype or ("float32" if array.dtype == np.float64 else array.dtype)
        )
        self.name, self.constraint = rest.get("name", "variable"), None

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.value, dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        given = [each.value if isinstance(each, Variable) else each for each in inputs]
        return getattr(ufunc, method)(*given, **named)

    def numpy(self) -> np.ndarray:
        return self.value

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    def assign(self, value: Any) -> None:
        self.value = np.asarray(value, self.value.dtype)


NAMES["Variable"] = Variable
#: what Model(inputs, outputs) is in Keras
NAMES["Functional"] = pellucid.Model


def array(name: str) -> Callable[..., Any]:
    """A random array, by NumPy."""

    def drawn(
        shape: Any, *values: Any, dtype: Any = "float32", seed: Any = None, **named: Any
    ) -> Any:
        USED.add(f"random.{name}")
        rng = np.random.default_rng(seed if isinstance(seed, int) else 0)
        if name == "randint":
            return rng.integers(*values, size=shape)
        return getattr(rng, name)(*values, size=shape).astype(dtype or "float32")

    return drawn


def by_numpy(name: str) -> Any:
    """A function of NumPy, where ops are not what is tested."""
    if OPS_ARE_TESTED and OPS_ARE_TESTED[-1]:
        return None
    function = getattr(np, name, None)
    if not callable(function):
        return None

    def called(*values: Any, **named: Any) -> Any:
        USED.add(f"numpy.{name}")
        return function(*values, **named)

    return called


def module(name: str, **content: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(content)
    made.__path__ = []
    return made


def map_structure(function: Callable[..., Any], *trees: Any) -> Any:
    first = trees[0]
    if isinstance(first, dict):
        return {key: map_structure(function, *(each[key] for each in trees)) for key in first}
    if isinstance(first, (list, tuple)):
        found = [map_structure(function, *each) for each in zip(*trees, strict=True)]
        return type(first)(*found) if hasattr(first, "_fields") else type(first)(found)
    return function(*trees)


def flatten(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in flatten(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for each in tree for leaf in flatten(each)]
    return [tree]


def assert_same_structure(one: Any, other: Any) -> None:
    """Whether both are made of the same dictionaries, lists and tuples."""
    several = (dict, list, tuple)
    if isinstance(one, several) or isinstance(other, several):
        if type(one) is not type(other) or len(one) != len(other):
            raise ValueError(f"Expected {type(one)}, got {type(other)}")
        for key in one if isinstance(one, dict) else range(len(one)):
            assert_same_structure(one[key], other[key])


class _Numpy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return by_numpy(name) if not name.startswith("__") else super().__getattribute__(name)


def no(*values: Any, **named: Any) -> bool:
    return False


BACKEND = module(
    "backend",
    **NAMES,
    backend=lambda: "pellucid",
    floatx=lambda: "float32",
    epsilon=lambda: 1e-7,
    set_floatx=lambda name: None,
    config=module(
        "config",
        image_data_format=lambda: "channels_last",
        backend=lambda: "pellucid",
        floatx=lambda: "float32",
        epsilon=lambda: 1e-7,
    ),
    numpy=_Numpy("numpy"),
    SUPPORTS_SPARSE_TENSORS=False,
    SUPPORTS_RAGGED_TENSORS=False,
    SUPPORTS_COMPLEX_DTYPES=False,
    IS_THREAD_SAFE=True,
)
RANDOM = module(
    "random", **{name: array(name) for name in ("uniform", "normal", "randint", "gamma", "beta")}
)
BACKEND.__dict__["random"] = RANDOM
TESTING = module(
    "testing",
    get_test_data=get_test_data,
    TestCase=TestCase,
    named_product=named_product,
    **dict.fromkeys(
        ("jax_uses_gpu", "jax_uses_tpu", "tensorflow_uses_gpu", "tensorflow_uses_tpu",
         "torch_uses_gpu", "uses_gpu", "uses_tpu"), no,
    ),
)  # fmt: skip
TESTING.__dict__["test_case"] = TESTING.__dict__["test_utils"] = TESTING
CONFTEST = module("conftest", skip_if_backend=lambda *values: lambda test: test)
TREE = module(
    "tree",
    map_structure=map_structure,
    flatten=flatten,
    assert_same_structure=assert_same_structure,
)


@helps
def register_keras_serializable(*values: Any, **named: Any) -> Any:
    return pellucid.register


SAVING = module(
    "saving", register_keras_serializable=register_keras_serializable,
    serialize_keras_object=lambda thing: thing.described(), load_model=pellucid.load,
)  # fmt: skip
#: modules of Keras that are replaced as a whole
MODULES: dict[str, ModuleType] = {
    "backend": BACKEND,
    "testing": TESTING,
    "test_case": TESTING,
    "test_utils": TESTING,
    "random": RANDOM,
    "tree": TREE,
    "saving": SAVING,
}
