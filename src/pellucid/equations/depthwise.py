"""Convolutions of other kinds: a kernel for each channel alone, and the way back from a stride."""

from __future__ import annotations

from functools import reduce

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import PRODUCT
from pellucid.equations.convolution import (
    Convolve,
    KernelGradient,
    Pair,
    Windowed,
    fold,
    from_patches,
)
from pellucid.equations.pooling import seen_in
from pellucid.tensor import Gradients, Shape, Tensor, size


class DepthwiseConvolve(Windowed):
    """Z = X ∗ W, each channel by itself: Σ over the window of what it sees ⊙ W

        dX = fold(Σ dZ⊙W)    dW = Σ X⊙dZ over the positions

    X (n, h, w, c), W (kh, kw, c, m), Z (n, h′, w′, c·m)
    """

    text, latex = "{x} ∗ {w} by channel", r"{x} * {w} \text{{ by channel}}"
    binds = PRODUCT

    def run(self, xp: Namespace, x: Array, w: Array) -> Array:
        kernels = xp.reshape(w, (-1, *w.shape[2:]))
        seen = seen_in(xp, x, *self.axes(x.shape, w.shape), 0.0)
        z = reduce(
            xp.add,
            [
                xp.multiply(xp.expand_dims(part, axis=-1), kernels[at, :, :])
                for at, part in enumerate(seen)
            ],
        )
        return xp.reshape(z, (*z.shape[:3], -1))

    def gradient(self, dz: Tensor, z: Tensor, x: Tensor, w: Tensor) -> Gradients:
        how = self.settings()
        return DepthwiseImage(**how)(dz, w, x), DepthwiseKernel(**how)(x, dz, w)

    def shape(self, *shapes: Shape) -> Shape:
        x, w = shapes
        down, along = self.axes(x, w)
        return (x[0], down.positions, along.positions, (w[2] or 1) * (w[3] or 1))

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[1][:2]) * size(value)


class DepthwiseImage(Windowed):
    """dX = fold(Σ dZ⊙W)"""

    text, latex = "fold({dz}⊙{w})", r"\operatorname{{fold}}({dz} \odot {w})"
    encloses = True

    def run(self, xp: Namespace, dz: Array, w: Array, x: Array) -> Array:
        kernels = xp.reshape(w, (-1, *w.shape[2:]))
        apart = xp.reshape(dz, (*dz.shape[:3], *w.shape[2:]))
        seen = [
            xp.sum(xp.multiply(apart, kernels[at, :, :]), axis=-1) for at in range(kernels.shape[0])
        ]
        return fold(xp, xp.concat(seen, axis=-1), *self.axes(x.shape, w.shape))

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[2]


class DepthwiseKernel(Windowed):
    """dW = Σ X⊙dZ over the positions of the window"""

    text, latex = "patches({x})⊙{dz}", r"\operatorname{{patches}}({x}) \odot {dz}"
    encloses = True

    def run(self, xp: Namespace, x: Array, dz: Array, w: Array) -> Array:
        apart = xp.reshape(dz, (*dz.shape[:3], *w.shape[2:]))
        parts = [
            xp.sum(xp.multiply(xp.expand_dims(seen, axis=-1), apart), axis=(0, 1, 2))
            for seen in seen_in(xp, x, *self.axes(x.shape, w.shape), 0.0)
        ]
        return xp.reshape(xp.stack(parts, axis=0), w.shape)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[2]


class Deconvolve(Windowed):
    """Y = fold(X·Wᵀ): each number of X times a kernel, added where kernels lie over each other

        dX = dY ∗ W    dW = patches(dY)ᵀ·X

    X (n, h, w, c), W (kh, kw, m, c), Y (n, *extents, m)
    """

    extents: Pair

    text, latex = "fold({x}·{w}ᵀ)", r"\operatorname{{fold}}({x} {w}^\top)"
    encloses = True

    def run(self, xp: Namespace, x: Array, w: Array) -> Array:
        return from_patches(xp, x, w, *self.axes((0, *self.extents), w.shape))

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor, w: Tensor) -> Gradients:
        how = (self.strides, self.padding)
        return Convolve(*how)(dy, w), KernelGradient(*how)(dy, x, w)

    def shape(self, *shapes: Shape) -> Shape:
        return (shapes[0][0], *self.extents, shapes[1][2])

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[1][:-1]) * size(shapes[0])
