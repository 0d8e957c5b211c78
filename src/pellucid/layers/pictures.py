"""Layers over pictures: what they share, pictures of another size, and their middle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.equations.resampling import INTERPOLATIONS, Resample
from pellucid.equations.shape import pick
from pellucid.equations.spacing import Pad
from pellucid.layers.asking import demand_among
from pellucid.layers.calling import is_array
from pellucid.layers.eager import on_arrays
from pellucid.layers.pictured import Pictured
from pellucid.layers.training import Training
from pellucid.layers.windows import MEANS, OverImages
from pellucid.tensor import Tensor


class OverPictures(Pictured, OverImages, abstract=True):
    """A layer over pictures (n, h, w, c); on arrays, it does as in training unless told otherwise.

    A `seed` of the layer's own makes what is drawn the same from one program to the next; each
    call draws other numbers.
    """

    def __call__(self, *given: Any, training: Any = None, **named: Any) -> Any:
        data = given[0] if given else named.get("inputs")
        if isinstance(data, Mapping) or is_array(data):
            return self.on_pictures(data, training is None or bool(training))
        return super().__call__(*given, training=training, **named)

    def run_on(self, pictures: np.ndarray, training: bool) -> np.ndarray:
        passing, step = Training() if training else None, self.calls_on_arrays - 1
        found: np.ndarray = on_arrays(self, [pictures], {}, "float32", passing, step)
        return found

    def extent(self, x: Tensor) -> tuple[int, int]:
        """Height and width of pictures."""
        _, height, width, _ = self.known_shape(x.shape, 4, MEANS[2])
        return height or 1, width or 1


class Resizing(OverPictures):
    """Y = X resampled to `height` times `width`;  X (n, h, w, c), Y (n, height, width, c)

    To keep how wide things are to how high, X is cut to the right shape first, its middle left, or
    padded with `fill_value`.
    """

    height: int
    width: int
    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    fill_mode: str = "constant"
    fill_value: float = 0.0
    antialias: bool = False

    counts = ("height", "width")
    keeps_whole = True

    def _check_settings(self) -> None:
        super()._check_settings()
        demand_among(self, "interpolation", INTERPOLATIONS)
        demand_among(self, "fill_mode", ("constant",))
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ValueError(
                f"{self.layer_name}: pictures are cut or padded; got crop_to_aspect_ratio and "
                "pad_to_aspect_ratio"
            )

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        wanted = (self.height, self.width)
        if self.crop_to_aspect_ratio:
            x = middle(x, *cut(self.extent(x), wanted))
        elif self.pad_to_aspect_ratio:
            x = framed(x, frame(self.extent(x), wanted), float(self.fill_value))
        return resized(self, x, wanted, bool(self.antialias))


class CenterCrop(OverPictures):
    """Y = the middle of X, `height` times `width`;  X (n, h, w, c), Y (n, height, width, c)

    Of pictures that are smaller, the largest part of that shape is resampled to this size.
    """

    height: int
    width: int

    counts = ("height", "width")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return middle_of_size(self, x, (self.height, self.width))


def middle_of_size(layer: OverPictures, x: Tensor, wanted: tuple[int, int]) -> Tensor:
    """The middle of pictures; of smaller ones the largest part of that shape, resampled."""
    extent = layer.extent(x)
    if extent[0] >= wanted[0] and extent[1] >= wanted[1]:
        return middle(x, *wanted)
    return resized(layer, middle(x, *cut(extent, wanted)), wanted)


def resized(
    layer: OverPictures, x: Tensor, wanted: tuple[int, int], antialias: bool = False
) -> Tensor:
    """x resampled to a size, along each axis on which it has another."""
    for axis, (count, extent) in enumerate(zip(wanted, layer.extent(x), strict=True), 1):
        if count != extent:
            x = Resample(axis, count, layer.method, antialias)(x)
    return x


def middle(x: Tensor, height: int, width: int) -> Tensor:
    """The middle of pictures."""
    key = [slice(None)]
    for extent, count in zip(x.shape[1:], (height, width), strict=False):
        start = ((extent or 1) - count) // 2
        key.append(slice(start, start + count))
    return x if x.shape[1:3] == (height, width) else pick(x, tuple(key))


def cut(extent: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int]:
    """The largest height and width within an extent that are to each other as those wanted."""
    (high, wide), (height, width) = extent, wanted
    return max(1, min(high, wide * height // width)), max(1, min(wide, high * width // height))


def frame(extent: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int]:
    """How much is added on both sides, down and along, for a shape as that wanted."""
    (high, wide), (height, width) = extent, wanted
    return max(0, wide * height // width - high) // 2, max(0, high * width // height - wide) // 2


def framed(x: Tensor, border: tuple[int, int], value: float) -> Tensor:
    """x with a border of a value."""
    if not any(border):
        return x
    pad = Pad(((0, 0), *((each, each) for each in border), (0, 0)))
    return pad(x - value) + value if value else pad(x)
