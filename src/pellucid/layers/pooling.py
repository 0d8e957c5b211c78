"""Layers that keep one number of those that a window sees, or of a whole image or sequence."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.equations.pooling import AveragePool, MaxPool, Pooling
from pellucid.equations.reductions import Mean, Sum
from pellucid.equations.shape import Reshape
from pellucid.layers.windows import MEANS, Extents, OverImages
from pellucid.tensor import Shape, Tensor


class PoolingLayer(OverImages, abstract=True):
    """One number for each position of a window of `pool_size`, in each channel."""

    pool_size: Extents = 2
    strides: Extents | None = None
    padding: str = "valid"

    kind: ClassVar[type[Pooling]]
    sizes = ("pool_size", "strides")

    def build(self, shape: Shape) -> None:
        image = self.image_shape(shape)
        window = self.extents("the window", self.pool_size)
        strides = window if self.strides is None else self.extents("strides", self.strides)
        padding = self.padding_for(self.padding, window, image)
        self.equation = self.kind(pool=window, strides=strides, padding=padding)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return self.from_images(self.equation(self.as_images(x)))


class MaxPooling2D(PoolingLayer):
    """Y = max of X in the window;  the gradient goes to the first largest number"""

    alias = ("max_pool2d", "MaxPool2D")
    kind = MaxPool


class AveragePooling2D(PoolingLayer):
    """Y = mean of X in the window"""

    alias = ("avg_pool2d", "AvgPool2D")
    kind = AveragePool


class MaxPooling1D(PoolingLayer):
    """Y = max of X in the window;  X (n, steps, c), Y (n, steps′, c)"""

    alias = ("max_pool1d", "MaxPool1D")
    rank = 1
    kind = MaxPool


class AveragePooling1D(PoolingLayer):
    """Y = mean of X in the window;  X (n, steps, c), Y (n, steps′, c)"""

    alias = ("avg_pool1d", "AvgPool1D")
    rank = 1
    kind = AveragePool


class GlobalPooling(OverImages, abstract=True):
    """One number for each channel."""

    keepdims: bool = False

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, self.rank + 2, MEANS[self.rank])


class GlobalAverage(GlobalPooling, abstract=True):
    """Y = mean of X over all of it."""

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Mean(tuple(range(1, self.rank + 1)), self.keepdims)(x).called("P")


class GlobalMax(GlobalPooling, abstract=True):
    """Y = max of X over all of it."""

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        images = self.as_images(x)
        whole = (images.shape[1] or 1, images.shape[2] or 1)
        largest = MaxPool(pool=whole, strides=(1, 1), padding="valid")(images)
        kept = (1,) * self.rank if self.keepdims else ()
        return Reshape((-1, *kept, x.shape[-1] or 1))(largest)


class GlobalAveragePooling2D(GlobalAverage):
    """Y = mean of X over the whole image;  X (n, h, w, c), Y (n, c)"""

    alias = ("GlobalAvgPool2D",)


class GlobalAveragePooling1D(GlobalAverage):
    """Y = mean of X over all steps that count;  X (n, steps, c), Y (n, c)"""

    alias = ("GlobalAvgPool1D",)
    rank = 1
    supports_masking = True

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:  # type: ignore[override]
        if mask is None:
            return super().call(x)
        k = Reshape((-1, x.shape[1] or 1, 1))(mask)
        return (Sum(1, self.keepdims)(x * k) / Sum(1, self.keepdims)(k)).called("P")

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return None


class GlobalMaxPooling2D(GlobalMax):
    """Y = max of X over the whole image;  X (n, h, w, c), Y (n, c)"""

    alias = ("GlobalMaxPool2D",)


class GlobalAveragePooling3D(GlobalAverage):
    """Y = mean of X over the whole volume;  X (n, d, h, w, c), Y (n, c)"""

    alias = ("GlobalAvgPool3D",)
    rank = 3


class GlobalMaxPooling3D(GlobalMax):
    """Y = max of X over the whole volume;  X (n, d, h, w, c), Y (n, c)"""

    alias = ("GlobalMaxPool3D",)
    rank = 3

    def as_images(self, x: Tensor) -> Tensor:
        d, h, w, c = (extent or 1 for extent in x.shape[1:])
        return Reshape((-1, d, h * w, c))(x)


class GlobalMaxPooling1D(GlobalMax):
    """Y = max of X over all steps;  X (n, steps, c), Y (n, c)"""

    alias = ("GlobalMaxPool1D",)
    rank = 1
