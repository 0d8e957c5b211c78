"""Layers that move a window over images (n, height, width, channels)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid import activations
from pellucid.activations import ActivationLike
from pellucid.equations.convolution import Convolution, Convolve, Pair
from pellucid.equations.pooling import AveragePool, MaxPool, Pooling
from pellucid.equations.reductions import Mean
from pellucid.initializers import InitializerLike
from pellucid.layers.base import Layer
from pellucid.regularizers import RegularizerLike
from pellucid.settings import nearest
from pellucid.tensor import Shape, Tensor

PADDINGS = ("valid", "same")
#: one whole number for both directions, or two
Extents = int | Sequence[int]
IMAGES = "images (height, width, channels)"


class Conv2D(Layer):
    """Y = f(X ∗ W + b);  X (n, h, w, c), W (kh, kw, c, filters), b (filters,)"""

    filters: int
    kernel_size: Extents
    strides: Extents = (1, 1)
    padding: str = "valid"
    activation: ActivationLike = None
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, 4, IMAGES)
        size, strides, padding = window_of(self, self.kernel_size, self.strides, shape)
        self.window: dict[str, Any] = {"strides": strides, "padding": padding}
        self.w = self.weight_as_set("kernel", (*size, shape[-1] or 1, self.filters))
        if self.use_bias:
            self.b = self.weight_as_set("bias", (self.filters,), "b")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        if self.use_bias:
            z = Convolution(**self.window)(x, self.w.tensor, self.b.tensor)
        else:
            z = Convolve(**self.window)(x, self.w.tensor).called("Z")
        return activations.get(self.activation)(z)


class PoolingLayer(Layer, abstract=True):
    """One number for each position of a window of `pool_size`, in each channel."""

    pool_size: Extents = (2, 2)
    strides: Extents | None = None
    padding: str = "valid"

    kind: ClassVar[type[Pooling]]

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, 4, IMAGES)
        strides = self.pool_size if self.strides is None else self.strides
        size, steps, padding = window_of(self, self.pool_size, strides, shape)
        self.equation = self.kind(pool=size, strides=steps, padding=padding)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return self.equation(x)


class MaxPooling2D(PoolingLayer):
    """Y = max of X in the window;  the gradient goes to the first largest number"""

    alias = ("max_pool2d", "MaxPool2D")
    kind = MaxPool


class AveragePooling2D(PoolingLayer):
    """Y = mean of X in the window"""

    alias = ("avg_pool2d", "AvgPool2D")
    kind = AveragePool


class GlobalAveragePooling2D(Layer):
    """Y = mean of X over the whole image;  X (n, h, w, c), Y (n, c)"""

    keepdims: bool = False

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, 4, IMAGES)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Mean((1, 2), self.keepdims)(x).called("P")


def window_of(
    layer: Layer, size: Extents, strides: Extents, shape: Shape
) -> tuple[Pair, Pair, str]:
    """Size, strides and padding of a layer's window, checked against images of `shape`."""
    window, steps = pair(layer, "the window", size), pair(layer, "strides", strides)
    padding = str(layer.padding).lower()  # type: ignore[attr-defined]
    if padding not in PADDINGS:
        raise ValueError(
            f"{layer.layer_name}: unknown padding {padding!r}: {nearest(padding, PADDINGS)}"
        )
    height, width = shape[1] or 0, shape[2] or 0
    if padding == "valid" and (window[0] > height or window[1] > width):
        raise ValueError(
            f"{layer.layer_name}: a window of {window} is larger than the image of "
            f'{height}x{width}; use a smaller one, fewer pooling layers, or padding="same"'
        )
    return window, steps, padding


def pair(layer: Layer, means: str, given: Extents) -> Pair:
    """A size down and along, from one number or two."""
    numbers = (given, given) if isinstance(given, int) else tuple(given)
    if len(numbers) != 2 or not all(isinstance(each, int) and each > 0 for each in numbers):
        raise ValueError(
            f"{layer.layer_name}: {means} must be a whole number of 1 or more, or two of them; "
            f"got {given!r}"
        )
    return numbers[0], numbers[1]
