"""The case that Keras's tests are written in, on pellucid: what it asserts, and of layers."""
# ruff: noqa: N802, PT009

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from absl.testing import parameterized

import pellucid
from pellucid.settings import known_objects
from pellucid.tensor import Tensor

#: the help that the running test has used
USED: set[str] = set()


class OtherNumberError(AssertionError):
    """A number is not what Keras's is."""


class NothingRaisedError(AssertionError):
    """Something is accepted that Keras refuses."""


class TestCase(parameterized.TestCase):
    """Keras's TestCase."""

    maxDiff = None

    def get_temp_dir(self) -> str:
        return tempfile.mkdtemp()

    def convert_to_numpy(self, x: Any) -> Any:
        return np.asarray(x)

    def assertAllClose(
        self, x1: Any, x2: Any, atol: float = 1e-6, rtol: float = 1e-6, msg: Any = None, **rest: Any
    ) -> None:
        try:
            np.testing.assert_allclose(plain(x1), plain(x2), atol=atol, rtol=rtol, err_msg=str(msg))
        except AssertionError as error:
            raise OtherNumberError(str(error)) from None

    def assertNotAllClose(self, x1: Any, x2: Any, **rest: Any) -> None:
        if np.allclose(plain(x1), plain(x2), atol=1e-6, rtol=1e-6):
            raise AssertionError("the two are close")

    def assertAlmostEqual(
        self, x1: Any, x2: Any, places: int = 3, msg: Any = None, **rest: Any
    ) -> None:
        self.assertAllClose(x1, x2, atol=10**-places, rtol=0)

    def assertAllEqual(self, x1: Any, x2: Any, msg: Any = None) -> None:
        np.testing.assert_array_equal(plain(x1), plain(x2))

    def assertLen(self, iterable: Any, expected_len: int, msg: Any = None) -> None:
        self.assertEqual(len(iterable), expected_len)

    def assertDType(self, x: Any, dtype: Any, msg: Any = None) -> None:
        self.assertEqual(str(np.asarray(x).dtype), str(dtype))

    def assertSparse(self, x: Any, sparse: bool = True) -> None:
        self.assertEqual(hasattr(x, "tocsr"), sparse)

    def assertFileExists(self, path: Any) -> None:
        self.assertTrue(Path(path).is_file())

    def assertRaises(self, expected: Any, *values: Any, **named: Any) -> Any:
        return raising(expected) if not values else self.called(expected, *values, **named)

    def assertRaisesRegex(
        self, expected: Any, expected_regex: Any, *values: Any, **named: Any
    ) -> Any:
        """An error of the kind that Keras raises; in other words it is one with help."""
        if values:
            return self.called(expected, *values, **named)
        return raising(expected, str(getattr(expected_regex, "pattern", expected_regex)))

    def called(self, expected: Any, function: Any, *values: Any, **named: Any) -> None:
        with raising(expected):
            function(*values, **named)

    def run_class_serialization_test(self, instance: Any, custom_objects: Any = None) -> Any:
        """A configuration makes an equal object."""
        with known_objects(own_layers(instance) | (custom_objects or {})):
            config = instance.get_config()
            json.dumps(config)
            revived = type(instance).from_config(config)
            self.assertEqual(revived.get_config(), config)
        return revived

    def run_layer_test(
        self,
        layer_cls: Any,
        init_kwargs: dict[str, Any],
        input_shape: Any = None,
        input_dtype: Any = None,
        input_data: Any = None,
        call_kwargs: dict[str, Any] | None = None,
        expected_output_shape: Any = None,
        expected_output: Any = None,
        expected_num_trainable_weights: int | None = None,
        expected_num_non_trainable_weights: int | None = None,
        expected_num_losses: int | None = None,
        supports_masking: bool | None = None,
        run_training_check: bool = True,
        custom_objects: Any = None,
        **rest: Any,
    ) -> None:
        layer, call = layer_cls(**init_kwargs), call_kwargs or {}
        self.run_class_serialization_test(layer, custom_objects)
        if supports_masking is not None:
            self.assertEqual(bool(layer.supports_masking), supports_masking)
        data = input_data if input_data is not None else arrays(input_shape, input_dtype)
        layer = layer_cls(**init_kwargs)
        symbols = on(layer, mapped(symbol, data), **mapped(symbol, call))
        counts = (
            (layer.trainable_weights, expected_num_trainable_weights),
            (layer.non_trainable_weights, expected_num_non_trainable_weights),
        )
        for weights, count in counts:
            if count is not None:
                self.assertLen(weights, count)
        found = on(layer, data, **call)
        if expected_output_shape is not None:
            self.check_shape(expected_output_shape, symbols)
            self.check_shape(expected_output_shape, found)
        if expected_num_losses is not None:
            self.assertLen(layer.losses, expected_num_losses)
        if expected_output is not None:
            self.assertAllClose(found, expected_output)
        if run_training_check and not call:
            trained(layer_cls(**init_kwargs), data)

    def check_shape(self, expected: Any, found: Any) -> None:
        """Shapes agree, but where one is open."""
        several = isinstance(expected, (list, tuple)) and isinstance(expected[0], (list, tuple))
        pairs = zip(expected, found, strict=True) if several else [(expected, found)]
        for shape, value in pairs:
            known = [None if one is None or other is None else one
                     for one, other in zip(value.shape, shape, strict=True)]  # fmt: skip
            other = [None if one is None else each for one, each in zip(known, shape, strict=True)]
            self.assertEqual(known, other)


