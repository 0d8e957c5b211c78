"""Layers that read a sequence step by step, and carry along what they have read.

Where steps have a mask, a state is given, or an LSTM gives its cells, the recurrence is one that
carries its state (`equations/carried.py`); else it is the plain one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.constraints import ConstraintLike
from pellucid.equations.activations import Pointwise
from pellucid.equations.base import Equation
from pellucid.equations.carried import CarriedSimple
from pellucid.equations.carried_gates import CarriedGated, CarriedLongShortTerm
from pellucid.equations.gated import GatedRecurrence
from pellucid.equations.linear import Affine, Product
from pellucid.equations.recurrent import LongShortTerm, SimpleRecurrence
from pellucid.equations.shape import Flip, concatenate, pick
from pellucid.initializers import InitializerLike
from pellucid.layers.base import Layer
from pellucid.layers.cells import (
    Cell,
    GRUCell,
    LSTMCell,
    SimpleRNNCell,
    bias_of_gates,
    check_rates,
    forgetting,
    mask_drawn,
    weights_of_gates,
)
from pellucid.layers.keeping import Keeping
from pellucid.layers.stepping import begun, mask_after, walk, walked, where_counted
from pellucid.layers.training import Training
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, show_shape


class Recurrent(Keeping, Layer, abstract=True):
    """H of the last step, or of all; the gates of a layer stand side by side in its weights.

    With `return_state` a list: H, then each state after the last step. `initial_state` is a state
    to begin from, or a list of them. At a step that its mask leaves out, the state stays. With
    `stateful`, row i of a batch goes on where row i of the batch before ended, until reset_state().
    """

    units: int
    activation: ActivationLike = "tanh"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    recurrent_regularizer: RegularizerLike = None
    recurrent_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_regularizer: RegularizerLike = None
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    dropout: float = option(default=0.0, kw_only=True)
    recurrent_dropout: float = option(default=0.0, kw_only=True)
    stateful: bool = option(default=False, kw_only=True)
    zero_output_for_mask: bool = option(default=False, kw_only=True)
    seed: int | None = option(default=None, kw_only=True)

    gates: ClassVar[int] = 1
    #: how many states it carries along
    states = 1
    #: one step of it
    cell: ClassVar[type[Cell]]
    #: the names of the settings that hold its activations
    functions: ClassVar[tuple[str, ...]] = ("activation",)

    def recurrence(self) -> Equation:
        """The equation that walks through the steps."""
        raise NotImplementedError

    def carried(self) -> Equation:
        """The same from a given state, past steps that do not count."""
        raise NotImplementedError

    def build(self, shape: Shape) -> None:
        check_rates(self)
        self.known_shape(shape, 3, "sequences (steps, numbers of a step)")
        self.w, self.u = weights_of_gates(self, shape[-1] or 1)
        if self.use_bias:
            self.b = bias_of_gates(self)

    def bias_shape(self, width: int) -> tuple[int, ...]:
        return (width,)

    def first_bias(self) -> InitializerLike:
        return self.bias_initializer

    def call(
        self,
        x: Tensor,
        training: Training | None = None,
        initial_state: Tensor | Sequence[Tensor] | None = None,
        mask: Tensor | None = None,
    ) -> Any:
        if training is not None and self.dropout:
            x = dropped(self, x, training)
        if self.go_backwards:
            x, mask = Flip(1)(x), None if mask is None else Flip(1)(mask)
        given, widths = initial_state, [self.units] * self.states
        initial_state = self.starts(given, x, widths)
        if self.steps_apart(training):
            cell = self.as_cell()
            ys, last = walk(cell, x, begun(cell, x, initial_state), mask, training)
            self.carry(given, last)
            return walked(self, ys, last, mask)
        cells = self.return_state and self.states > 1
        if initial_state is None and mask is None and not cells:
            h = self.run_through(x)
            return self.given(h, [h], None)
        start = 0.0 if initial_state is None else joined_states(self, initial_state)
        s = self.run_through(x, start, 1.0 if mask is None else mask)
        states = [s] if self.states == 1 else [self.part(s, at) for at in range(self.states)]
        if self.stateful:
            self.carry(given, [pick(each, (slice(None), -1)) for each in states])
        return self.given(states[0].called("H"), states, mask)

    def given(self, h: Tensor, states: Sequence[Tensor], mask: Tensor | None) -> Any:
        """What the layer gives, of H and its states at every step."""
        y = where_counted(self, h, mask) if self.return_sequences else pick(h, (slice(None), -1))
        last = [pick(each, (slice(None), -1)) for each in states] if self.return_state else []
        return [y, *last] if last else y

    def part(self, s: Tensor, at: int) -> Tensor:
        """The state of this number, at every step."""
        return pick(s, (..., slice(at * self.units, (at + 1) * self.units)))

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return mask_after(self, previous_mask)

    def steps_apart(self, training: Training | None) -> bool:
        """Whether each step is written by itself: where what the state gives is dropped."""
        return training is not None and bool(self.recurrent_dropout)

    def as_cell(self) -> Cell:
        """The cell of one step, on the weights of the layer."""
        own = {name: value for name, value in self.settings().items() if name in self.cell._fields}
        cell = self.cell(**own | {"dropout": 0.0, "input_shape": None})
        cell.w, cell.u, cell.built = self.w, self.u, True
        if self.use_bias:
            cell.b = self.b
        return cell

    def run_through(self, x: Tensor, *carrying: Any) -> Tensor:
        """H of every step; the states, from what they begin with and a mask."""
        if self.use_bias:
            z = Affine()(x, self.w.tensor, self.b.tensor)
        else:
            z = Product()(x, self.w.tensor).called("Z")
        equation = self.carried() if carrying else self.recurrence()
        return equation(z, self.u.tensor, *carrying)

    def pointwise(self) -> list[Pointwise]:
        """Its activations, each of which must know its own derivative."""
        found = []
        for name in self.functions:
            f = activations.get(getattr(self, name))
            if not isinstance(f, Pointwise) or type(f).slope is Pointwise.slope:
                raise ValueError(
                    f"{self.layer_name}: {name} must be an activation of one number that knows its "
                    f"derivative, such as 'tanh', 'sigmoid' or 'relu'; got {getattr(self, name)!r}"
                )
            found.append(f)
        return found


class SimpleRNN(Recurrent):
    """H = f(X·W + b + H₋₁·U), step by step;  X (n, steps, k), H (n, units)"""

    cell = SimpleRNNCell

    def recurrence(self) -> Equation:
        return SimpleRecurrence(*self.pointwise())

    def carried(self) -> Equation:
        return CarriedSimple(*self.pointwise())


class LSTM(Recurrent):
    """H = o⊙f(C), C = f₋⊙C₋₁ + i⊙c̃, step by step

    The gates i, f₋, o = σ(Z) and c̃ = f(Z), each from its own Z = X·W + b + H₋₁·U.
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

    cell = LSTMCell
    gates = 4
    states = 2
    functions = ("activation", "recurrent_activation")

    def first_bias(self) -> InitializerLike:
        return forgetting(self)

    def recurrence(self) -> Equation:
        return LongShortTerm(*self.pointwise())

    def carried(self) -> Equation:
        return CarriedLongShortTerm(*self.pointwise())


