"""Convolution as a product of patches and kernels: X ∗ W = patches(X)·W.

Images are (n, height, width, channels). A patch is what one position of the window sees, as one
row of numbers; `patches` takes them out of the images, `fold` adds them back to their places.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import PRODUCT, SUM, Equation
from pellucid.equations.linear import rows
from pellucid.equations.reductions import SumTo
from pellucid.equations.shape import padded, placed
from pellucid.tensor import Gradients, Shape, Tensor, size

Pair = tuple[int, int]


class Axis(NamedTuple):
    """Where a window stands along one axis: `positions` places, `stride` apart, after padding."""

    size: int
    stride: int
    extent: int
    positions: int
    before: int
    after: int

    def slices(self) -> list[slice]:
        """For each offset within the window, what the window sees there over its positions."""
        span = self.stride * (self.positions - 1) + 1
        return [slice(at, at + span, self.stride) for at in range(self.size)]


def axis_of(size: int, stride: int, extent: int, padding: str) -> Axis:
    """The window's positions: all that fit ("valid"), or one each stride ("same").

    "same" pads with half of what lacks on each side, and with the odd one behind.
    """
    if padding == "valid" and size > extent:
        raise ValueError(
            f"a window of {size} places does not fit into {extent}: give larger pictures or longer "
            'sequences, or say padding="same"'
        )
    if padding == "valid":
        return Axis(size, stride, extent, (extent - size) // stride + 1, 0, 0)
    count = -(-extent // stride)
    lacking = max((count - 1) * stride + size - extent, 0)
    return Axis(size, stride, extent, count, lacking // 2, lacking - lacking // 2)


class Windowed(Equation, abstract=True):
    """An equation that moves a window over images."""

    strides: Pair
    padding: str

    def axes(self, shape: Any, window: Any) -> tuple[Axis, Axis]:
        """The window's positions down and along images of `shape`."""
        down, along = (
            axis_of(window[at], self.strides[at], shape[at + 1], self.padding) for at in (0, 1)
        )
        return down, along


class Convolve(Windowed):
    """Z = X ∗ W: each number of Z is a patch of X times a kernel

        Z = patches(X)·W    dX = fold(dZ·Wᵀ)    dW = patches(X)ᵀ·dZ

    X (n, h, w, c), W (kh, kw, c, m), Z (n, h′, w′, m)
    """

    text, latex = "{x} ∗ {w}", "{x} * {w}"
    binds = PRODUCT

    def run(self, xp: Namespace, x: Array, w: Array) -> Array:
        return convolved(xp, x, w, *self.axes(x.shape, w.shape))

    def gradient(self, dz: Tensor, z: Tensor, x: Tensor, w: Tensor) -> Gradients:
        how = self.settings()
        return ConvolveGradient(**how)(dz, w, x), KernelGradient(**how)(x, dz, w)

    def shape(self, *shapes: Shape) -> Shape:
        x, w = shapes
        down, along = self.axes(x, w)
        return (x[0], down.positions, along.positions, w[-1])

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[1][:-1]) * size(value)


class Convolution(Windowed):
    """Z = X ∗ W + b;  dX and dW as of X ∗ W,  db = Σ dZ"""

    text, latex = "{x} ∗ {w} + {b}", "{x} * {w} + {b}"
    letter = "Z"
    binds = SUM

    def run(self, xp: Namespace, x: Array, w: Array, b: Array) -> Array:
        z = convolved(xp, x, w, *self.axes(x.shape, w.shape))
        z += b
        return z

    def gradient(self, dz: Tensor, z: Tensor, x: Tensor, w: Tensor, b: Tensor) -> Gradients:
        return *Convolve(**self.settings()).gradient(dz, z, x, w), SumTo()(dz, b)

    def shape(self, *shapes: Shape) -> Shape:
        return Convolve(**self.settings()).shape(*shapes[:2])

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return (2 * size(shapes[1][:-1]) + 1) * size(value)


class ConvolveGradient(Windowed):
    """dX = fold(dZ·Wᵀ)"""

    text, latex = "fold({dz}·{w}ᵀ)", r"\operatorname{{fold}}({dz} {w}^\top)"

    def run(self, xp: Namespace, dz: Array, w: Array, x: Array) -> Array:
        return from_patches(xp, dz, w, *self.axes(x.shape, w.shape))

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[2]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[1][:-1]) * size(shapes[0])


class KernelGradient(Windowed):
    """dW = patches(X)ᵀ·dZ"""

    text, latex = "patches({x})ᵀ·{dz}", r"\operatorname{{patches}}({x})^\top {dz}"
    binds = PRODUCT

    def run(self, xp: Namespace, x: Array, dz: Array, w: Array) -> Array:
        seen = patches(xp, x, *self.axes(x.shape, w.shape))
        return xp.reshape(xp.matmul(rows(xp, seen).T, rows(xp, dz)), w.shape)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[2]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[2][:-1]) * size(shapes[1])


def convolved(xp: Namespace, x: Array, w: Array, down: Axis, along: Axis) -> Array:
    """X ∗ W; a new array."""
    seen = patches(xp, x, down, along)
    z = xp.matmul(rows(xp, seen), xp.reshape(w, (-1, w.shape[-1])))
    return xp.reshape(z, (*seen.shape[:-1], w.shape[-1]))


def from_patches(xp: Namespace, dz: Array, w: Array, down: Axis, along: Axis) -> Array:
    """fold(dZ·Wᵀ): each number times a kernel, added to the places that the window sees."""
    kernels = xp.reshape(w, (-1, w.shape[-1]))
    seen = xp.matmul(rows(xp, dz), kernels.T)
    return fold(xp, xp.reshape(seen, (*dz.shape[:-1], kernels.shape[0])), down, along)


def patches(xp: Namespace, x: Array, down: Axis, along: Axis) -> Array:
    """What each position of the window sees, (n, h′, w′, kh·kw·c), in the order of the window."""
    x = bordered(xp, x, down, along, 0.0)
    x = xp.concat([x[:, :, at, :] for at in along.slices()], axis=-1)
    return xp.concat([x[:, at, :, :] for at in down.slices()], axis=-1)


def fold(xp: Namespace, seen: Array, down: Axis, along: Axis) -> Array:
    """The adjoint of `patches`: each number added to the place that it was taken from."""
    seen = xp.reshape(seen, (seen.shape[0], down.positions, along.positions, down.size, -1))
    x = added_back(xp, [seen[:, :, :, at, :] for at in range(down.size)], 1, down)
    x = xp.reshape(x, (*x.shape[:3], along.size, -1))
    return added_back(xp, [x[:, :, :, at, :] for at in range(along.size)], 2, along)


def added_back(xp: Namespace, parts: list[Array], at: int, axis: Axis) -> Array:
    """The sum of parts, each placed where its offset of the window stood; the padding cut off."""
    extent = axis.before + axis.extent + axis.after
    total = placed(xp, parts[0], at, 0, axis.stride, extent)
    for offset, part in enumerate(parts[1:], 1):
        total += placed(xp, part, at, offset, axis.stride, extent)
    inside = slice(axis.before, axis.before + axis.extent)
    return total[(slice(None),) * at + (inside, ...)]


def bordered(xp: Namespace, x: Array, down: Axis, along: Axis, value: float) -> Array:
    """x with the padding that "same" asks for."""
    x = padded(xp, x, 1, down.before, down.after, value)
    return padded(xp, x, 2, along.before, along.after, value)
