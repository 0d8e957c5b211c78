"""Layers that change red, green and blue together while training: grey, saturation, hue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.equations.arithmetic import Remainder
from pellucid.equations.choices import Greater, Maximum, Minimum, Where
from pellucid.equations.clipping import Clip
from pellucid.equations.reductions import Largest
from pellucid.equations.shape import concatenate, pick
from pellucid.layers.augmenting import Factor
from pellucid.layers.colours import (
    SMALLEST,
    Colouring,
    RandomBrightness,
    RandomContrast,
    Range,
)
from pellucid.layers.training import Training
from pellucid.tensor import Tensor, show_shape

#: how much red, green and blue count for what is seen as bright
BRIGHT = (0.2989, 0.587, 0.114)


class RandomGrayscale(Colouring):
    """Y = 0.2989·red + 0.587·green + 0.114·blue everywhere with probability `factor`, else X"""

    factor: float = 0.5

    factors = {"factor": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        if x.shape[-1] == 1:
            return x
        return Where()(self.hit(x, training, float(self.factor)), brightness(colours(self, x)), x)


class RandomColorDegeneration(Colouring):
    """Y = X + a·(grey − X), clipped;  a by `factor`, 1 for grey, below 0 for more colour"""

    factor: Factor
    value_range: Range = (0, 255)

    factors = {"factor": (-1.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        a = self.drawn(x, training, *self.range_of("factor"))
        return self.clipped(x + a * (brightness(colours(self, x)) - x))


class RandomSaturation(Colouring):
    """Y = v − min(k, most)·(v − X), v the largest of three colours;  k = a/(1 − a), a by `factor`

    `factor` 0 gives grey pictures, ½ leaves X as it is, 1 gives colours as strong as can be.
    """

    factor: Factor
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        colours(self, x)
        a = self.drawn(x, training, *self.range_of("factor"))
        v, d = value_and_chroma(x)
        most = v / Maximum()(d, SMALLEST)
        return v - Minimum()(a / (1 - a + SMALLEST), most) * (v - x)


class RandomHue(Colouring):
    """Y = X with its hue turned around the circle of colours by ½·a, either way;  a by `factor`"""

    factor: Factor
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        least, most = self.limits()
        x = (x - least) / (most - least)
        a = self.sign(x, training) * self.drawn(x, training, *self.range_of("factor"))
        v, d = value_and_chroma(x)
        hue = sixths(colours(self, x), v, d) + 3 * a
        parts = []
        for start in (5, 3, 1):
            k = Remainder()(hue + start, 6.0)
            parts.append(v - d * Clip(0.0, 1.0)(Minimum()(k, 4 - k)))
        return self.clipped(concatenate(parts, -1) * (most - least) + least)


class RandomColorJitter(Colouring):
    """Y = X with another brightness, contrast, saturation and hue, in turn, where a factor is given

    They are what RandomBrightness, RandomContrast, RandomSaturation and RandomHue do.
    """

    value_range: Range = (0, 255)
    brightness_factor: Factor | None = None
    contrast_factor: Factor | None = None
    saturation_factor: Factor | None = None
    hue_factor: Factor | None = None

    def _check_settings(self) -> None:
        super()._check_settings()
        self.kinds()

    def kinds(self) -> list[Colouring]:
        """The layers that do it."""
        given = {
            RandomBrightness: self.brightness_factor,
            RandomContrast: self.contrast_factor,
            RandomSaturation: self.saturation_factor,
            RandomHue: self.hue_factor,
        }
        same: dict[str, Any] = {"value_range": self.value_range, "seed": self.seed}
        return [kind(factor, **same) for kind, factor in given.items() if factor is not None]

    def altered(self, x: Tensor, training: Training) -> Tensor:
        for kind in self.kinds():
            x = kind.altered(x, training)
        return x


def brightness(parts: Sequence[Tensor]) -> Tensor:
    """How bright a picture of red, green and blue is."""
    red, green, blue = (share * each for share, each in zip(BRIGHT, parts, strict=True))
    return red + green + blue


def value_and_chroma(x: Tensor) -> tuple[Tensor, Tensor]:
    """The largest of the colours, and by how much the least is below it."""
    v = Largest(-1, keepdims=True)(x)
    return v, v + Largest(-1, keepdims=True)(-x)


def sixths(parts: Sequence[Tensor], v: Tensor, d: Tensor) -> Tensor:
    """The hue as a number of sixths of the circle of colours: red 0, green 2, blue 4."""
    red, green, blue = parts
    d = Maximum()(d, SMALLEST)
    others = Where()(Greater()(v, green), 4 + (red - green) / d, 2 + (blue - red) / d)
    return Where()(Greater()(v, red), others, (green - blue) / d)


def colours(layer: Colouring, x: Tensor) -> list[Tensor]:
    """Red, green and blue, (n, h, w, 1) each."""
    if x.shape[-1] != 3:
        raise ValueError(
            f"{layer.layer_name} changes colours, and expects three channels: pictures "
            f"(n, height, width, 3), got {show_shape(x.shape)}"
        )
    return [pick(x, (..., slice(at, at + 1))) for at in range(3)]
