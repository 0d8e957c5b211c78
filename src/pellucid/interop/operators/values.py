"""What flows through a foreign graph: values of layers, whose axes stand in an order of their own.

Here rows come first and channels last. A value keeps which of our axes each of its own is, so that
nothing is moved before somebody depends on the order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid import layers
from pellucid.tensor import Tensor

#: the most numbers that a row may have on its way through a network
MOST = 1 << 26


class Rows:
    """The extent of the batch, where shapes are computed."""

    def __repr__(self) -> str:
        return "n"


ROWS = Rows()
Extent = int | Rows


class Extents(NamedTuple):
    """A shape as numbers of the graph: a list of extents, or one alone."""

    listed: tuple[Extent, ...]
    alone: bool = False


class Value(NamedTuple):
    """A tensor; axis k of the foreign value is axis `axes[k]` of it, None where it is only 1."""

    tensor: Tensor
    axes: tuple[int | None, ...]

    @property
    def shape(self) -> tuple[Extent, ...]:
        """Its shape as the graph has it."""
        return tuple(
            1 if axis is None else ROWS if axis == 0 else self.tensor.shape[axis] or 1
            for axis in self.axes
        )

    @property
    def batch(self) -> int:
        """Which of its own axes is that of the rows."""
        return self.axes.index(0)

    def axis(self, given: int) -> int:
        """One of its axes, counted from the front."""
        rank = len(self.axes)
        if not -rank <= given < rank:
            raise ValueError(f"axis {given} of {rank} dimensions")
        return given % rank


def plain(tensor: Tensor) -> Value:
    return Value(tensor, tuple(range(len(tensor.shape))))


def shaped(tensor: Tensor, rest: Sequence[int]) -> Tensor:
    """The numbers of each row in another shape."""
    if tuple(tensor.shape[1:]) == tuple(rest):
        return tensor
    check_size(rest)
    layer = layers.Flatten() if len(rest) == 1 else layers.Reshape(tuple(rest))
    made: Tensor = layer(tensor)
    return made


def check_size(rest: Sequence[int | None]) -> None:
    if math.prod(each or 1 for each in rest) > MOST:
        raise ValueError(f"a row has {math.prod(each or 1 for each in rest):,} numbers somewhere")


def arranged(value: Value, order: Sequence[int]) -> Tensor:
    """The value as a tensor of its axes in an order that begins with the rows."""
    kept = [value.axes[at] for at in order]
    real = [axis for axis in kept if axis is not None]
    tensor = value.tensor
    if real != sorted(real):
        tensor = layers.Permute(tuple(real[1:]))(tensor)
    if len(real) != len(kept) or len(tensor.shape) != len(kept):
        extents = [value.shape[at] for at in order[1:]]
        tensor = shaped(tensor, [each for each in extents if isinstance(each, int)])
    return tensor


def rows_first(value: Value) -> Tensor:
    """The value with the rows first and its other axes in its own order."""
    rest = [at for at in range(len(value.axes)) if at != value.batch]
    return arranged(value, [value.batch, *rest])


def as_it_is(value: Value) -> Value:
    """The same value as a tensor with its own axes in its own order, the rows before all others."""
    tensor, batch = rows_first(value), value.batch
    axes = [at + 1 if at < batch else at for at in range(len(value.axes))]
    axes[batch] = 0
    return Value(tensor, tuple(axes))


def channels_last(value: Value) -> Tensor:
    """Images or sequences (n, c, …), as (n, …, c)."""
    if value.batch != 0:
        raise ValueError("the rows of images are not its first axis")
    return arranged(value, [0, *range(2, len(value.axes)), 1])


def channels_first(tensor: Tensor) -> Value:
    """What is here (n, …, c) as (n, c, …)."""
    rank = len(tensor.shape)
    return Value(tensor, (0, rank - 1, *range(1, rank - 1)))


def with_last(value: Value) -> Value:
    """The value so that its last axis is the last of the tensor, others where they are."""
    return value if value.axes[-1] == len(value.tensor.shape) - 1 else as_it_is(value)


def as_ours(value: Value, array: np.ndarray) -> np.ndarray:
    """An array that goes together with a value, laid out as its tensor, without the rows."""
    rank = len(value.axes)
    given = np.asarray(array).reshape((1,) * (rank - np.ndim(array)) + np.shape(array))
    if given.shape[value.batch] != 1:
        raise ValueError("an array holds different numbers for each row")
    order = [value.axes.index(axis) for axis in range(len(value.tensor.shape))]
    rest = [at for at in range(rank) if at not in order]
    ours = given.transpose(*order, *rest).reshape([given.shape[at] for at in order])[0]
    while ours.ndim and ours.shape[0] == 1:
        ours = ours[0]
    return ours
