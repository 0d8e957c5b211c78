"""Calling NumPy for an equation without a native form, on memory of the program.

All rows of a batch stand there together.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from pellucid.calls import Rows, Shape
from pellucid.executors.native import _kernels
from pellucid.executors.native.elsewhere import Equation
from pellucid.executors.native.graph import Number, Value
from pellucid.executors.native.places import Places
from pellucid.executors.program import Buffers

#: for how many sizes of batches the arrays are kept
KEPT = 4


def call(places: Places, value: Value) -> _kernels.Elsewhere:
    """The call of the equation; a result that nobody reads has no buffer."""
    assert isinstance(value.detail, Equation)
    results = {0: value} | {
        each.start: each for each in places.readers[value] if each.op == "beside"
    }
    wanted = sorted(results)
    numbers = [each.value for each in value.inputs if isinstance(each.value, Number)]
    return _kernels.Elsewhere(
        call=Caller(value.detail, [(at, results[at].shape) for at in wanted], places.dtype),
        reads=[places.buffer(each) for each in value.reads],
        numbers=[places.number(each) for each in numbers],
        gives=[places.buffer(results[at]) for at in wanted],
    )


class Caller:
    """Runs an equation by NumPy on memory of a program; of its results `gives` are wanted."""

    def __init__(self, equation: Equation, gives: list[tuple[int, Shape]], dtype: np.dtype):
        self.equation, self.gives, self.dtype = equation, gives, dtype
        self.bound: dict[tuple[int, ...], Bound] = {}

    @np.errstate(all="ignore")
    def __call__(
        self, rows: int, reads: Sequence[int], numbers: Sequence[float], gives: Sequence[int]
    ) -> None:
        places = (rows, *reads, *gives)
        if places not in self.bound:
            while len(self.bound) >= KEPT:
                self.bound.pop(next(iter(self.bound)))
            self.bound[places] = self._bound(rows, iter(reads), gives)
        self.bound[places].run(numbers)

    def _bound(self, rows: int, reads: Iterator[int], gives: Sequence[int]) -> Bound:
        given = [
            None if form is None else memory_at(next(reads), extents(form.shape, rows), self.dtype)
            for form in self.equation.forms
        ]
        homes = [
            (at, memory_at(address, extents(shape, rows), self.dtype))
            for (at, shape), address in zip(self.gives, gives, strict=True)
        ]
        return Bound(self.equation, given, homes)


class Bound:
    """An equation on arrays that stay where they are, and where its results go."""

    def __init__(
        self,
        equation: Equation,
        given: Sequence[np.ndarray | None],
        homes: list[tuple[int, np.ndarray]],
    ):
        self.equation, self.given, self.homes, self.buffers = equation, given, homes, Buffers()

    def run(self, numbers: Sequence[float]) -> None:
        plain, self.buffers.at = iter(numbers), 0
        given = [
            next(plain) if form is None or array is None else taken_for(array, form.kind)
            for array, form in zip(self.given, self.equation.forms, strict=True)
        ]
        results = self.equation.operation.run(self.buffers, *given)
        results = results if isinstance(results, tuple) else (results,)
        for at, home in self.homes:
            home[...] = results[at]


def taken_for(array: np.ndarray, kind: str) -> np.ndarray:
    """The numbers of the program, as the equation expects them."""
    return array if kind.startswith("float") else array.astype(kind)


def extents(shape: Iterable[Any], rows: int) -> tuple[int, ...]:
    return tuple(rows * each.times if isinstance(each, Rows) else each for each in shape)


def memory_at(address: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The array that stands there."""
    count = math.prod(shape)
    if not count:
        return np.empty(shape, dtype)
    memory: Any = (ctypes.c_char * (count * dtype.itemsize)).from_address(address)
    return np.frombuffer(memory, dtype).reshape(shape)
