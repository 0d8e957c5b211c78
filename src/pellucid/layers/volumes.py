"""Layers that move a window over volumes (n, depth, height, width, channels).

A slice of a volume is an image, so that they are made of the equations of images: the slices that
a window sees stand side by side in the channels.
"""

from __future__ import annotations

from typing import Any

from pellucid import activations
from pellucid.equations.convolution import Axis, Convolve, axis_of
from pellucid.equations.depthwise import Deconvolve
from pellucid.equations.pooling import AveragePool, MaxPool
from pellucid.equations.shape import Reshape, concatenate, pick
from pellucid.equations.spacing import Pad, Permute, parts
from pellucid.layers.convolution import Convolutional, as_kernel, spread
from pellucid.layers.pooling import PoolingLayer
from pellucid.layers.transposing import Transposed, cropped
from pellucid.layers.windows import MEANS
from pellucid.tensor import Shape, Tensor


class Conv3D(Convolutional):
    """Y = f(X ∗ W + b);  X (n, d, h, w, c), W (kd, kh, kw, c, filters), b (filters,)"""

    alias = ("Convolution3D",)
    rank = 3

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, 5, MEANS[3])
        size = self.each_way("the window", self.kernel_size)
        self.apart = self.each_way("dilation_rate", self.dilation_rate)
        strides = self.each_way("strides", self.strides)
        padding = self.padding_for(self.padding, spread(size, self.apart), shape)
        self.window = {"strides": strides[1:], "padding": padding}
        channels = self.channels_of_a_group(shape[-1] or 1)
        self.w = self.weight_as_set("kernel", (*size, channels, self.filters))
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.filters,), "b")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        w = as_kernel(self.w.tensor, self.apart)
        down, step = w.shape[0] or 1, self.each_way("strides", self.strides)[0]
        self.depth = axis_of(down, step, x.shape[1] or 1, self.window["padding"])
        pairs = zip(parts(x, self.groups), parts(w, self.groups), strict=True)
        z = [self.through(*pair) for pair in pairs] if self.groups > 1 else [self.through(x, w)]
        y = (concatenate(z, -1) if len(z) > 1 else z[0]).called("Z")
        return activations.get(self.activation)(y + self.b.tensor if self.use_bias else y)

    def through(self, x: Tensor, w: Tensor) -> Tensor:
        """X ∗ W, a convolution of images for each depth at which the window stands."""
        convolve, kernel = Convolve(**self.window), joined_kernel(w)
        slices = [convolve(each, kernel) for each in windows(x, self.depth)]
        extents = [extent or 1 for extent in slices[0].shape[1:]]
        apart = [Reshape((-1, 1, *extents))(each) for each in slices]
        return concatenate(apart, 1) if len(apart) > 1 else apart[0]


class Conv3DTranspose(Transposed):
    """Y = f(fold(X·Wᵀ) + b), larger by the strides;  W (kd, kh, kw, filters, c), b (filters,)"""

    alias = ("Convolution3DTranspose",)
    rank = 3

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, 5, MEANS[3])
        size = self.each_way("the window", self.kernel_size)
        self.steps = self.each_way("dilation_rate", self.dilation_rate)
        self.w = self.weight_as_set("kernel", (*size, self.filters, shape[-1] or 1))
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.filters,), "b")

    def settle(self, image: Shape) -> None:
        seen = spread(self.each_way("the window", self.kernel_size), self.steps)
        strides = self.each_way("strides", self.strides)
        padding = self.padding_for(self.padding, (1, 1, 1), image)
        given = [extent or 1 for extent in image[1:4]]
        padding, extents = self.settled(seen, strides, given, padding)
        self.depth = axis_of(seen[0], strides[0], extents[0], padding)
        self.equation = Deconvolve(
            extents=(extents[1], extents[2]), strides=(strides[1], strides[2]), padding=padding
        )

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        self.settle(x.shape)
        kernel, axis = joined_kernel(as_kernel(self.w.tensor, self.steps)), self.depth
        whole = (axis.before + axis.extent + axis.after) * self.filters
        placed = []
        for at in range(axis.positions):
            seen = self.equation(pick(x, (slice(None), at)), kernel)
            start = at * axis.stride * self.filters
            sides = (start, whole - start - (seen.shape[-1] or 1))
            placed.append(Pad(((0, 0), (0, 0), (0, 0), sides))(seen))
        z = placed[0]
        for each in placed[1:]:
            z = z + each
        inside = slice(axis.before * self.filters, (axis.before + axis.extent) * self.filters)
        z = cropped(apart_again(pick(z, (..., inside)), axis.extent), self.cut).called("Z")
        return activations.get(self.activation)(z + self.b.tensor if self.use_bias else z)


class Pooling3D(PoolingLayer, abstract=True):
    """One number for each position of a window: of each slice first, then along the depth."""

    rank = 3

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, 5, MEANS[3])
        window = self.each_way("the window", self.pool_size)
        strides = window if self.strides is None else self.each_way("strides", self.strides)
        padding = self.padding_for(self.padding, window, shape)
        flat = {"pool": (window[1], window[2]), "strides": (strides[1], strides[2])}
        self.flat = self.kind(**flat, padding=padding)
        self.deep = self.kind(pool=(window[0], 1), strides=(strides[0], 1), padding=padding)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        y = apart_again(self.flat(joined(x)), x.shape[1] or 1)
        d, h, w, c = (extent or 1 for extent in y.shape[1:])
        deep = self.deep(Reshape((-1, d, h * w, c))(y))
        return Reshape((-1, deep.shape[1] or 1, h, w, c))(deep)


class MaxPooling3D(Pooling3D):
    """Y = max of X in the window;  X (n, d, h, w, c), Y (n, d′, h′, w′, c)"""

    alias = ("max_pool3d", "MaxPool3D")
    kind = MaxPool


class AveragePooling3D(Pooling3D):
    """Y = mean of X in the window;  X (n, d, h, w, c), Y (n, d′, h′, w′, c)"""

    alias = ("avg_pool3d", "AvgPool3D")
    kind = AveragePool


def joined(x: Tensor) -> Tensor:
    """(n, d, h, w, c) as images (n, h, w, d·c)."""
    d, h, w, c = (extent or 1 for extent in x.shape[1:])
    return Reshape((-1, h, w, d * c))(Permute((0, 2, 3, 1, 4))(x))


def apart_again(x: Tensor, depth: int) -> Tensor:
    """(n, h, w, depth·c) as (n, depth, h, w, c)."""
    h, w, wide = (extent or 1 for extent in x.shape[1:])
    return Permute((0, 3, 1, 2, 4))(Reshape((-1, h, w, depth, wide // depth))(x))


def joined_kernel(w: Tensor) -> Tensor:
    """(kd, kh, kw, a, b) as (kh, kw, kd·a, b)."""
    d, h, along, a, b = (extent or 1 for extent in w.shape)
    return Reshape((h, along, d * a, b))(Permute((1, 2, 0, 3, 4))(w))


def windows(x: Tensor, depth: Axis) -> list[Tensor]:
    """The slices that the window sees at each depth where it stands, as channels of an image."""
    sides: Any = ((0, 0), (depth.before, depth.after), (0, 0), (0, 0), (0, 0))
    images, c = joined(Pad(sides)(x) if depth.before + depth.after else x), x.shape[-1] or 1
    starts = [at * depth.stride for at in range(depth.positions)]
    return [pick(images, (..., slice(at * c, (at + depth.size) * c))) for at in starts]
