"""Layers that bend pictures while training: by moved corners, and by waves of noise."""

from __future__ import annotations

from pellucid.equations.choices import Where
from pellucid.equations.clipping import Clip
from pellucid.equations.random import Noise
from pellucid.equations.sampling import FILLS
from pellucid.equations.shape import pick
from pellucid.layers.asking import demand_among, demand_range
from pellucid.layers.augmenting import Factor, Relocating
from pellucid.layers.colours import Range
from pellucid.layers.smoothing import smoothed
from pellucid.layers.training import Training
from pellucid.tensor import Tensor, setting

Three = tuple[Tensor, Tensor, Tensor]


class Bending(Relocating, abstract=True):
    """Y = X looked up at other places, with a probability that is drawn by `factor`."""

    def altered(self, x: Tensor, training: Training) -> Tensor:
        hit = self.hit(x, training)
        fill = getattr(self, "fill_mode", "constant"), getattr(self, "fill_value", 0.0)
        return Where()(hit, self.elsewhere(x, training, *fill), x)


class RandomPerspective(Bending):
    """Y = X as seen from aside: its corners moved towards its upper left, or away from it

    A corner at (i, j) goes to (i·(1 + a), j·(1 + b)), a and b drawn between −½·scale and ½·scale.
    """

    factor: Factor = 1.0
    scale: float = 1.0
    interpolation: str = "bilinear"
    fill_value: float = 0.0

    factors = {"factor": (0.0, 1.0), "scale": (0.0, 1.0)}

    def places(self, x: Tensor, i: Tensor, j: Tensor, training: Training) -> tuple[Tensor, Tensor]:
        last = [float(max(extent - 1, 1)) for extent in self.extent(x)]
        reach = 0.5 * float(self.scale)

        def moved(extent: float) -> Tensor:
            return extent * (1 + self.drawn(x, training, -reach, reach))

        zero = setting(0.0)
        right, below = (zero, moved(last[1])), (moved(last[0]), zero)
        aside = (moved(last[0]), moved(last[1]))
        rows = inverse(projection(right, below, aside))
        down, along, by = (a * i + b * j + c for a, b, c in rows)
        return last[0] * down / by, last[1] * along / by


class RandomElasticTransform(Bending):
    """Y[i, j] = X[i + a·N, j + a·N′]: noise, smoothed over a width σ, moves each number

    Of pictures h high and w wide a = 0.1·f·max(h, w) and σ = 0.05·f·min(h, w), f drawn by `scale`.
    """

    factor: Factor = 1.0
    scale: Factor = 1.0
    interpolation: str = "bilinear"
    fill_mode: str = "reflect"
    fill_value: float = 0.0
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0), "scale": (0.0, 1.0)}

    def _check_settings(self) -> None:
        super()._check_settings()
        demand_among(self, "fill_mode", FILLS)
        demand_range(self, "value_range")

    def altered(self, x: Tensor, training: Training) -> Tensor:
        y = super().altered(x, training)
        return y if self.interpolating else Clip(*demand_range(self, "value_range"))(y)

    def places(self, x: Tensor, i: Tensor, j: Tensor, training: Training) -> tuple[Tensor, Tensor]:
        extents, one = self.extent(x), pick(x, (..., slice(0, 1)))
        f = self.drawn(x, training, *self.range_of("scale"))
        wide = 0.05 * min(extents) * f + 1e-6
        count = 2 * max(1, round(3 * 0.05 * min(extents) * self.range_of("scale")[1])) + 1
        moves = []
        for _ in range(2):
            noise = Noise(training.stream())(one, *training.draws_by(self.seed))
            moves.append(smoothed(smoothed(noise, 1, count, wide), 2, count, wide))
        reach = 0.1 * max(extents) * f
        return i + reach * moves[0], j + reach * moves[1]


def projection(
    right: tuple[Tensor, Tensor], below: tuple[Tensor, Tensor], aside: tuple[Tensor, Tensor]
) -> list[Three]:
    """The matrix that takes the corners of the unit square to (0, 0) and three places (i, j).

    (u, v, 1), u down and v along, becomes (i·w, j·w, w) (Heckbert, 1989).
    """
    across = [one - corner for one, corner in zip(right, aside, strict=True)]
    down = [one - corner for one, corner in zip(below, aside, strict=True)]
    both = [c - a - b for a, b, c in zip(right, below, aside, strict=True)]
    whole = down[0] * across[1] - down[1] * across[0]
    g = (both[0] * across[1] - both[1] * across[0]) / whole
    h = (down[0] * both[1] - down[1] * both[0]) / whole
    rows = [
        (one + g * one, other + h * other, setting(0.0))
        for one, other in zip(below, right, strict=True)
    ]
    return [*rows, (g, h, setting(1.0))]


def inverse(rows: list[Three]) -> list[Three]:
    """What undoes a matrix, but for a factor."""
    (a, b, c), (d, e, f), (g, h, k) = rows
    return [
        (e * k - f * h, c * h - b * k, b * f - c * e),
        (f * g - d * k, a * k - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    ]
