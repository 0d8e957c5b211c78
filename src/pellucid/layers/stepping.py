"""Any cell over the steps of a sequence: its equations are written once for each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from pellucid.equations.shape import Flip, Reshape, concatenate, pick
from pellucid.equations.spacing import Repeat
from pellucid.layers.base import Layer
from pellucid.layers.calling import parameters_of
from pellucid.layers.keeping import Keeping
from pellucid.layers.training import Training
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor
from pellucid.weights import Weight


class Reading(Protocol):
    """What reads a sequence and carries states along: all outputs or the last, perhaps states."""

    return_sequences: bool
    return_state: bool
    zero_output_for_mask: bool
    #: how many states it carries along
    states: int


def walked(layer: Reading, ys: list[Tensor], last: Sequence[Tensor], mask: Tensor | None) -> Any:
    """What a layer gives, of its output at each step and its states after the last."""
    if not layer.return_sequences:
        y = ys[-1]
    else:
        apart = [Reshape((-1, 1, each.shape[-1] or 1))(each) for each in ys]
        y = concatenate(apart, 1) if len(apart) > 1 else apart[0]
        y = where_counted(layer, y, mask)
    return [y, *last] if layer.return_state else y


def where_counted(layer: Reading, y: Tensor, mask: Tensor | None) -> Tensor:
    """The output at every step, 0 where the mask leaves one out, if the layer is to do so."""
    if mask is None or not layer.zero_output_for_mask:
        return y
    return y * Reshape((-1, mask.shape[1] or 1, 1))(mask)


def mask_after(layer: Reading, previous: Any) -> Any:
    """The mask of what a layer gives: that of its steps, if it gives all of them."""
    own = previous if layer.return_sequences else None
    return [own, *[None] * layer.states] if layer.return_state else own


class Holding(Layer, abstract=True):
    """A layer whose weights are those of layers within it."""

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.within: list[Layer] = []

    @property
    def parts(self) -> list[Layer]:
        return self.within

    @property
    def weights(self) -> list[Weight]:
        return [weight for layer in self.within for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[Weight]:
        inside = [weight for layer in self.within for weight in layer.trainable_weights]
        return inside if self.trainable else []


class StackedRNNCells(Holding):
    """Cells as one, each reading what the one before it gives at the same step

    Its states are those of the first, then of the second, …
    """

    cells: Sequence[Layer | dict[str, Any]]

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.within = [Layer.get(each) for each in self.cells]

    @property
    def state_size(self) -> list[Any]:
        return [size for cell in self.within for size in sizes(cell)]

    @property
    def output_size(self) -> int:
        return width(self.within[-1])

    def build(self, shape: Shape) -> None:
        for cell in self.within:
            cell.build_for(shape)
            shape = (None, width(cell))

    def call(  # type: ignore[override]
        self, x: Tensor, states: Sequence[Tensor] | None = None, training: Training | None = None
    ) -> list[Tensor]:
        left, new = begun(self, x, states), list[Tensor]()
        for cell in self.within:
            count = len(sizes(cell))
            x, own = one_step(cell, x, left[:count], training)
            left, new = left[count:], [*new, *own]
        return [x, *new]


class RNN(Keeping, Holding):
    """H of the last step, or of all, of a `cell`, which is called on each step in turn

    `cell` is a layer with `state_size` (or `units`) and a call(x, states), such as LSTMCell(4), or
    a list of them. X (n, steps, k); the equations of the cell are written once for each step. With
    `stateful`, row i of a batch goes on where row i of the batch before ended, until reset_state().
    """

    cell: Layer | Sequence[Layer] | dict[str, Any]
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    zero_output_for_mask: bool = option(default=False, kw_only=True)

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        given = self.cell
        cell = (
            StackedRNNCells(list(given)) if isinstance(given, (list, tuple)) else Layer.get(given)
        )
        if not hasattr(cell, "state_size") and not hasattr(cell, "units"):
            raise ValueError(
                f"RNN: a cell has state_size, or units, and call(x, states); got {cell!r}"
            )
        self.within, self.states = [cell], len(sizes(cell))

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, max(3, len(shape)), "sequences (steps, numbers of a step)")
        self.within[0].build_for((None, *shape[2:]))

    def call(
        self,
        x: Tensor,
        training: Training | None = None,
        initial_state: Tensor | Sequence[Tensor] | None = None,
        mask: Tensor | None = None,
    ) -> Any:
        if self.go_backwards:
            x, mask = Flip(1)(x), None if mask is None else Flip(1)(mask)
        (cell,) = self.within
        begin = self.starts(initial_state, x, sizes(cell))
        ys, states = walk(cell, x, begun(cell, x, begin), mask, training)
        self.carry(initial_state, states)
        return walked(self, ys, states, mask)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return mask_after(self, previous_mask)


def walk(
    cell: Layer,
    x: Tensor,
    states: Sequence[Tensor],
    mask: Tensor | None,
    training: Training | None,
) -> tuple[list[Tensor], list[Tensor]]:
    """The output of a cell at each step, and its states after the last.

    At a step that the mask leaves out, output and states stay; the first output is then 0.
    """
    training = None if training is None else training.for_steps()
    ys, states = list[Tensor](), list(states)
    for at in range(x.shape[1] or 1):
        y, new = one_step(cell, pick(x, (slice(None), at)), states, training)
        if mask is not None:
            k = pick(mask, (slice(None), slice(at, at + 1)))
            new = [old + k * (each - old) for old, each in zip(states, new, strict=True)]
            y = ys[-1] + k * (y - ys[-1]) if ys else k * y
        ys.append(y)
        states = new
    return ys, states


def one_step(
    cell: Layer, x: Tensor, states: Sequence[Tensor], training: Training | None
) -> tuple[Tensor, list[Tensor]]:
    """The output of a cell and its new states, which it gives as a list, or one by one."""
    takes = parameters_of(type(cell).call)
    known: dict[str, Any] = {"training": training} if "training" in takes else {}
    call: Any = cell.call
    y, *rest = call(x, list(states), **known)
    nested = len(rest) == 1 and isinstance(rest[0], (list, tuple))
    return y, list(rest[0]) if nested else rest


def begun(cell: Layer, x: Tensor, given: Tensor | Sequence[Tensor] | None) -> list[Tensor]:
    """The states to begin from: those that are given, else zeros."""
    if given is None:
        return [zeros(x, size) for size in sizes(cell)]
    states = [given] if isinstance(given, Tensor) else list(given)
    if len(states) != len(sizes(cell)):
        raise ValueError(
            f"the cell {cell!r} has {len(sizes(cell))} states, initial_state has {len(states)}"
        )
    return states


def zeros(x: Tensor, size: int) -> Tensor:
    """Zeros (n, size), for the rows of x."""
    first = pick(x, (slice(None), *(0,) * (len(x.shape) - 2), slice(0, 1)))
    return Repeat(1, size)(0 * first)


def sizes(cell: Any) -> list[int]:
    """The width of each state of a cell."""
    given = cell.state_size if hasattr(cell, "state_size") else cell.units
    return [given] if isinstance(given, int) else list(given)


def width(cell: Any) -> int:
    """How many numbers a cell gives at a step."""
    return cell.output_size if hasattr(cell, "output_size") else sizes(cell)[0]
