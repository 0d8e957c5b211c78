"""Layers with a kernel for each channel alone."""

from __future__ import annotations

from typing import Any

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.constraints import ConstraintLike
from pellucid.equations.depthwise import DepthwiseConvolve
from pellucid.equations.linear import Affine, Product
from pellucid.equations.shape import Reshape
from pellucid.initializers import InitializerLike
from pellucid.layers.convolution import as_kernel, spread
from pellucid.layers.windows import Extents, OverImages
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor
from pellucid.weights import Weight


class ByChannel(OverImages, abstract=True):
    """Each channel by `depth_multiplier` kernels of its own."""

    def settle(
        self,
        shape: Shape,
        size: Extents,
        strides: Extents,
        padding: str,
        dilation: Extents,
        multiplier: int,
    ) -> tuple[int, ...]:
        """Settle where the window stands; the shape of its kernels."""
        image, window = self.image_shape(shape), self.extents("the window", size)
        self.dilation = self.extents("dilation_rate", dilation)
        padding = self.padding_for(padding, spread(window, self.dilation), image)
        self.window: dict[str, Any] = {
            "strides": self.extents("strides", strides),
            "padding": padding,
        }
        self.wide = (image[-1] or 1) * multiplier
        return (*window[-self.rank :], image[-1] or 1, multiplier)

    def by_channel(self, x: Tensor, w: Tensor) -> Tensor:
        kernel = as_kernel(w, self.dilation)
        return DepthwiseConvolve(**self.window)(self.as_images(x), kernel).called("Z")


class Depthwise(ByChannel, abstract=True):
    """Y = f(X ∗ W + b), each channel by itself."""

    kernel_size: Extents
    strides: Extents = 1
    padding: str = "valid"
    depth_multiplier: int = 1
    dilation_rate: Extents = option(default=1, kw_only=True)
    activation: ActivationLike = None
    use_bias: bool = True
    depthwise_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    depthwise_regularizer: RegularizerLike = None
    depthwise_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_regularizer: RegularizerLike = None
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)

    sizes = ("kernel_size", "strides", "dilation_rate")
    counts = ("depth_multiplier",)

    def build(self, shape: Shape) -> None:
        kernel = self.settle(
            shape,
            self.kernel_size,
            self.strides,
            self.padding,
            self.dilation_rate,
            self.depth_multiplier,
        )
        self.w = self.add_weight(
            kernel,
            self.depthwise_initializer,
            "kernel",
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.wide,), "b")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        z = self.by_channel(x, self.w.tensor)
        z = z + self.b.tensor if self.use_bias else z
        return activations.get(self.activation)(self.from_images(z))


class DepthwiseConv2D(Depthwise):
    """Y = f(X ∗ W + b), each channel by itself;  W (kh, kw, c, m), b (c·m,), Y (n, h′, w′, c·m)"""


class DepthwiseConv1D(Depthwise):
    """Y = f(X ∗ W + b), each channel by itself;  W (k, c, m), b (c·m,), Y (n, steps′, c·m)"""

    rank = 1


class Separable(ByChannel, abstract=True):
    """Y = f((X ∗ D)·P + b): a window over each channel by itself, then the channels together."""

    filters: int
    kernel_size: Extents
    strides: Extents = 1
    padding: str = "valid"
    dilation_rate: Extents = option(default=1, kw_only=True)
    depth_multiplier: int = 1
    activation: ActivationLike = None
    use_bias: bool = True
    depthwise_initializer: InitializerLike = "glorot_uniform"
    pointwise_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    depthwise_regularizer: RegularizerLike = None
    depthwise_constraint: ConstraintLike = option(default=None, kw_only=True)
    pointwise_regularizer: RegularizerLike = None
    pointwise_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_regularizer: RegularizerLike = None
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)

    sizes = ("kernel_size", "strides", "dilation_rate")
    counts = ("filters", "depth_multiplier")

    def build(self, shape: Shape) -> None:
        kernel = self.settle(
            shape,
            self.kernel_size,
            self.strides,
            self.padding,
            self.dilation_rate,
            self.depth_multiplier,
        )
        self.d = self.part("depthwise", kernel, "D")
        self.p = self.part("pointwise", (*(1,) * self.rank, self.wide, self.filters), "P")
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.filters,), "b")

    def part(self, name: str, shape: tuple[int, ...], letter: str) -> Weight:
        return self.add_weight(
            shape,
            getattr(self, f"{name}_initializer"),
            f"{name}_kernel",
            regularizer=getattr(self, f"{name}_regularizer"),
            constraint=getattr(self, f"{name}_constraint"),
            letter=letter,
        )

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        z = self.by_channel(x, self.d.tensor)
        p = Reshape((self.wide, self.filters))(self.p.tensor)
        z = Affine()(z, p, self.b.tensor) if self.use_bias else Product()(z, p).called("Z")
        return activations.get(self.activation)(self.from_images(z))


class SeparableConv2D(Separable):
    """Y = f((X ∗ D)·P + b);  D (kh, kw, c, m), P (1, 1, c·m, filters), b (filters,)"""

    alias = ("SeparableConvolution2D",)


class SeparableConv1D(Separable):
    """Y = f((X ∗ D)·P + b);  D (k, c, m), P (1, c·m, filters), b (filters,)"""

    alias = ("SeparableConvolution1D",)
    rank = 1
