"""What a layer is: weights, and a few lines that write equations."""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pellucid import regularizers
from pellucid.capacity import in_words, memory_here
from pellucid.initializers import Initializer, InitializerLike
from pellucid.layers.agreed import without_agreed
from pellucid.layers.eager import on_arrays
from pellucid.regularizers import RegularizerLike
from pellucid.settings import Named, nearest, option, snake_case
from pellucid.tensor import Shape, Tensor, show_shape
from pellucid.weights import Weight

#: a number for every weight of a layer, or for some by their names
Multipliers = float | Mapping[str, float] | None


class Call(NamedTuple):
    """Where a symbolic tensor of a graph comes from: a layer, called on tensors."""

    layer: Layer
    inputs: tuple[Tensor, ...]


class Training:
    """What a pass that trains collects: new values for state, and streams of random numbers."""

    def __init__(self, seed: Tensor | None = None, step: Tensor | None = None) -> None:
        self.assignments: dict[Tensor, Tensor] = {}
        self.seed = seed if seed is not None else Tensor((), "seed", role="setting")
        self.step = step if step is not None else Tensor((), "step", role="setting")
        self.frozen = False
        self._streams = itertools.count(1)

    def for_frozen(self) -> Training:
        """The same pass, for layers whose network is frozen: their state stays as it is."""
        frozen = copy.copy(self)
        frozen.frozen = True
        return frozen

    def assign(self, weight: Weight, value: Tensor) -> None:
        """After the step, weight ← value."""
        self.assignments[weight.tensor] = value

    def stream(self) -> int:
        """The number of a stream of random numbers that nobody else draws from."""
        return next(self._streams)


@functools.lru_cache(maxsize=1000)
def wants_training(call: Callable[..., Any]) -> bool:
    """Whether a layer's `call` is told of training."""
    return "training" in inspect.signature(call).parameters


def noting_that_it_is_built(build: Callable[..., None]) -> Callable[..., None]:
    """`build`, after which a layer is built, also where it is called by hand."""

    @functools.wraps(build)
    def built(self: Layer, shape: Any) -> None:
        build(self, shape)
        self.built = True

    return built


