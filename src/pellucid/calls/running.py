"""Recorded calls, run by NumPy: one small function for each name that plain recordings have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pellucid.calls.calls import Call, Calls, Places
from pellucid.calls.numbers import Number, Rows
from pellucid.calls.vocabulary import BINARY, CONDITIONS, REDUCTIONS, UNARY
from pellucid.equations.embedding import added_in_order
from pellucid.equations.random import Noise
from pellucid.numbers import NUMBERS
from pellucid.randomness import uniform
from pellucid.tensor import Tensor

FUNCTIONS: dict[str, Callable[..., Any]] = {}


class Running:
    """Calls on a batch of so many rows, from what is `given`; `values` says what each came to."""

    def __init__(self, calls: Calls, given: Mapping[Tensor, Any], rows: int):
        self.calls, self.rows = calls, rows
        self.values: dict[Any, Any] = {}
        for each in calls.given:
            assert each.tensor is not None
            self.values[each] = given[each.tensor]
        self.others: dict[Any, list[Any]] = {}

    def all(self) -> dict[Tensor, Any]:
        """The value of every tensor of the recorded lines."""
        for call in self.calls.calls:
            self.call(call)
        return {tensor: self.of(value) for tensor, value in self.calls.values.items()}

    def call(self, call: Call) -> Any:
        shape = self.shape(call)
        beside = call.function == "beside"
        read = self.others[call.operands[0]] if beside else map(self.of, call.operands)
        found = FUNCTIONS[call.function](call, shape, *read, **call.options)
        if isinstance(found, tuple):
            found, *self.others[call] = found
        self.values[call] = found
        return found

    def shape(self, call: Call) -> tuple[int, ...]:
        return tuple(int(self.of(each)) for each in call.shape)

    def of(self, operand: Any) -> Any:
        """What an operand is: a value, or a plain number."""
        if operand in self.values:
            return self.values[operand]
        return self.number(operand) if isinstance(operand, Number) else operand

    def number(self, known: Number) -> float:
        if isinstance(known, Rows):
            return self.rows * known.times
        found: float = getattr(NUMBERS, known.function)(*map(self.of, known.operands))
        return found


def means(function: Callable[..., Any]) -> Callable[..., Any]:
    """Enter a function under its name."""
    FUNCTIONS[function.__name__.rstrip("_")] = function
    return function


def of_numpy(name: str) -> None:
    function = getattr(np, name)
    FUNCTIONS[name] = lambda call, shape, *given, **options: function(*given, **options)


for each in (*UNARY, *BINARY, *CONDITIONS, *REDUCTIONS, "where"):
    of_numpy(each)


@means
def astype(call: Call, shape: tuple[int, ...], x: Any) -> Any:
    return np.asarray(x).astype(call.dtype)


@means
def full(call: Call, shape: tuple[int, ...], x: Any) -> Any:
    return np.full(shape, x, call.dtype)


@means
def constant(call: Call, shape: tuple[int, ...], value: Any) -> Any:
    return np.asarray(value, call.dtype)


@means
def arange(call: Call, shape: tuple[int, ...]) -> Any:
    return np.arange(*shape, dtype=call.dtype)


@means
def uniform_(call: Call, shape: tuple[int, ...], seed: float, step: float, stream: int) -> Any:
    return uniform(int(seed), stream, int(step), shape, call.dtype)


@means
def normal_(call: Call, shape: tuple[int, ...], seed: float, step: float, stream: int) -> Any:
    return Noise(stream).run(np, np.zeros(shape, call.dtype), seed, step)


@means
def reshape(call: Call, shape: tuple[int, ...], x: Any) -> Any:
    return np.reshape(x, shape)


@means
def transpose(call: Call, shape: tuple[int, ...], x: Any, axes: Any) -> Any:
    return np.transpose(x, axes)


@means
def broadcast_to(call: Call, shape: tuple[int, ...], x: Any) -> Any:
    return np.broadcast_to(x, shape)


@means
def concat(call: Call, shape: tuple[int, ...], *arrays: Any, axis: int) -> Any:
    return np.concat(arrays, axis=axis)


def key_of(places: Places) -> tuple[slice, ...]:
    return tuple(
        slice(None) if each is None
        else slice(each.start, None if each.stop < 0 else each.stop, each.step)
        for each in places
    )  # fmt: skip


@means
def slice_(call: Call, shape: tuple[int, ...], x: Any, places: Any) -> Any:
    return x[key_of(places)]


@means
def put(call: Call, shape: tuple[int, ...], x: Any, d: Any, places: Any) -> Any:
    x = np.array(x)
    x[key_of(places)] = d
    return x


@means
def take(call: Call, shape: tuple[int, ...], x: Any, numbers: Any, axis: int) -> Any:
    return np.take(x, numbers, axis=axis)


@means
def scatter(call: Call, shape: tuple[int, ...], x: Any, d: Any) -> Any:
    return added_in_order(shape[0], x.reshape(-1), d.reshape(-1, shape[1]))


@means
def matmul(call: Call, shape: tuple[int, ...], a: Any, b: Any) -> Any:
    return np.matmul(a, b)
