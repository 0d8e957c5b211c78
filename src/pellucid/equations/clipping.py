"""Clipping: numbers kept in a range, vectors kept to a length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Elementwise, Equation
from pellucid.equations.choices import Greater
from pellucid.tensor import Gradients, Shape, Tensor, size


class Clip(Elementwise):
    """y = x, but no less than `low` and no more than `high`;  dx = dy where low < x < high"""

    low: float
    high: float

    text, latex = "clip({x}, {low}, {high})", r"\operatorname{{clip}}({x}, {low}, {high})"
    encloses = True
    cost = 2

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.minimum(xp.maximum(x, self.low), self.high)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (dy * Greater()(x, self.low) * Greater()(self.high, x),)


class ClipNorm(Equation):
    """y = x·c/max(‖x‖, c): x, or x shortened to the length c = `limit`"""

    limit: float

    text = "{x}·{limit}/max(‖{x}‖, {limit})"
    latex = r"{x} \frac{{{limit}}}{{\max(\lVert {x} \rVert, {limit})}}"
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return shortened(xp, x, self.limit)

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 3 * size(value)


class ClipEachNorm(Equation):
    """y = each part of x, of the given `sizes` in order, shortened to the length `limit`"""

    limit: float
    sizes: tuple[int, ...]

    text = "clip each norm({x}, {limit})"
    latex = r"\operatorname{{clip\ each\ norm}}({x}, {limit})"
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        parts = [shortened(xp, x[part], self.limit) for part in slices(self.sizes)]
        return xp.concat(parts) if parts else x

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 3 * size(value)


class Matched(Equation):
    """y = each part of u, of the given `sizes` in order, as long as that of θ;  u where one is 0"""

    sizes: tuple[int, ...]

    text = "as long({u}, {theta})"
    latex = r"\operatorname{{as\ long}}({u}, {theta})"
    encloses = True

    def run(self, xp: Namespace, u: Array, theta: Array) -> Array:
        parts = [lengthened(xp, u[part], theta[part]) for part in slices(self.sizes)]
        return xp.concat(parts) if parts else u

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 5 * size(value)


def slices(sizes: Sequence[int]) -> Iterator[slice]:
    """Where each part stands, of so many numbers in order."""
    ends = list(accumulate(sizes))
    return map(slice, [0, *ends], ends)


def lengthened(xp: Namespace, u: Array, theta: Array) -> Array:
    """u as long as θ."""
    own, wanted = (xp.sqrt(xp.sum(xp.square(each))) for each in (u, theta))
    both = xp.greater(xp.minimum(own, wanted), 0.0)
    return xp.multiply(u, xp.where(both, xp.divide(wanted, xp.where(both, own, 1.0)), 1.0))


def shortened(xp: Namespace, x: Array, limit: float) -> Array:
    length = xp.sqrt(xp.sum(xp.square(x)))
    return xp.multiply(x, xp.divide(limit, xp.maximum(length, limit)))
