"""Layers that change the numbers of pictures while training, each picture by draws of its own.

`value_range` says what the numbers of a picture lie between; what would leave it is clipped.
"""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.equations.arithmetic import Remainder
from pellucid.equations.choices import Greater, Maximum, Where
from pellucid.equations.clipping import Clip
from pellucid.equations.reductions import Largest, Mean
from pellucid.layers.asking import demand_range, is_whole
from pellucid.layers.augmenting import Augmenting, Factor
from pellucid.layers.pictures import OverPictures
from pellucid.layers.training import Training
from pellucid.tensor import Tensor

Range = Sequence[float]
#: the smallest number that is divided by
SMALLEST = 1e-7


class Colouring(Augmenting, abstract=True):
    """A layer that changes numbers where they stand."""

    moves = False

    def _check_settings(self) -> None:
        super()._check_settings()
        self.limits()

    def limits(self) -> tuple[float, float]:
        """The least and the most of the numbers of a picture."""
        return demand_range(self, "value_range") if "value_range" in self._fields else (0.0, 255.0)

    def clipped(self, y: Tensor) -> Tensor:
        return Clip(*self.limits())(y)


class RandomBrightness(Colouring):
    """Y = X + a·(most − least), clipped;  a drawn by `factor`"""

    factor: Factor
    value_range: Range = (0, 255)

    factors = {"factor": (-1.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        least, most = self.limits()
        a = self.drawn(x, training, *self.range_of("factor"))
        return self.clipped(x + (most - least) * a)


class RandomContrast(Colouring):
    """Y = (X − μ)·a + μ, clipped, μ the mean of each channel;  a from 1 − f to 1 + f

    `factor` is f, or two numbers, how far below 1 and how far above.
    """

    factor: Factor
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        given = self.factor
        below, above = given if isinstance(given, (list, tuple)) else (given, given)
        a = self.drawn(x, training, 1.0 - below, 1.0 + above)
        mean = Mean((1, 2), keepdims=True)(x).called("μ")
        return self.clipped((x - mean) * a + mean)


class RandomInvert(Colouring):
    """Y = least + most − X with a probability that is drawn by `factor`, else X"""

    factor: Factor = 1.0
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        return Where()(self.hit(x, training), sum(self.limits()) - x, x)


class RandomPosterization(Colouring):
    """Y = X with `factor` of 8 bits left of each number: X − X mod 2^(8 − factor)"""

    factor: int
    value_range: Range = (0, 255)

    def _check_settings(self) -> None:
        super()._check_settings()
        if not is_whole(self.factor) or self.factor > 8:
            raise ValueError(
                f"{self.layer_name}: factor is a whole number of bits, 1 to 8; got {self.factor!r}"
            )

    def altered(self, x: Tensor, training: Training) -> Tensor:
        least, most = self.limits()
        z = (x - least) * (255.0 / (most - least))
        z = z - Remainder()(z, float(2 ** (8 - self.factor)))
        return z * ((most - least) / 255.0) + least


class Solarization(Colouring):
    """Y = Z where Z is below a threshold, else 255 − Z;  Z = X + a, clipped, as numbers up to 255

    a and the threshold are 255 times what is drawn by the two factors, a number f for 0 to f.
    """

    addition_factor: Factor = 0.0
    threshold_factor: Factor = 0.0
    value_range: Range = (0, 255)

    factors = {"addition_factor": (0.0, 1.0), "threshold_factor": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        least, most = self.limits()
        low, high = self.range_of("addition_factor")
        z = (x - least) * (255.0 / (most - least))
        z = Clip(0.0, 255.0)(z + self.drawn(x, training, 255 * low, 255 * high))
        low, high = self.range_of("threshold_factor")
        below = Greater()(self.drawn(x, training, 255 * low, 255 * high), z)
        return Where()(below, z, 255 - z) * ((most - least) / 255.0) + least


class AutoContrast(OverPictures):
    """Y = X, of which each channel of each picture is spread over all of `value_range`

    It does so outside of training too. A channel of one number everywhere stays as it is.
    """

    value_range: Range = (0, 255)

    moves = False

    def _check_settings(self) -> None:
        super()._check_settings()
        demand_range(self, "value_range")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        self.extent(x)
        least, most = demand_range(self, "value_range")
        high = Largest((1, 2), keepdims=True)(x)
        low = -Largest((1, 2), keepdims=True)(-x)
        wide = high - low
        y = (x - low) / Maximum()(wide, SMALLEST) * (most - least) + least
        return Where()(Greater()(wide, SMALLEST), y, x)
