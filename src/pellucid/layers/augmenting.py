"""Layers that change pictures while training, each picture by numbers of its own: where things are.

A picture Y is X looked up at other places: row i and column j of Y are X at row R and column S.
Outside of training they do nothing, but for RandomCrop, which then takes the middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import ClassVar

from pellucid.equations.arithmetic import Cos, Sin
from pellucid.equations.choices import Greater, Where
from pellucid.equations.random import Even
from pellucid.equations.sampling import FILLS, METHODS, Counting, Sample
from pellucid.equations.shape import Flip, pick
from pellucid.layers.asking import demand_among
from pellucid.layers.pictures import OverPictures, middle_of_size
from pellucid.layers.training import Training
from pellucid.settings import option
from pellucid.tensor import Tensor

#: a number f for −f to f, or from where to where
Factor = float | Sequence[float]
MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class Augmenting(OverPictures, abstract=True):
    """A layer that changes pictures while training, by its own `seed` or the network's."""

    seed: int | None = option(default=None, kw_only=True)

    #: the settings that say from where to where is drawn, and the least and most of each
    factors: ClassVar[dict[str, tuple[float, float]]] = {}

    def _check_settings(self) -> None:
        super()._check_settings()
        if self.seed is not None and not isinstance(self.seed, Integral):
            raise TypeError(
                f"{self.layer_name}: seed must be a whole number, or None for the network's, "
                f"got {self.seed!r}"
            )
        for name in self.factors:
            if getattr(self, name) is not None:
                self.range_of(name)

    def range_of(self, name: str) -> tuple[float, float]:
        """From where to where a setting says, within its bounds."""
        given, (least, most) = getattr(self, name), self.factors[name]
        several = isinstance(given, (list, tuple))
        ends = list(given) if several else [given]
        fits = all(
            isinstance(end, Real) and not isinstance(end, bool) and least <= float(end) <= most
            for end in ends
        )
        if not fits or (several and len(ends) != 2):
            raise ValueError(
                f"{self.layer_name}: {name} is a number, or two from where to where, between "
                f"{least:g} and {most:g}; got {given!r}"
            )
        if len(ends) == 1:
            return max(least, -abs(ends[0])), abs(ends[0])
        return min(ends), max(ends)

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        self.extent(x)
        return self.resting(x) if training is None else self.altered(x, training)

    def resting(self, x: Tensor) -> Tensor:
        """What is done outside of training: nothing."""
        return x

    def altered(self, x: Tensor, training: Training) -> Tensor:
        """What is done while training."""
        raise NotImplementedError

    def drawn(self, x: Tensor, training: Training, low: float, high: float) -> Tensor:
        """A number for each picture, (n, 1, 1, 1), from low to high."""
        one = pick(x, (slice(None), slice(0, 1), slice(0, 1), slice(0, 1)))
        u = Even(training.stream())(one, *training.draws_by(self.seed))
        return low + (high - low) * u

    def hit(self, x: Tensor, training: Training, p: float | None = None) -> Tensor:
        """1 for a picture with a probability, by default one drawn by `factor`; else 0."""
        chance = self.drawn(x, training, *self.range_of("factor")) if p is None else p
        return Greater()(chance, self.drawn(x, training, 0.0, 1.0))

    def sign(self, x: Tensor, training: Training) -> Tensor:
        """1 or −1 for each picture, one as likely as the other."""
        return 1 - 2 * Greater()(self.drawn(x, training, 0.0, 1.0), 0.5)


class RandomFlip(Augmenting):
    """Y = X or its mirror, each with probability ½, along, down, or both by draws of their own"""

    mode: str = "horizontal_and_vertical"

    def _check_settings(self) -> None:
        super()._check_settings()
        demand_among(self, "mode", MODES)

    def altered(self, x: Tensor, training: Training) -> Tensor:
        for axis, way in ((2, "horizontal"), (1, "vertical")):
            if way in self.mode:
                u = self.drawn(x, training, 0.0, 1.0)
                x = Where()(Greater()(0.5, u), Flip(axis)(x), x)
        return x


class Relocating(Augmenting, abstract=True):
    """Pictures looked up at other places."""

    def _check_settings(self) -> None:
        super()._check_settings()
        demand_among(self, "interpolation", METHODS)

    def places(self, x: Tensor, i: Tensor, j: Tensor, training: Training) -> tuple[Tensor, Tensor]:
        """Where row i and column j of Y stand in X."""
        raise NotImplementedError

    def elsewhere(self, x: Tensor, training: Training, fill_mode: str, fill_value: float) -> Tensor:
        """X at those places."""
        high, wide = self.extent(x)
        r, s = self.places(x, Counting(1, high)(x), Counting(2, wide)(x), training)
        return Sample(self.method, fill_mode, float(fill_value))(x, r.called("R"), s.called("S"))