class GRU(Recurrent):
    """H = z⊙H₋₁ + (1 − z)⊙c, step by step

    The gates z, r = σ(Z + R) and c = f(Z + r⊙R), each from its own Z = X·W + b₁, R = H₋₁·U + b₂.
    W (k, 3·units), U (units, 3·units) and b (2, 3·units) hold z, r, c side by side. Without
    `reset_after`, c = f(Z + (r⊙H₋₁)·U), b is (3·units,), and each step is written by itself.
    """

    units: int
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"
    reset_after: bool = option(default=True, kw_only=True)

    cell = GRUCell
    gates = 3
    functions = ("activation", "recurrent_activation")

    def bias_shape(self, width: int) -> tuple[int, ...]:
        return (2, width) if self.reset_after else (width,)

    def steps_apart(self, training: Training | None) -> bool:
        return not self.reset_after or super().steps_apart(training)

    def run_through(self, x: Tensor, *carrying: Any) -> Tensor:
        if not self.use_bias:
            return super().run_through(x, *carrying)
        of_input, of_state = pick(self.b.tensor, 0), pick(self.b.tensor, 1)
        z = Affine()(x, self.w.tensor, of_input)
        equation = self.carried() if carrying else self.recurrence()
        return equation(z, self.u.tensor, *carrying, of_state)

    def recurrence(self) -> Equation:
        return GatedRecurrence(*self.pointwise())

    def carried(self) -> Equation:
        return CarriedGated(*self.pointwise())


def joined_states(layer: Recurrent, given: Tensor | Sequence[Tensor]) -> Tensor:
    """The states to begin from, side by side."""
    states = [given] if isinstance(given, Tensor) else list(given)
    shapes = [each.shape for each in states]
    if len(states) != layer.states or any(shape[1:] != (layer.units,) for shape in shapes):
        count = "a state" if layer.states == 1 else f"a list of {layer.states} states"
        raise ValueError(
            f"{layer.layer_name}: initial_state is {count} of shape (n, {layer.units}), got "
            f"{', '.join(map(show_shape, shapes))}"
        )
    return states[0] if len(states) == 1 else concatenate(states, -1)


def dropped(layer: Recurrent, x: Tensor, training: Training) -> Tensor:
    """x with numbers of a row dropped, the same at every step."""
    row = pick(x, (slice(None), slice(0, 1)))
    return (x * mask_drawn(layer, layer.dropout, training)(row)).called("D")
