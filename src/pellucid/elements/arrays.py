"""Arrays whose numbers are made when they are asked for, and only those.

What an equation's `run` does with such arrays says of each number of its value what it is made of.
A number stands at a position: its place in the array laid out flat.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from pellucid.elements.element import Element, Place, as_element, read

Extents = tuple[int, ...]


class LazyArray:
    """An array: a shape, and the function that makes the number at a position."""

    def __init__(self, shape: Extents, make: Callable[[int], Element], dtype: Any):
        self.shape, self.make, self.dtype = shape, make, dtype
        self.found: dict[int, Element] = {}
        #: where its numbers also stand in values of the equation, and those values
        self.standing: list[tuple[np.ndarray, LazyArray]] = []

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=int))

    def __len__(self) -> int:
        return self.shape[0]

    def at(self, position: int) -> Element:
        """The number at a position, read from a value of the equation if it stands there."""
        for positions, value in self.standing:
            if positions[position] >= 0:
                return value.at(positions[position])
        if position not in self.found:
            self.found[position] = self.make(position)
        return self.found[position]

    def opened(self, position: int) -> Element:
        """The number at a position, made, even if it stands in a value of the equation."""
        return self.make(position)

    def stands_in(self, value: LazyArray, positions: np.ndarray) -> None:
        """Its numbers are also those of a value, at these positions (−1 where they are not)."""
        self.standing.append((positions, value))

    @property
    def T(self) -> LazyArray:  # noqa: N802, the array API's name
        return moved(np.transpose, self)

    def __getitem__(self, key: Any) -> LazyArray:
        return moved(lambda positions: positions[key], self)

    def __add__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: a + b, self, other)

    def __radd__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: b + a, self, other)

    def __sub__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: a - b, self, other)

    def __rsub__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: b - a, self, other)

    def __mul__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: a * b, self, other)

    def __rmul__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: b * a, self, other)

    def __truediv__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: a / b, self, other)

    def __rtruediv__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: b / a, self, other)

    def __pow__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: a**b, self, other)

    def __mod__(self, other: Operand) -> LazyArray:
        return pointwise(lambda a, b: a % b, self, other)

    def __neg__(self) -> LazyArray:
        return pointwise(lambda a: -a, self)


Operand = LazyArray | float


class KnownArray(LazyArray):
    """An array of numbers that are known: what an equation reads, or the value that it gave."""

    def __init__(self, source: Hashable, array: np.ndarray):
        self.source, self.array = source, array
        super().__init__(array.shape, self.read, array.dtype)

    def read(self, position: int) -> Element:
        index = tuple(map(int, np.unravel_index(position, self.shape)))
        return read(float(self.array[index]), Place(self.source, index))

    def __int__(self) -> int:
        return int(self.array)

    def stands_in(self, value: LazyArray, positions: np.ndarray) -> None:
        """What was given is read where it stands, not from a value that repeats it."""


class Moved(LazyArray):
    """The numbers of other arrays, at other places."""

    def __init__(self, arrays: Sequence[LazyArray], positions: np.ndarray):
        self.arrays = arrays
        self.starts = [0, *accumulate(each.size for each in arrays)]
        self.shape, self.positions = positions.shape, positions.reshape(-1)
        super().__init__(positions.shape, self.moved, arrays[0].dtype)

    def source(self, position: int) -> tuple[LazyArray, int]:
        where = int(self.positions[position])
        which = bisect_right(self.starts, where) - 1
        return self.arrays[which], where - self.starts[which]

    def moved(self, position: int) -> Element:
        array, where = self.source(position)
        return array.at(where)

    def opened(self, position: int) -> Element:
        array, where = self.source(position)
        return array.opened(where)

    def stands_in(self, value: LazyArray, positions: np.ndarray) -> None:
        super().stands_in(value, positions)
        everywhere = np.full(self.starts[-1], -1)
        everywhere[self.positions] = positions
        for array, start in zip(self.arrays, self.starts, strict=False):
            array.stands_in(value, everywhere[start : start + array.size])


def moved(move: Callable[..., np.ndarray], *arrays: LazyArray) -> LazyArray:
    """The numbers of arrays where `move` moves them, shown by arrays of their positions."""
    starts = accumulate((each.size for each in arrays), initial=0)
    positions = [
        np.arange(start, start + each.size).reshape(each.shape)
        for start, each in zip(starts, arrays, strict=False)
    ]
    return Moved(arrays, move(*positions))


def as_array(value: Operand, dtype: Any = float) -> LazyArray:
    return value if isinstance(value, LazyArray) else filled((), value, dtype)


def filled(shape: Extents, value: float, dtype: Any) -> LazyArray:
    """An array with the same number everywhere."""
    number = as_element(value)
    return LazyArray(tuple(shape), lambda position: number, dtype)


def pointwise(function: Callable[..., Element], *operands: Operand) -> LazyArray:
    """A function of the numbers that stand at the same place."""
    arrays = [as_array(each) for each in operands]
    shape = np.broadcast_shapes(*(each.shape for each in arrays))
    spread = [broadcast_to(each, shape) for each in arrays]
    like = next((each for each in operands if isinstance(each, LazyArray)), arrays[0])
    return LazyArray(shape, lambda at: function(*(each.at(at) for each in spread)), like.dtype)


def broadcast_to(array: LazyArray, shape: Extents) -> LazyArray:
    if array.shape == tuple(shape):
        return array
    return moved(lambda positions: np.broadcast_to(positions, shape), array)