class Moving(Relocating, abstract=True):
    """Pictures at other places, what comes in from beyond the border filled by `fill_mode`."""

    fill_mode: str = option(default="reflect", kw_only=True)
    interpolation: str = option(default="bilinear", kw_only=True)
    fill_value: float = option(default=0.0, kw_only=True)

    def _check_settings(self) -> None:
        super()._check_settings()
        demand_among(self, "fill_mode", FILLS)

    def altered(self, x: Tensor, training: Training) -> Tensor:
        return self.elsewhere(x, training, self.fill_mode, self.fill_value)


class RandomTranslation(Moving):
    """Y[i, j] = X[i − a·h, j − b·w], a and b drawn by `height_factor` and `width_factor`"""

    height_factor: Factor
    width_factor: Factor

    factors = {"height_factor": (-1.0, 1.0), "width_factor": (-1.0, 1.0)}

    def places(self, x: Tensor, i: Tensor, j: Tensor, training: Training) -> tuple[Tensor, Tensor]:
        high, wide = self.extent(x)
        a = self.drawn(x, training, *self.range_of("height_factor"))
        b = self.drawn(x, training, *self.range_of("width_factor"))
        return i - high * a, j - wide * b


class RandomRotation(Moving):
    """Y = X turned about its middle by 2π·a, a drawn by `factor`"""

    factor: Factor

    factors = {"factor": (-1.0, 1.0)}

    def places(self, x: Tensor, i: Tensor, j: Tensor, training: Training) -> tuple[Tensor, Tensor]:
        down, along = ((extent - 1) / 2 for extent in self.extent(x))
        low, high = self.range_of("factor")
        angle = self.drawn(x, training, 2 * math.pi * low, 2 * math.pi * high).called("α")
        cos, sin = Cos()(angle).called("c"), Sin()(angle).called("s")
        i, j = i - down, j - along
        return down + sin * j + cos * i, along + cos * j - sin * i


class RandomZoom(Moving):
    """Y[i, j] = X at 1 + a times the way from its middle: a > 0 makes things smaller

    The same a is drawn for rows and columns, unless `width_factor` is given.
    """

    height_factor: Factor
    width_factor: Factor | None = None

    factors = {"height_factor": (-0.999, 1.0), "width_factor": (-0.999, 1.0)}

    def places(self, x: Tensor, i: Tensor, j: Tensor, training: Training) -> tuple[Tensor, Tensor]:
        down, along = ((extent - 1) / 2 for extent in self.extent(x))
        a = b = self.drawn(x, training, *self.range_of("height_factor"))
        if self.width_factor is not None:
            b = self.drawn(x, training, *self.range_of("width_factor"))
        return down + (1 + a) * (i - down), along + (1 + b) * (j - along)


class RandomShear(Moving):
    """Y[i, j] = X[i + b·j, j + a·i], a by `x_factor` and b by `y_factor`, both with one sign"""

    x_factor: Factor = 0.0
    y_factor: Factor = 0.0

    factors = {"x_factor": (-1.0, 1.0), "y_factor": (-1.0, 1.0)}

    def places(self, x: Tensor, i: Tensor, j: Tensor, training: Training) -> tuple[Tensor, Tensor]:
        sign = self.sign(x, training)
        a = sign * self.drawn(x, training, *self.range_of("x_factor"))
        b = sign * self.drawn(x, training, *self.range_of("y_factor"))
        return i + b * j, j + a * i


class RandomCrop(Augmenting):
    """Y = a part of X, `height` times `width`, from anywhere;  X (n, h, w, c)

    Outside of training it is the middle; of pictures that are smaller, the largest part of that
    shape, resampled, as in CenterCrop.
    """

    height: int
    width: int

    counts = ("height", "width")

    def resting(self, x: Tensor) -> Tensor:
        return middle_of_size(self, x, (self.height, self.width))

    def altered(self, x: Tensor, training: Training) -> Tensor:
        high, wide = self.extent(x)
        if high < self.height or wide < self.width:
            return self.resting(x)
        # the nearest of i − ½ + u·k is i plus one of 0 … k − 1, each as likely
        r, s = (
            self.drawn(x, training, -0.5, extent - count + 0.5) + Counting(axis, count)(x)
            for axis, extent, count in ((1, high, self.height), (2, wide, self.width))
        )
        return Sample("nearest", "nearest")(x, r.called("R"), s.called("S"))