def own_layers(thing: Any) -> dict[str, type]:
    """The classes of a test's own that a layer holds: Keras finds them by their modules."""
    held = [
        each
        for value in thing.settings().values()
        for each in (value if isinstance(value, (list, tuple)) else [value])
    ]
    kinds = [type(each) for each in held if isinstance(each, pellucid.layers.Layer)]
    return {kind.__name__: kind for kind in kinds if not kind.__module__.startswith("pellucid")}


@contextmanager
def raising(expected: Any, words: str = "") -> Iterator[Any]:
    """An error of the expected kind has to be raised; in other words that is noted."""
    import re

    try:
        yield None
    except expected as error:
        if words and not re.search(words, str(error)):
            USED.add("an error in other words")
    else:
        raise NothingRaisedError(f"{expected} was not raised")


def on(layer: Any, data: Any, **call: Any) -> Any:
    """What a layer gives of data, which it takes by name where they are a dictionary."""
    return layer(**data, **call) if isinstance(data, dict) else layer(data, **call)


def trained(layer: Any, data: Any) -> None:
    """One step of a network of the layer, and a prediction."""
    given = list(data.values()) if isinstance(data, dict) else data
    given = given if isinstance(given, list) else [given]
    inputs = [pellucid.Input(each.shape[1:], dtype=each.dtype) for each in given]
    several = dict(zip(data, inputs, strict=True)) if isinstance(data, dict) else inputs
    found = on(layer, several if isinstance(data, (list, dict)) else inputs[0])
    outputs = found if isinstance(found, list) else [found]
    net = pellucid.Model(inputs, outputs)
    net.compile("sgd", ["mse"] * len(outputs))
    predicted = net.predict(given if len(given) > 1 else given[0], verbose=0)
    targets = predicted if isinstance(predicted, list) else [predicted]
    net.fit(
        given if len(given) > 1 else given[0],
        targets if len(targets) > 1 else targets[0],
        verbose=0,
    )


def plain(x: Any) -> Any:
    """Arrays of NumPy, also within lists."""
    if isinstance(x, (list, tuple)) and any(hasattr(each, "__array__") for each in x):
        return [np.asarray(each) for each in x]
    return np.asarray(x)


def mapped(function: Any, tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: mapped(function, each) for key, each in tree.items()}
    if isinstance(tree, (list, tuple)) and tree and not isinstance(tree[0], (int, float)):
        return [mapped(function, each) for each in tree]
    return function(tree)


def symbol(value: Any) -> Any:
    if not hasattr(value, "__array__") or isinstance(value, np.generic):
        return value
    whole = np.asarray(value).dtype.kind in "iu"
    return Tensor((None, *value.shape[1:]), role="input", dtype="int" if whole else "float")


def arrays(shape: Any, dtype: Any) -> Any:
    """Rows of a shape, or a list of them for several."""
    if isinstance(shape, dict):
        return {key.removesuffix("_shape"): arrays(each, dtype) for key, each in shape.items()}
    if isinstance(shape, (list, tuple)) and shape and isinstance(shape[0], (list, tuple)):
        return [arrays(each, dtype) for each in shape]
    rng = np.random.default_rng(0)
    if "int" in str(dtype):
        return rng.integers(0, 2, shape)
    return rng.uniform(0.1, 1, [2 if each is None else each for each in shape]).astype("float32")


def named_product(*dicts: Any, **named: Sequence[Any]) -> Any:
    """Every combination of the values, each with a name, as Keras's tests ask for them."""
    given = dict(named)
    keys = list(given)
    found = []
    for values in itertools.product(*given.values()):
        entry = dict(zip(keys, values, strict=True))
        name = "_".join(str(each) for each in values)
        found.append({"testcase_name": f"_{name}" if name else "_", **entry})
    return found
