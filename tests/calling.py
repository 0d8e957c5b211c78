"""Recorded calls, run by NumPy: also those that stand for a whole equation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

from pellucid.calls import Call, Calls
from pellucid.calls.running import Running, means
from pellucid.equations.activations import Sigmoid, Tanh
from pellucid.equations.gated import GatedRecurrence, GatedRecurrenceGradient
from pellucid.equations.recurrent import (
    LongShortTerm,
    LongShortTermGradient,
    SimpleRecurrence,
    SimpleRecurrenceGradient,
)
from pellucid.tensor import Tensor


class Checked(Running):
    """Each call gives the shape and the kind that the list of calls says."""

    def call(self, call: Call) -> Any:
        found, shape = super().call(call), self.shape(call)
        assert np.shape(found) == shape, (call.function, np.shape(found), call.shape)
        assert kind(np.asarray(found).dtype) == kind(call.dtype), (call, np.asarray(found).dtype)
        return found


def run(calls: Calls, given: Mapping[Tensor, Any], rows: int) -> dict[Tensor, Any]:
    """The value of every tensor of the recorded lines, on a batch of so many rows."""
    return Checked(calls, given, rows).all()


def kind(dtype: Any) -> str:
    """Numbers of any size count as one kind where they are whole."""
    dtype = np.dtype(dtype)
    return "int" if dtype.kind in "iu" else dtype.name


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
