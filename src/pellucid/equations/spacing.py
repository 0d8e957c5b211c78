"""Equations that move numbers apart: a border, gaps, repetition, axes in another order."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.equations.reductions import Sum
from pellucid.equations.shape import Pick, Reshape, as_target, padded, pick, spaced
from pellucid.tensor import Gradients, Shape, Tensor, show_shape


class Pad(Equation):
    """y = x with zeros before and after along each axis;  dx = dy without them"""

    sides: tuple[tuple[int, int], ...]

    text, latex = "pad({x})", r"\operatorname{{pad}}({x})"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, x: Array) -> Array:
        for axis, (before, after) in enumerate(self.sides):
            x = padded(xp, x, axis, before, after, 0.0)
        return x

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        pairs = zip(self.sides, x.shape, strict=True)
        return (Pick(tuple(inside(*sides, extent) for sides, extent in pairs))(dy),)

    def shape(self, *shapes: Shape) -> Shape:
        pairs = zip(shapes[0], self.sides, strict=True)
        return tuple(None if extent is None else extent + sum(both) for extent, both in pairs)


class SpaceOut(Equation):
    """y = x with step − 1 zeros between its numbers along an axis;  dx = dy at those of x"""

    axis: int
    step: int

    text, latex = "space({x})", r"\operatorname{{space}}({x})"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, x: Array) -> Array:
        return spaced(xp, x, self.axis, self.step)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        key = [slice(None)] * len(x.shape)
        key[self.axis] = slice(0, y.shape[self.axis], self.step)
        return (Pick(tuple(key))(dy),)

    def shape(self, *shapes: Shape) -> Shape:
        extent = known(shapes[0], self.axis)
        return along(shapes[0], self.axis, (extent - 1) * self.step + 1)


class Repeat(Equation):
    """y = each number of x `times` times along an axis;  dx = Σ dy over the repetitions"""

    axis: int
    times: int

    text, latex = "repeat({x})", r"\operatorname{{repeat}}({x})"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, x: Array) -> Array:
        before, after = x.shape[: self.axis + 1], x.shape[self.axis + 1 :]
        y = xp.broadcast_to(xp.expand_dims(x, axis=self.axis + 1), (*before, self.times, *after))
        return xp.reshape(y, (*before[:-1], before[-1] * self.times, *after))

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        before, after = x.shape[: self.axis + 1], x.shape[self.axis + 1 :]
        apart = Reshape(as_target((*before, self.times, *after)))(dy)
        return (Sum(self.axis + 1)(apart),)

    def shape(self, *shapes: Shape) -> Shape:
        return along(shapes[0], self.axis, known(shapes[0], self.axis) * self.times)


class Permute(Equation):
    """y = x with its axes in another order: axis k of y is `axes[k]` of x;  dx = dy put back"""

    axes: tuple[int, ...]

    text, latex = "permute({x})", r"\operatorname{{permute}}({x})"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.permute_dims(x, self.axes)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (Permute(tuple(map(self.axes.index, range(len(self.axes)))))(dy),)

    def shape(self, *shapes: Shape) -> Shape:
        return tuple(shapes[0][axis] for axis in self.axes)


def inside(before: int, after: int, extent: int | None) -> slice:
    """Where x stands between what was put before and after it."""
    return slice(None) if before == after == 0 else slice(before, before + (extent or 1))


def known(shape: Shape, axis: int) -> int:
    """The extent of an axis, which may not be that of the rows."""
    if (extent := shape[axis]) is None:
        raise ValueError(
            f"the rows n of {show_shape(shape)} stay as they are: numbers move along another axis"
        )
    return extent


def along(shape: Shape, axis: int, extent: int) -> Shape:
    """The shape with another extent of an axis."""
    return (*shape[:axis], extent, *shape[axis + 1 :])


def parts(x: Tensor, count: int) -> Sequence[Tensor]:
    """x in `count` equal parts along its last axis."""
    width = (x.shape[-1] or 1) // count
    return [pick(x, (..., slice(at * width, (at + 1) * width))) for at in range(count)]
