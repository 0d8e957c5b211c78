"""What a layer is: weights, and a few lines that write equations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, ClassVar, Self

from pellucid import constraints, regularizers
from pellucid.capacity import in_words, memory_here
from pellucid.constraints import ConstraintLike
from pellucid.equations.penalties import OverRows
from pellucid.initializers import Initializer, InitializerLike
from pellucid.layers import opening
from pellucid.layers.agreed import without_agreed
from pellucid.layers.asking import demand_flag
from pellucid.layers.calling import (
    Call,
    arguments,
    by_name,
    carry_mask,
    check_call,
    first_of,
    is_array,
    mask_of,
    noting_that_it_is_built,
    parameters_of,
    shapes_of,
    taken_apart,
    warn_of_lost_mask,
    with_masks,
)
from pellucid.layers.eager import on_arrays
from pellucid.layers.face import Face
from pellucid.layers.holding import HERE, held_layers, making_graphs, refuse_arrays, told, writing
from pellucid.layers.multiplying import Multipliers, check_names, multiplier
from pellucid.layers.training import Training
from pellucid.regularizers import RegularizerLike
from pellucid.settings import Named, option, snake_case
from pellucid.tensor import Shape, Tensor, row_shape, show_shape
from pellucid.weights import Weight


class Layer(Face, Named, family="layer"):
    """Parameters plus a few lines that write equations.

    A layer of your own has settings as annotated attributes, `build(shape)`, which adds its
    weights, and `call(x)` or `call(x, training)`, which writes its equations. `training` is a
    `Training` while training, else None. What else `call` takes by name may be tensors too; `mask`
    is that of x. `supports_masking` says that the mask of x is also that of the output;
    `compute_mask(inputs, previous_mask)` says another.

    `rates` multiply the optimizer's learning rate: a number for every weight of the layer, or by
    name, as in {"kernel": 0.1}. `decays` multiply its weight decay.
    """

    name: str | None = option(default=None, kw_only=True)
    trainable: bool = option(default=True, kw_only=True)
    input_shape: Sequence[int | None] | None = option(default=None, kw_only=True)
    input_dim: int | None = option(default=None, kw_only=True)
    rates: Multipliers = option(default=None, kw_only=True)
    decays: Multipliers = option(default=None, kw_only=True)
    activity_regularizer: RegularizerLike = option(default=None, kw_only=True)

    #: "int" for a layer that reads class or word numbers, so that they are never rounded
    input_dtype: ClassVar[str] = "float"
    #: whether it reads several tensors
    several_inputs: ClassVar[bool] = False
    #: whether what it writes has a mask where what it reads has one
    supports_masking: ClassVar[bool] = False
    #: whether `compute_mask` says which mask it has
    carries_masks: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if "compute_mask" in vars(cls):
            cls.carries_masks = True
        if "build" in vars(cls):
            cls.build = noting_that_it_is_built(cls.build)  # type: ignore[method-assign]

    def __new__(cls, *values: Any, **named: Any) -> Self:
        made = super().__new__(cls)
        made._given = (values, named)
        return made

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **without_agreed(type(self).__name__, self._fields, named))
        self._own_weights: list[Weight] = []
        self._penalties: list[Tensor] = []
        self.built = False
        demand_flag(self, "trainable")
        self._check_settings()

    @property
    def weights(self) -> list[Weight]:
        """Its arrays, in the order in which they were added, then those of its parts."""
        if not (parts := self.parts):
            return self._own_weights
        return list(dict.fromkeys([*self._own_weights, *weights_of(parts)]))

    @property
    def trainable_weights(self) -> list[Weight]:
        """The arrays that training fits."""
        if not self.trainable:
            return []
        fitted = [weight for weight in self._own_weights if weight.trainable]
        inside = [weight for part in self.parts for weight in part.trainable_weights]
        return list(dict.fromkeys([*fitted, *inside]))

    @property
    def layer_name(self) -> str:
        """Its name, or what it is called until a model names it."""
        return self.name or snake_case(type(self).__name__)

    @property
    def given_shape(self) -> Shape | None:
        """The shape of a batch that its `input_shape` or `input_dim` announces."""
        if self.input_dim is not None:
            return row_shape((self.input_dim,))
        return None if self.input_shape is None else row_shape(self.input_shape)

    def _check_settings(self) -> None:
        """Raise an error if a setting makes no sense, whatever the input."""

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
        constraint: ConstraintLike = None,
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
            constraint=constraints.get(constraint),
            rate=multiplier(self, "rates", name),
            decay=multiplier(self, "decays", name),
        )
        self._own_weights.append(weight)
        return weight

    def weight_as_set(self, setting: str, shape: Sequence[int], letter: str = "W") -> Weight:
        """Add an array by the settings `{setting}_initializer`, `_regularizer`, `_constraint`."""
        return self.add_weight(
            shape,
            getattr(self, f"{setting}_initializer"),
            setting,
            regularizer=getattr(self, f"{setting}_regularizer"),
            constraint=getattr(self, f"{setting}_constraint", None),
            letter=letter,
        )

    def write(
        self, x: Any, training: Training | None = None, always: bool | None = None, **further: Any
    ) -> Any:
        """Build the layer if need be, and write its equations on `x`, and what goes by name.

        Where the call says that it `always` does as outside training, it does.
        """
        training = None if always is False else training
        if training is not None and not self.trainable and self.parts:
            training = training.for_frozen()
        self.build_on(x, further)
        takes = parameters_of(getattr(self.call, "__func__", self.call))
        given = with_masks(takes, x, further)
        if "training" in takes:
            given["training"] = training
        previous = given["mask"] if "mask" in takes else further.get("mask", mask_of(x))
        with writing(training):
            y = self.call(x, **{name: each for name, each in given.items() if name in takes})
        y = list(y) if isinstance(y, tuple) else y
        carry_mask(self, x, y, previous)
        self.penalize(y if isinstance(y, list) else [y])
        return y

    def build_on(self, x: Any, further: Mapping[str, Any]) -> None:
        """Build for tensors; `build(x_shape, value_shape)` is told of those that go by name."""
        takes = parameters_of(type(self).build) if further and not self.built else ()
        tensors = {name: each for name, each in further.items() if isinstance(each, Tensor)}
        named = {f"{name}_shape": each.shape for name, each in tensors.items()}
        self.build_for(
            shapes_of(x), **{name: each for name, each in named.items() if name in takes}
        )

    def build_for(self, shape: Any, **others: Any) -> None:
        if not self.built:
            with making_graphs():
                self.build(shape, **others)
            check_names(self, self.rates or {}, "rates")
            check_names(self, self.decays or {}, "decays")
            self.built = True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the output, where the layer supports masks: that of its input."""
        return previous_mask

    def add_loss(self, loss: Tensor) -> None:
        """Add a number that `call` has written to the loss of the network."""
        self._penalties.append(loss)

    @property
    def penalties(self) -> list[Tensor]:
        """What it, and the layers within it, have added to the loss since `forget_penalties`."""
        return [*self._penalties, *(each for part in self.parts for each in part.penalties)]

    def forget_penalties(self) -> None:
        self._penalties.clear()
        for part in self.parts:
            part.forget_penalties()

    def penalize(self, written: Sequence[Tensor]) -> None:
        """Add what `activity_regularizer` says of the output, as a mean over the rows."""
        regularizer = regularizers.get(self.activity_regularizer)
        if regularizer is not None:
            for each in written:
                self.add_loss(OverRows()(regularizer.write(each), each))

    @property
    def parts(self) -> list[Layer]:
        """The layers that it is made of: of a layer of your own, those that it holds."""
        return [] if type(self).__module__.startswith("pellucid.") else held_layers(self)

    def __call__(self, *given: Any, training: Any = None, **named: Any) -> Any:
        """Call the layer on a symbolic tensor, as part of a graph, or on an array, to compute.

        Of several inputs it takes a list. On arrays, `training=True` does as in a step of training.
        """
        x, *others = given or [first_of(self, named)]
        inputs: list[Any] = list(x) if isinstance(x, (list, tuple)) else [x]
        beside = by_name(self, others, named) if others or named else {}
        further = {name: taken_apart(each, inputs) for name, each in beside.items()}
        if all(is_array(each) for each in inputs):
            refuse_arrays(self, HERE.doing)
            dtype = getattr(self, "dtype", "float32")
            return on_arrays(self, inputs, further, dtype, Training() if training else None)
        training = told(training, HERE.doing)
        check_call(self, inputs, training)
        if HERE.doing is not None:
            x, read = arguments(self, inputs, further)
            return self.write(x, HERE.doing.training if training is None else None, **read)
        further |= {} if training is None else {"training": False}
        x, read = arguments(self, inputs, further)
        if self.computed is not None:
            self.forget_penalties()
            self.computed = None
        y = opening.written(self, x, read)
        written = y if isinstance(y, list) else [y]
        outputs = tuple(Tensor(each.shape, each.name, dtype=each.dtype) for each in written)
        self.last_call = call = Call(self, tuple(inputs), outputs, further)
        for fresh, each in zip(outputs, written, strict=True):
            fresh.source, fresh.mask = call, each.mask
        warn_of_lost_mask(self, inputs, outputs)
        return list(outputs) if isinstance(y, list) else outputs[0]

    def known_shape(self, shape: Shape, rank: int, means: str) -> Shape:
        """`shape`, if it has `rank` dimensions, of which the last is known."""
        if len(shape) != rank or shape[-1] is None:
            raise ValueError(
                f"{self.layer_name} expects {means}, a shape of {rank} dimensions with the batch, "
                f"of which the last is known; got {show_shape(shape)}"
            )
        return shape


def weights_of(parts: Sequence[Layer]) -> list[Weight]:
    return [weight for part in parts for weight in part.weights]
