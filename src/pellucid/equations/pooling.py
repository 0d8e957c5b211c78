"""Pooling: the largest number, or the mean, of what a window sees in each channel."""

from __future__ import annotations

from functools import reduce
from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.convolution import Axis, Pair, Windowed, bordered, fold
from pellucid.tensor import Gradients, Shape, Tensor, size


class Pooling(Windowed, abstract=True):
    """P = one number for each position of a window of `pool` and each channel."""

    pool: Pair

    letter = "P"
    encloses = True

    def shape(self, *shapes: Shape) -> Shape:
        n, _, _, c = shapes[0]
        down, along = self.axes(shapes[0], self.pool)
        return (n, down.positions, along.positions, c)

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return self.pool[0] * self.pool[1] * size(value)


class MaxPool(Pooling):
    """P = max of X in the window;  dX = dP at the first largest number of each window, else 0

    With padding "same", what stands outside X never is the largest.
    """

    text, latex = "maxpool({x})", r"\operatorname{{maxpool}}({x})"

    def run(self, xp: Namespace, x: Array) -> Array:
        return reduce(xp.maximum, seen_in(xp, x, *self.axes(x.shape, self.pool), float("-inf")))

    def gradient(self, dp: Tensor, p: Tensor, x: Tensor) -> Gradients:
        return (MaxPoolGradient(**self.settings())(dp, p, x),)


class MaxPoolGradient(Pooling):
    """dX = dP at the first largest number of each window, else 0"""

    text, latex = "{dp} at max of {x}", r"{dp} \text{{ at max of }} {x}"
    letter = ""

    def run(self, xp: Namespace, dp: Array, p: Array, x: Array) -> Array:
        axes = self.axes(x.shape, self.pool)
        free, parts = xp.astype(xp.equal(p, p), dp.dtype), []
        for seen in seen_in(xp, x, *axes, float("-inf")):
            first = xp.multiply(xp.astype(xp.equal(seen, p), dp.dtype), free)
            free = xp.subtract(free, first)
            parts.append(xp.multiply(first, dp))
        return fold(xp, xp.concat(parts, axis=-1), *axes)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[2]


class AveragePool(Pooling):
    """P = mean of X in the window;  dX = Σ dP / count over the windows that see it

    With padding "same", what stands outside X is left out of the mean.
    """

    text, latex = "avgpool({x})", r"\operatorname{{avgpool}}({x})"

    def run(self, xp: Namespace, x: Array) -> Array:
        axes = self.axes(x.shape, self.pool)
        return xp.divide(reduce(xp.add, seen_in(xp, x, *axes, 0.0)), counts(xp, *axes, x.dtype))

    def gradient(self, dp: Tensor, p: Tensor, x: Tensor) -> Gradients:
        return (AveragePoolGradient(**self.settings())(dp, x),)


class AveragePoolGradient(Pooling):
    """dX = Σ dP / count over the windows that see it"""

    text, latex = "spread({dp})", r"\operatorname{{spread}}({dp})"
    letter = ""

    def run(self, xp: Namespace, dp: Array, x: Array) -> Array:
        axes = self.axes(x.shape, self.pool)
        share = xp.divide(dp, counts(xp, *axes, dp.dtype))
        return fold(xp, xp.concat([share] * (axes[0].size * axes[1].size), axis=-1), *axes)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]


def seen_in(xp: Namespace, x: Array, down: Axis, along: Axis, value: float) -> list[Array]:
    """For each place of the window, row by row, what it sees there over its positions."""
    x = bordered(xp, x, down, along, value)
    return [x[:, row, column, :] for row in down.slices() for column in along.slices()]


def counts(xp: Namespace, down: Axis, along: Axis, dtype: Any) -> Array:
    """How many numbers of the image each position of the window sees, (h′, w′, 1)."""
    lengths = [[inside(axis, at) for at in range(axis.positions)] for axis in (down, along)]
    table = [[[float(high * wide)] for wide in lengths[1]] for high in lengths[0]]
    return xp.asarray(table, dtype=dtype)


def inside(axis: Axis, at: int) -> int:
    start = at * axis.stride - axis.before
    return min(start + axis.size, axis.extent) - max(start, 0)
