"""Cells: one step of a recurrence, called on the numbers of a step and on states.

    y, *states = cell(x, states);  x (n, k), each state (n, units)

Without states it begins from zeros. A cell of your own is a layer with `units` or `state_size`, and
a `call(x, states)` that gives its output and a list of new states.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.constraints import ConstraintLike
from pellucid.equations.linear import Affine, Product
from pellucid.equations.random import Mask
from pellucid.equations.shape import pick
from pellucid.initializers import ForgetNothing, InitializerLike
from pellucid.layers.base import Layer
from pellucid.layers.stepping import begun
from pellucid.layers.training import Training
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, setting, show_shape
from pellucid.weights import Weight


class Cell(Layer, abstract=True):
    """One step: the gates stand side by side in the weights."""

    units: int
    activation: ActivationLike = "tanh"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    recurrent_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    recurrent_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)
    dropout: float = option(default=0.0, kw_only=True)
    recurrent_dropout: float = option(default=0.0, kw_only=True)
    seed: int | None = option(default=None, kw_only=True)

    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1

    @property
    def state_size(self) -> Any:
        """The width of its state; of several a list."""
        return self.units if self.states == 1 else [self.units] * self.states

    @property
    def output_size(self) -> int:
        return self.units

    def build(self, shape: Shape) -> None:
        check_rates(self)
        self.known_shape(shape, 2, "the numbers of a step (n, k)")
        self.w, self.u = weights_of_gates(self, shape[-1] or 1)
        if self.use_bias:
            self.b = bias_of_gates(self)

    def bias_shape(self, width: int) -> tuple[int, ...]:
        return (width,)

    def first_bias(self) -> InitializerLike:
        return self.bias_initializer

    def call(  # type: ignore[override]
        self,
        x: Tensor,
        states: Sequence[Tensor] | Tensor | None = None,
        training: Training | None = None,
    ) -> list[Tensor]:
        given = begun(self, x, states)
        wanted = [(self.units,)] * self.states
        if [each.shape[1:] for each in given] != wanted:
            raise ValueError(
                f"{self.layer_name} reads {self.states} states of shape (n, {self.units}), got "
                f"{', '.join(show_shape(each.shape) for each in given)}"
            )
        h = given[0]
        if training is not None:
            x = dropped(self, "dropout", x, training)
            h = dropped(self, "recurrent_dropout", h, training)
        new = self.step(x, h, given)
        return [new[0], *new]

    def step(self, x: Tensor, h: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        """The new states, from h, which is the first with numbers dropped, and all as they are."""
        raise NotImplementedError

    @property
    def bias_tensor(self) -> Tensor | None:
        return self.b.tensor if self.use_bias else None

    def given_by(self, x: Tensor, b: Tensor | None) -> Tensor:
        """Z = X·W + b"""
        if b is None:
            return Product()(x, self.w.tensor).called("Z")
        return Affine()(x, self.w.tensor, b)

    def gate(self, z: Tensor, at: int) -> Tensor:
        """Z of the gate of this number."""
        return pick(z, (..., slice(at * self.units, (at + 1) * self.units)))


class SimpleRNNCell(Cell):
    """H = f(X·W + b + H₋₁·U)"""

    def step(self, x: Tensor, h: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        z = self.given_by(x, self.bias_tensor) + Product()(h, self.u.tensor)
        return [activations.get(self.activation)(z).called("H")]


class LSTMCell(Cell):
    """H = o⊙f(C), C = f₋⊙C₋₁ + i⊙c̃;  the gates i, f₋, o = σ(Z), c̃ = f(Z), Z = X·W + b + H₋₁·U

    W (k, 4·units), U (units, 4·units) and b (4·units,) hold i, f₋, c̃, o side by side.
    """

    units: int
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
    unit_forget_bias: bool = True

    gates = 4
    states = 2

    def first_bias(self) -> InitializerLike:
        return forgetting(self)

    def step(self, x: Tensor, h: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        z = self.given_by(x, self.bias_tensor) + Product()(h, self.u.tensor)
        bound, open_ = (
            activations.get(self.activation),
            activations.get(self.recurrent_activation),
        )
        i, forget, o = (open_(self.gate(z, at)) for at in (0, 1, 3))
        c = (forget * states[1] + i * bound(self.gate(z, 2))).called("C")
        return [(o * bound(c)).called("H"), c]


class GRUCell(Cell):
    """H = z⊙H₋₁ + (1 − z)⊙c;  the gates z, r = σ(Z + R), c = f(Z + r⊙R), R = H₋₁·U + b₂

    W (k, 3·units), U (units, 3·units) and b (2, 3·units) hold z, r, c side by side. Without
    `reset_after`, c = f(Z + (r⊙H₋₁)·U), and b is (3·units,).
    """

    units: int
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"
    reset_after: bool = option(default=True, kw_only=True)

    gates = 3

    def bias_shape(self, width: int) -> tuple[int, ...]:
        return (2, width) if self.reset_after else (width,)

    def step(self, x: Tensor, h: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        bound, open_ = (
            activations.get(self.activation),
            activations.get(self.recurrent_activation),
        )
        b = self.bias_tensor
        z = self.given_by(x, pick(b, 0) if b is not None and self.reset_after else b)
        if self.reset_after:
            r = Product()(h, self.u.tensor)
            r = r + pick(b, 1) if b is not None else r
        else:
            r = Product()(h, pick(self.u.tensor, (slice(None), slice(0, 2 * self.units))))
        update, reset = (open_(self.gate(z, at) + self.gate(r, at)) for at in (0, 1))
        if self.reset_after:
            inner = reset * self.gate(r, 2)
        else:
            inner = Product()(reset * h, self.gate(self.u.tensor, 2))
        c = bound(self.gate(z, 2) + inner)
        return [(update * states[0] + (1 - update) * c).called("H")]


def dropped(cell: Cell, name: str, x: Tensor, training: Training) -> Tensor:
    """x with numbers of a row dropped, at every step of a sequence the same."""
    rate = getattr(cell, name)
    if not rate:
        return x
    drawn = mask_drawn(cell, rate, training)
    mask = training.once(cell, name, lambda: drawn(x))
    return (x * mask).called("D")


def mask_drawn(layer: Any, rate: float, training: Training) -> Callable[[Tensor], Tensor]:
    """What draws a mask for rows, by a stream of its own and the layer's seed if it has one."""
    seed = training.seed if layer.seed is None else setting(layer.seed)
    drawing = Mask(rate=rate, stream=training.stream())
    return lambda rows: drawing(rows, seed, training.step)


