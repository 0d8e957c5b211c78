"""Sums and means over axes, and their adjoints, which spread a value back over them."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import PRODUCT, Arithmetic, Equation
from pellucid.tensor import Gradients, Shape, Tensor, broadcast, place_of, show_shape, size


class Sum(Equation):
    """y = Σ x over `axis` (every axis if None);  dx = dy spread over x"""

    axis: int | tuple[int, ...] | None = None
    keepdims: bool = False

    text, latex = "Σ {x}", r"\sum {x}"
    binds = PRODUCT

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.sum(x, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (Spread(self.axis, self.keepdims)(dy, x),)

    def shape(self, *shapes: Shape) -> Shape:
        return reduced(shapes[0], self.axis, self.keepdims)

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return size(shapes[0])


class Mean(Sum):
    """y = Σ x / m, where m elements go into each mean;  dx = dy/m spread over x"""

    text, latex = "mean({x})", r"\operatorname{{mean}}({x})"
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.mean(x, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (Spread(self.axis, self.keepdims, mean=True)(dy, x),)


class Largest(Sum):
    """y = max of x over `axis`;  dx = dy at the largest, divided among those that are equal"""

    text, latex = "max({x})", r"\max({x})"
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.max(x, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        spread = Spread(self.axis, self.keepdims)
        hit = AtMost()(spread(y, x), x)
        return (hit * spread(dy / Sum(self.axis, self.keepdims)(hit), x),)


class AtMost(Arithmetic):
    """y = 1 where a ≤ b, else 0"""

    text, latex = "[{a} ≤ {b}]", r"[{a} \le {b}]"
    encloses = True

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.astype(xp.less_equal(a, b), b.dtype)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return None, None


class Spread(Equation):
    """y = d repeated over the axes of x that a sum took away; over a mean's, divided among them

    Dd = Σ Dy over those axes.
    """

    axis: int | tuple[int, ...] | None = None
    keepdims: bool = False
    mean: bool = False

    text, latex = "spread({d})", r"\operatorname{{spread}}({d})"
    encloses = True

    def run(self, xp: Namespace, d: Array, x: Array) -> Array:
        kept = reduced(x.shape, self.axis, keepdims=True)
        if not hasattr(d, "shape"):
            d = xp.full(kept, d, dtype=x.dtype)
        spread = xp.broadcast_to(xp.reshape(d, kept) if not self.keepdims else d, x.shape)
        if not self.mean:
            return spread
        return xp.multiply(spread, size(kept) / size(x.shape))

    def gradient(self, dy: Tensor, y: Tensor, d: Tensor, x: Tensor) -> Gradients:
        gather = Mean if self.mean else Sum
        return gather(self.axis, self.keepdims)(dy), None

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]


class SumTo(Equation):
    """y = Σ d over the axes along which a tensor of x's shape was repeated;  Dd = Dy repeated"""

    text, latex = "Σ {d}", r"\sum {d}"
    binds = PRODUCT

    def run(self, xp: Namespace, d: Array, x: Array) -> Array:
        shape: Shape = getattr(x, "shape", ())
        if len(shape) == 1 and d.ndim == 2 and shape[0] == d.shape[1]:
            return xp.sum(d, axis=0)
        lead = len(d.shape) - len(shape)
        repeated = tuple(
            axis
            for axis, extent in enumerate(d.shape)
            if axis < lead or (shape[axis - lead] == 1 and extent != 1)
        )
        return xp.reshape(xp.sum(d, axis=repeated), shape)

    def gradient(self, dy: Tensor, y: Tensor, d: Tensor, x: Tensor) -> Gradients:
        return dy + 0 * d, None

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return size(shapes[0])


def sum_to(d: Tensor, x: Tensor) -> Tensor | None:
    """The gradient `d` of something broadcast from x, summed back to x's shape."""
    if x.is_setting:
        return None
    if d.shape == x.shape:
        return d
    broadcast(d.shape, x.shape)
    return SumTo()(d, x)


def reduced(shape: Shape, axis: int | tuple[int, ...] | None, keepdims: bool) -> Shape:
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    gone = {place_of(each, shape) for each in axes}
    if len(gone) < len(axes):
        raise ValueError(f"axis={axis!r} names a dimension of {show_shape(shape)} twice")
    if keepdims:
        return tuple(1 if at in gone else extent for at, extent in enumerate(shape))
    return tuple(extent for at, extent in enumerate(shape) if at not in gone)
