"""Recorded calls, run by NumPy: one small function for each name of the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from pellucid.calls import Call, Calls, Number, Rows
from pellucid.calls.vocabulary import BINARY, CONDITIONS, REDUCTIONS, UNARY
from pellucid.equations.activations import Sigmoid, Tanh
from pellucid.equations.embedding import added_in_order
from pellucid.equations.gated import GatedRecurrence, GatedRecurrenceGradient
from pellucid.equations.random import Noise
from pellucid.equations.recurrent import (
    LongShortTerm,
    LongShortTermGradient,
    SimpleRecurrence,
    SimpleRecurrenceGradient,
)
from pellucid.numbers import NUMBERS
from pellucid.randomness import uniform
from pellucid.tensor import Tensor

FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {}


def run(calls: Calls, given: Mapping[Tensor, Any], rows: int) -> dict[Tensor, Any]:
    """The value of every tensor of the recorded lines, on a batch of so many rows."""
    values: dict[Any, Any] = {each: given[each.tensor] for each in calls.given}
    others: dict[Any, Any] = {}

    def of(operand: Any) -> Any:
        if operand in values:
            return values[operand]
        return number(operand) if isinstance(operand, Number) else operand

    def number(known: Number) -> float:
        if isinstance(known, Rows):
            return rows * known.times
        return getattr(NUMBERS, known.function)(*map(of, known.operands))

    for call in calls.calls:
        shape = tuple(map(of, call.shape))
        read = others[call.operands[0]] if call.function == "beside" else map(of, call.operands)
        found = FUNCTIONS[call.function](call, shape, *read, **call.options)
        if isinstance(found, tuple):
            found, *others[call] = found
        assert np.shape(found) == shape, (call.function, np.shape(found), call.shape)
        assert kind(np.asarray(found).dtype) == kind(call.dtype), (call, np.asarray(found).dtype)
        values[call] = found
    return {tensor: of(value) for tensor, value in calls.values.items()}


def kind(dtype: Any) -> str:
    """Numbers of any size count as one kind where they are whole."""
    dtype = np.dtype(dtype)
    return "int" if dtype.kind in "iu" else dtype.name


def means(function: Callable[..., Any]) -> Callable[..., Any]:
    FUNCTIONS[function.__name__.rstrip("_")] = function
    return function


def of_numpy(name: str) -> None:
    function = getattr(np, name)
    FUNCTIONS[name] = lambda call, shape, *given, **options: function(*given, **options)


for each in (*UNARY, *BINARY, *CONDITIONS, *REDUCTIONS, "where"):
    of_numpy(each)


@means
def astype(call: Call, shape: Any, x: Any) -> Any:
    return np.asarray(x).astype(call.dtype)


@means
def full(call: Call, shape: Any, x: Any) -> Any:
    return np.full(shape, x, call.dtype)


@means
def constant(call: Call, shape: Any, value: Any) -> Any:
    return np.asarray(value, call.dtype)


@means
def arange(call: Call, shape: Any) -> Any:
    return np.arange(*shape, dtype=call.dtype)


@means
def uniform_(call: Call, shape: Any, seed: float, step: float, stream: int) -> Any:
    return uniform(int(seed), stream, int(step), shape, call.dtype)


@means
def normal_(call: Call, shape: Any, seed: float, step: float, stream: int) -> Any:
    return Noise(stream).run(np, np.zeros(shape, call.dtype), seed, step)


@means
def reshape(call: Call, shape: Any, x: Any) -> Any:
    return np.reshape(x, shape)


@means
def transpose(call: Call, shape: Any, x: Any, axes: Any) -> Any:
    return np.transpose(x, axes)


@means
def broadcast_to(call: Call, shape: Any, x: Any) -> Any:
    return np.broadcast_to(x, shape)


@means
def concat(call: Call, shape: Any, *arrays: Any, axis: int) -> Any:
    return np.concat(arrays, axis=axis)


def key_of(places: Any) -> tuple[slice, ...]:
    return tuple(
        slice(None) if each is None
        else slice(each.start, None if each.stop < 0 else each.stop, each.step)
        for each in places
    )  # fmt: skip


@means
def slice_(call: Call, shape: Any, x: Any, places: Any) -> Any:
    return x[key_of(places)]


@means
def put(call: Call, shape: Any, x: Any, d: Any, places: Any) -> Any:
    x = np.array(x)
    x[key_of(places)] = d
    return x


@means
def take(call: Call, shape: Any, x: Any, numbers: Any, axis: int) -> Any:
    return np.take(x, numbers, axis=axis)


@means
def scatter(call: Call, shape: Any, x: Any, d: Any) -> Any:
    return added_in_order(shape[0], x.reshape(-1), d.reshape(-1, shape[1]))


@means
def matmul(call: Call, shape: Any, a: Any, b: Any) -> Any:
    return np.matmul(a, b)


def seen(x: Any, down: Any, along: Any, value: float) -> list[np.ndarray]:
    """For each place of the window what it sees there, padded with `value`."""
    sides = [(0, 0), (down.before, down.after), (along.before, along.after), (0, 0)]
    x = np.pad(x, sides, constant_values=value)
    return [x[:, i, j] for i in down.slices() for j in along.slices()]


def patches(x: Any, down: Any, along: Any) -> np.ndarray:
    parts = seen(x, down, along, 0.0)
    return np.concat(parts, axis=-1).reshape(-1, len(parts) * x.shape[-1])


def folded(parts: list[Any], shape: Any, down: Any, along: Any) -> np.ndarray:
    """Parts added to the places of the image that they were seen at: down first, then along."""
    n, h, w, c = shape
    high, wide = h + down.before + down.after, w + along.before + along.after
    total = np.zeros((n, high, wide, c), parts[0].dtype)
    for j, column in enumerate(along.slices()):
        whole = np.zeros((n, high, along.positions, c), parts[0].dtype)
        for i, row in enumerate(down.slices()):
            whole[:, row] += parts[i * along.size + j]
        total[:, :, column] += whole
    return total[:, down.before : down.before + h, along.before : along.before + w]


@means
def convolve(call: Call, shape: Any, x: Any, w: Any, down: Any, along: Any) -> Any:
    return (patches(x, down, along) @ w.reshape(-1, w.shape[-1])).reshape(shape)


@means
def convolve_image(call: Call, shape: Any, dz: Any, w: Any, down: Any, along: Any) -> Any:
    m = dz.shape[-1]
    each = (dz.reshape(-1, m) @ w.reshape(-1, m).T).reshape(*dz.shape[:3], -1, shape[-1])
    return folded([each[:, :, :, at] for at in range(each.shape[3])], shape, down, along)


@means
def convolve_kernel(call: Call, shape: Any, x: Any, dz: Any, down: Any, along: Any) -> Any:
    return (patches(x, down, along).T @ dz.reshape(-1, dz.shape[-1])).reshape(shape)


@means
def max_pool(call: Call, shape: Any, x: Any, down: Any, along: Any) -> Any:
    return reduce(np.maximum, seen(x, down, along, -np.inf))


@means
def max_pool_image(call: Call, shape: Any, dp: Any, p: Any, x: Any, down: Any, along: Any) -> Any:
    free, parts = (p == p).astype(dp.dtype), []
    for each in seen(x, down, along, -np.inf):
        first = (each == p) * free
        free = free - first
        parts.append(first * dp)
    return folded(parts, shape, down, along)


def counts(shape: Any, down: Any, along: Any, dtype: Any) -> Any:
    return sum(seen(np.ones((1, *shape[1:3], 1), dtype), down, along, 0.0))


@means
def mean_pool(call: Call, shape: Any, x: Any, down: Any, along: Any) -> Any:
    return reduce(np.add, seen(x, down, along, 0.0)) / counts(x.shape, down, along, x.dtype)


@means
def mean_pool_image(call: Call, shape: Any, dp: Any, down: Any, along: Any) -> Any:
    share = dp / counts(shape, down, along, dp.dtype)
    return folded([share] * (down.size * along.size), shape, down, along)


@means
def rnn(call: Call, shape: Any, z: Any, u: Any) -> Any:
    return SimpleRecurrence(Tanh()).run(np, z, u)


@means
def rnn_gradient(call: Call, shape: Any, dh: Any, u: Any, h: Any) -> Any:
    return SimpleRecurrenceGradient(Tanh()).run(np, dh, u, h, h)


@means
def lstm(call: Call, shape: Any, z: Any, u: Any) -> Any:
    return LongShortTerm(Tanh(), Sigmoid()).run(np, z, u)


@means
def lstm_gradient(call: Call, shape: Any, dh: Any, u: Any, c: Any, gates: Any) -> Any:
    return LongShortTermGradient(Tanh(), Sigmoid()).run(np, dh, u, c, gates, gates)


@means
def gru(call: Call, shape: Any, *given: Any) -> Any:
    return GatedRecurrence(Tanh(), Sigmoid()).run(np, *given)


@means
def gru_gradient(call: Call, shape: Any, dh: Any, u: Any, h: Any, gates: Any, r: Any) -> Any:
    return GatedRecurrenceGradient(Tanh(), Sigmoid()).run(np, dh, u, h, gates, gates, r)


@means
def beside(call: Call, shape: Any, *others: Any, number: int) -> Any:
    return others[number - 1]