def forgetting(layer: Any) -> InitializerLike:
    """What the bias of an LSTM begins with."""
    begins: InitializerLike = layer.bias_initializer
    return ForgetNothing(begins) if layer.unit_forget_bias else begins


def weights_of_gates(layer: Any, inputs: int) -> tuple[Weight, Weight]:
    """W and U of a cell, or of the layer that walks with it."""
    width = layer.gates * layer.units
    u = {"regularizer": layer.recurrent_regularizer, "constraint": layer.recurrent_constraint}
    begins, extents = layer.recurrent_initializer, (layer.units, width)
    return (
        layer.weight_as_set("kernel", (inputs, width)),
        layer.add_weight(extents, begins, "recurrent_kernel", letter="U", **u),
    )


def bias_of_gates(layer: Any) -> Weight:
    """b of a cell, or of the layer that walks with it."""
    extents, begins = layer.bias_shape(layer.gates * layer.units), layer.first_bias()
    b = {"regularizer": layer.bias_regularizer, "constraint": layer.bias_constraint}
    weight: Weight = layer.add_weight(extents, begins, "bias", letter="b", **b)
    return weight


def check_rates(cell: Any) -> None:
    for name in ("dropout", "recurrent_dropout"):
        rate = getattr(cell, name)
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate < 1:
            raise ValueError(
                f"{cell.layer_name}: {name} must be 0 or more and below 1, got {rate!r}"
            )