class Layer(Named, family="layer"):
    """Parameters plus a few lines that write equations.

    A layer of your own has settings as annotated attributes, `build(shape)`, which adds its
    weights, and `call(x)` or `call(x, training)`, which writes its equations. `training` is a
    `Training` while training, else None.

    `rates` multiply the optimizer's learning rate: a number for every weight of the layer, or by
    name, as in {"kernel": 0.1}. `decays` multiply its weight decay.
    """

    name: str | None = option(default=None, kw_only=True)
    trainable: bool = option(default=True, kw_only=True)
    input_shape: Sequence[int] | None = option(default=None, kw_only=True)
    input_dim: int | None = option(default=None, kw_only=True)
    rates: Multipliers = option(default=None, kw_only=True)
    decays: Multipliers = option(default=None, kw_only=True)

    #: "int" for a layer that reads class or word numbers, so that they are never rounded
    input_dtype: ClassVar[str] = "float"
    #: whether it reads several tensors
    several_inputs: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if "build" in vars(cls):
            cls.build = noting_that_it_is_built(cls.build)  # type: ignore[method-assign]

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **without_agreed(type(self).__name__, self._fields, named))
        self._own_weights: list[Weight] = []
        self.built = False

    @property
    def weights(self) -> list[Weight]:
        """Its arrays, in the order in which they were added."""
        return self._own_weights

    @property
    def trainable_weights(self) -> list[Weight]:
        """The arrays that training fits."""
        return [weight for weight in self.weights if self.trainable and weight.trainable]

    @property
    def layer_name(self) -> str:
        """Its name, or what it is called until a model names it."""
        return self.name or snake_case(type(self).__name__)

    @property
    def given_shape(self) -> Shape | None:
        """The shape of a batch that its `input_shape` or `input_dim` announces."""
        if self.input_dim is not None:
            return (None, self.input_dim)
        return None if self.input_shape is None else (None, *self.input_shape)

    def build(self, shape: Any) -> None:
        """Add the weights, for an input of `shape` (a list of shapes for several inputs)."""

    def call(self, x: Any, training: Training | None) -> Tensor:
        """Write the equations of the layer and give its output."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `call(self, x, training)`")

    def add_weight(
        self,
        shape: Sequence[int],
        initializer: InitializerLike = "glorot_uniform",
        name: str = "weight",
        *,
        trainable: bool = True,
        regularizer: RegularizerLike = None,
        letter: str = "W",
    ) -> Weight:
        """Add an array that training fits (or, if not `trainable`, moves along)."""
        for extent in shape:
            if isinstance(extent, bool) or not isinstance(extent, Integral) or extent < 1:
                raise ValueError(
                    f"{self.layer_name} cannot make a {name} of shape {tuple(shape)}: "
                    f"sizes are whole numbers of 1 or more, got {extent!r}"
                )
        if (needed := 4 * math.prod(shape)) > memory_here():
            raise ValueError(
                f"{self.layer_name} cannot make a {name} of shape {tuple(shape)}: its numbers need "
                f"{in_words(needed)} of memory, and this machine has {in_words(memory_here())}; "
                "give smaller sizes"
            )
        weight = Weight(
            shape,
            Initializer.get(initializer),
            name,
            letter=letter,
            trainable=trainable,
            regularizer=regularizers.get(regularizer),
            rate=multiplier(self, "rates", name),
            decay=multiplier(self, "decays", name),
        )
        self._own_weights.append(weight)
        return weight

    def weight_as_set(self, setting: str, shape: Sequence[int], letter: str = "W") -> Weight:
        """Add an array by the settings `{setting}_initializer` and `{setting}_regularizer`."""
        return self.add_weight(
            shape,
            getattr(self, f"{setting}_initializer"),
            setting,
            regularizer=getattr(self, f"{setting}_regularizer"),
            letter=letter,
        )

    def write(self, x: Tensor | list[Tensor], training: Training | None = None) -> Tensor:
        """Build the layer if need be, and write its equations on `x`."""
        self.build_for([each.shape for each in x] if isinstance(x, list) else x.shape)
        if wants_training(getattr(self.call, "__func__", self.call)):
            return self.call(x, training)
        return self.call(x)  # type: ignore[call-arg]

    def build_for(self, shape: Any) -> None:
        if not self.built:
            self.build(shape)
            check_names(self, self.rates or {}, "rates")
            check_names(self, self.decays or {}, "decays")
            self.built = True

    def __call__(self, x: Any, training: bool | None = None) -> Any:
        """Call the layer on a symbolic tensor, as part of a graph, or on an array, to compute.

        Of several inputs it takes a list.
        """
        inputs: list[Any] = list(x) if isinstance(x, (list, tuple)) else [x]
        arrays = all(hasattr(each, "__array__") for each in inputs)
        if training is not None and (training or not arrays):
            raise ValueError(
                f"{self.layer_name} was called with training={training!r}; whether it trains is up "
                "to fit and predict here. To keep what a layer has learned, layer.trainable = False"
            )
        if arrays:
            return on_arrays(self, inputs, getattr(self, "dtype", "float32"))
        for each in inputs:
            if not isinstance(each, Tensor):
                raise TypeError(
                    f"{self.layer_name} was called on {type(each).__name__}; layers are called on "
                    "symbolic tensors: start from x = Input(shape=(…,)). To run a network on "
                    "arrays use net.predict(x)"
                )
        y = self.write(inputs if self.several_inputs else inputs[0])
        y = Tensor(y.shape, y.name, dtype=y.dtype)
        y.source = Call(self, tuple(inputs))
        return y

    def known_shape(self, shape: Shape, rank: int, means: str) -> Shape:
        """`shape`, if it has `rank` dimensions that are all known but the batch."""
        if len(shape) != rank or None in shape[1:]:
            raise ValueError(
                f"{self.layer_name} expects {means}, a shape of {rank} dimensions with the batch; "
                f"got {show_shape(shape)}"
            )
        return shape

    def get_weights(self) -> list[np.ndarray]:
        """Copies of its arrays, in the order in which they were added."""
        return [weight.value.copy() for weight in self.weights]

    def set_weights(self, values: Sequence[ArrayLike]) -> None:
        """Replace its arrays, in the order of `get_weights`."""
        if len(values) != len(self.weights):
            raise ValueError(
                f"{self.layer_name} has {len(self.weights)} weights, got {len(values)} arrays"
            )
        for weight, value in zip(self.weights, values, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        return sum(weight.size for weight in self.weights)


def multiplier(layer: Layer, setting: str, name: str) -> float:
    """What the layer's `rates`, or `decays`, say of the weight of this name."""
    given = getattr(layer, setting)
    value = given.get(name, 1.0) if isinstance(given, Mapping) else given
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < math.inf:
        raise ValueError(
            f"{layer.layer_name}: {setting} are finite numbers of 0 or more, got {value!r}; "
            f"write {setting}=0.1, or {setting}={{{name!r}: 0.1}}"
        )
    return float(value)


def check_names(layer: Layer, given: float | Mapping[str, float], setting: str) -> None:
    known = [weight.name for weight in layer.weights]
    for name in given if isinstance(given, Mapping) else ():
        if name not in known:
            raise ValueError(
                f"{layer.layer_name}: {setting} name {name!r}, which it has not: "
                f"{nearest(name, known)}"
            )
