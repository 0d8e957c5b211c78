"""Where the window of a layer stands: sizes and steps of one direction or two, checked.

A sequence (steps, channels) is read as an image of height 1, so that one equation serves both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pellucid.equations.convolution import Pair
from pellucid.equations.shape import Reshape, as_target
from pellucid.layers.base import Layer
from pellucid.settings import nearest
from pellucid.tensor import Shape, Tensor

#: one whole number for every direction, or one for each
Extents = int | Sequence[int]
MEANS = {1: "sequences (steps, channels)", 2: "images (height, width, channels)"}


class OverImages(Layer, abstract=True):
    """A layer over images, or, of `rank` 1, over sequences."""

    rank: ClassVar[int] = 2
    #: what `padding` may be
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def image_shape(self, shape: Shape) -> Shape:
        """`shape`, checked, as that of images."""
        self.known_shape(shape, self.rank + 2, MEANS[self.rank])
        return shape if self.rank == 2 else (shape[0], 1, *shape[1:])

    def as_images(self, x: Tensor) -> Tensor:
        return x if self.rank == 2 else Reshape(as_target((x.shape[0], 1, *x.shape[1:])))(x)

    def from_images(self, y: Tensor) -> Tensor:
        return y if self.rank == 2 else Reshape(as_target((y.shape[0], *y.shape[2:])))(y)

    def extents(self, means: str, given: Extents) -> Pair:
        """A size down and along, from what was given of them; that of a sequence is (1, size)."""
        numbers = (given,) * self.rank if isinstance(given, int) else tuple(given)
        if len(numbers) != self.rank or not all(isinstance(n, int) and n > 0 for n in numbers):
            several = ", or two of them" if self.rank == 2 else ""
            raise ValueError(
                f"{self.layer_name}: {means} must be a whole number of 1 or more{several}; "
                f"got {given!r}"
            )
        return (1, numbers[0]) if self.rank == 1 else (numbers[0], numbers[1])

    def padding_for(self, padding: str, window: Pair, shape: Shape) -> str:
        """How images of `shape` are padded, if the window fits into them then."""
        padding = str(padding).lower()
        if padding not in self.paddings:
            raise ValueError(
                f"{self.layer_name}: unknown padding {padding!r}: {nearest(padding, self.paddings)}"
            )
        height, width = shape[1] or 0, shape[2] or 0
        if padding == "valid" and (window[0] > height or window[1] > width):
            raise ValueError(
                f"{self.layer_name}: a window of {window} is larger than the image of "
                f'{height}x{width}; use a smaller one, fewer pooling layers, or padding="same"'
            )
        return padding
