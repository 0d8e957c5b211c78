"""Pictures looked up at places between their numbers, which may be elsewhere in each row.

X (n, h, w, c) is asked at row R and column S, which go together by NumPy's rule to (n, h′, w′, 1);
number (i, j) of X stands at row i and column j. "bilinear" takes the four numbers around a place,
each by how near it is; "nearest" takes one. What is asked for beyond the border is the number that
`fill_mode` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.equations.embedding import added_in_order
from pellucid.equations.spacing import known
from pellucid.tensor import Gradients, Shape, Tensor, broadcast, size

#: what stands beyond the border: a number, that of the border, the picture again, or its mirror
FILLS = ("constant", "nearest", "wrap", "reflect")
METHODS = ("nearest", "bilinear")


class Counting(Equation):
    """y = 0, 1, 2, … down (axis 1) or along (axis 2) pictures of `count` numbers there"""

    axis: int
    count: int

    text, latex = "0…{count}", r"0 \ldots {count}"

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.reshape(xp.arange(self.count, dtype=x.dtype), self.shape(()))

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (None,)

    def shape(self, *shapes: Shape) -> tuple[int, ...]:
        return (self.count, *(1,) * (3 - self.axis))


class Tap(NamedTuple):
    """One number along an axis for each place: which, its weight, and whether it is inside."""

    number: Any
    weight: Any
    inside: Any


class Sampling(Equation, abstract=True):
    """Places between numbers."""

    interpolation: str = "bilinear"
    fill_mode: str = "reflect"
    fill_value: float = 0.0

    encloses = True
    cost = 12

    def taps(self, xp: Namespace, x: Array, r: Array, s: Array) -> Iterator[Tap]:
        """The numbers of a picture that are asked for, counted row by row, and their weights."""
        high, wide = x.shape[1:3]
        for row in self.along(xp, r, high):
            for column in self.along(xp, s, wide):
                weight = product(xp, row.weight, column.weight)
                inside = product(xp, row.inside, column.inside)
                number = row.number * float(wide) + column.number
                yield Tap(xp.astype(number, xp.int64), weight, inside)

    def along(self, xp: Namespace, s: Array, extent: int) -> Iterator[Tap]:
        """The same along one axis: what is on either side of s, or nearest to it."""
        if self.interpolation == "nearest":
            above = s + 0.5
            yield self.tap(xp, above - above % 1.0, None, extent)
            return
        part = s % 1.0
        yield self.tap(xp, s - part, 1.0 - part, extent)
        yield self.tap(xp, s - part + 1.0, part, extent)

    def tap(self, xp: Namespace, k: Array, weight: Array | None, extent: int) -> Tap:
        last = extent - 1.0
        number, inside = k, None
        if self.fill_mode == "wrap":
            number = k % float(extent)
        elif self.fill_mode == "reflect":
            within = k % (2.0 * extent)
            number = xp.minimum(within, (2.0 * extent - 1.0) - within)
        elif self.fill_mode == "constant":
            both = xp.greater_equal(k, 0.0), xp.less_equal(k, last)
            inside = xp.astype(both[0], k.dtype) * xp.astype(both[1], k.dtype)
        number = xp.minimum(xp.maximum(number, 0.0), last)
        return Tap(number, weight, inside)


class Sample(Sampling):
    """Y = X at (R, S);  dX = Σ dY over the places that see it; R and S are drawn, and have none"""

    text, latex = "{x}({r}, {s})", "{x}({r}, {s})"

    def run(self, xp: Namespace, x: Array, r: Array, s: Array) -> Array:
        n, high, wide, channels = x.shape
        numbers = xp.reshape(x, (n * high * wide, channels))
        starts = xp.astype(xp.arange(n, dtype=xp.float64) * float(high * wide), xp.int64)
        starts = xp.reshape(starts, (n, 1, 1, 1))
        shape = (n, *self.shape(x.shape, r.shape, s.shape)[1:])
        total = None
        for each in self.taps(xp, x, r, s):
            which = xp.broadcast_to(each.number + starts, (*shape[:3], 1))
            seen = xp.reshape(xp.take(numbers, xp.reshape(which, (-1,)), axis=0), shape)
            if each.inside is not None:
                outside = (1.0 - each.inside) * self.fill_value
                seen = seen * each.inside + outside
            seen = seen if each.weight is None else seen * each.weight
            total = seen if total is None else total + seen
        assert total is not None
        return total

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor, r: Tensor, s: Tensor) -> Gradients:
        return SampleGradient(**self.settings())(dy, x, r, s), None, None

    def shape(self, *shapes: Shape) -> Shape:
        x, r, s = shapes
        known(x, 1), known(x, 2)
        down, along = broadcast((1, 1, 1, 1), r, s)[1:3]
        return (x[0], down, along, x[3])


class SampleGradient(Sampling):
    """dX = Σ dY over the places that see it, each by its weight"""

    text, latex = "spread({dy}, {r}, {s})", r"\operatorname{{spread}}({dy}, {r}, {s})"

    def run(self, xp: Namespace, dy: Array, x: Array, r: Array, s: Array) -> Array:
        if isinstance(dy, np.ndarray):
            return self.added(dy, np.shape(x), r, s)
        n, high, wide, channels = x.shape
        places = dy.shape[1] * dy.shape[2]
        flat, numbers = (n, places, 1), xp.arange(high * wide, dtype=xp.int64)
        table = xp.zeros((n, places, high * wide), dtype=dy.dtype)
        for each in self.taps(xp, x, r, s):
            which = xp.reshape(xp.broadcast_to(each.number, (n, *dy.shape[1:3], 1)), flat)
            weight = product(xp, each.weight, each.inside)
            hit = xp.astype(xp.equal(which, numbers), dy.dtype)
            if weight is not None:
                hit = hit * xp.reshape(xp.broadcast_to(weight, (n, *dy.shape[1:3], 1)), flat)
            table = table + hit
        turned = xp.permute_dims(xp.reshape(dy, (n, places, channels)), (0, 2, 1))
        dx = xp.permute_dims(xp.matmul(turned, table), (0, 2, 1))
        return xp.reshape(dx, (n, high, wide, channels))

    def added(self, dy: np.ndarray, shape: tuple[int, ...], r: Any, s: Any) -> np.ndarray:
        """The same in NumPy, which adds up what falls on the same number."""
        n, high, wide, channels = shape
        starts = np.arange(n).reshape(n, 1, 1, 1) * (high * wide)
        total = np.zeros((n * high * wide, channels), dy.dtype)
        for each in self.taps(np, np.empty(shape, dy.dtype), r, s):  # type: ignore[arg-type]
            weight = product(np, each.weight, each.inside)  # type: ignore[arg-type]
            seen = dy if weight is None else dy * weight
            which = np.broadcast_to(each.number + starts, (*dy.shape[:3], 1)).reshape(-1)
            total += added_in_order(len(total), which, seen.reshape(-1, channels))
        return total.reshape(shape)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return self.cost * size(shapes[0])


def product(xp: Namespace, a: Any, b: Any) -> Any:
    """a·b of what there is of the two."""
    return b if a is None else a if b is None else a * b
