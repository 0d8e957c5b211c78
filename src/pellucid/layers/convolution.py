"""Layers that move kernels over images (n, height, width, channels), or over sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.constraints import ConstraintLike
from pellucid.equations.convolution import Convolution, Convolve
from pellucid.equations.shape import Reshape, concatenate
from pellucid.equations.spacing import Pad, SpaceOut, parts
from pellucid.initializers import InitializerLike
from pellucid.layers.windows import Extents, OverImages
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor


class Convolutional(OverImages, abstract=True):
    """Y = f(X ∗ W + b): each number is a patch of X times a kernel.

    The numbers of a kernel stand `dilation_rate` apart. Channels in `groups` are read each by
    kernels of their own.
    """

    filters: int
    kernel_size: Extents
    strides: Extents = 1
    padding: str = "valid"
    dilation_rate: Extents = option(default=1, kw_only=True)
    groups: int = option(default=1, kw_only=True)
    activation: ActivationLike = None
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_regularizer: RegularizerLike = None
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)

    sizes = ("kernel_size", "strides", "dilation_rate")
    counts = ("filters", "groups")

    def _check_settings(self) -> None:
        super()._check_settings()
        if self.filters % self.groups:
            raise ValueError(
                f"{self.layer_name}: groups must go into the filters, got groups={self.groups} and "
                f"filters={self.filters}"
            )

    def build(self, shape: Shape) -> None:
        image = self.image_shape(shape)
        size = self.extents("the window", self.kernel_size)
        self.dilation = self.extents("dilation_rate", self.dilation_rate)
        seen = spread(size, self.dilation)
        padding = self.padding_for(self.padding, seen, image)
        self.ahead = seen[1] - 1 if padding == "causal" else 0
        padding = "valid" if padding == "causal" else padding
        strides = self.extents("strides", self.strides)
        self.window: dict[str, Any] = {"strides": strides, "padding": padding}
        channels = self.channels_of_a_group(image[-1] or 1)
        self.w = self.weight_as_set("kernel", (*size[-self.rank :], channels, self.filters))
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.filters,), "b")

    def channels_of_a_group(self, channels: int) -> int:
        if channels % self.groups:
            raise ValueError(
                f"{self.layer_name}: groups must go into the {channels} channels and the "
                f"{self.filters} filters, got {self.groups!r}"
            )
        return channels // self.groups

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        x, w = self.as_images(x), as_kernel(self.w.tensor, self.dilation)
        if self.ahead:
            x = Pad(((0, 0), (0, 0), (self.ahead, 0), (0, 0)))(x)
        return activations.get(self.activation)(self.from_images(self.convolved(x, w)))

    def convolved(self, x: Tensor, w: Tensor) -> Tensor:
        if self.groups == 1 and self.use_bias:
            return Convolution(**self.window)(x, w, self.b.tensor)
        if self.groups == 1:
            return Convolve(**self.window)(x, w).called("Z")
        pairs = zip(parts(x, self.groups), parts(w, self.groups), strict=True)
        z = concatenate([Convolve(**self.window)(*pair) for pair in pairs], -1).called("Z")
        return z + self.b.tensor if self.use_bias else z


class Conv2D(Convolutional):
    """Y = f(X ∗ W + b);  X (n, h, w, c), W (kh, kw, c, filters), b (filters,)"""

    alias = ("Convolution2D",)


class Conv1D(Convolutional):
    """Y = f(X ∗ W + b);  X (n, steps, c), W (k, c, filters), b (filters,)

    With padding "causal", a step reads itself and those before it, as many as it outputs.
    """

    alias = ("Convolution1D",)
    rank = 1
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same", "causal")


def spread(size: Sequence[int], dilation: Sequence[int]) -> list[int]:
    """How far a kernel of this size reaches, its numbers so far apart."""
    return [(extent - 1) * step + 1 for extent, step in zip(size, dilation, strict=True)]


def as_kernel(w: Tensor, dilation: Sequence[int]) -> Tensor:
    """W of images or volumes, its numbers so far apart; that of sequences gets the height 1."""
    if len(w.shape) == 3:
        w = Reshape((1, *(extent or 1 for extent in w.shape)))(w)
    for axis, step in enumerate(dilation):
        w = SpaceOut(axis, step)(w) if step > 1 and (w.shape[axis] or 1) > 1 else w
    return w
