"""Layers that sharpen, smooth or erase parts of pictures while training."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.equations.arithmetic import Exp
from pellucid.equations.choices import Greater, Where
from pellucid.equations.random import Noise
from pellucid.equations.sampling import Counting
from pellucid.equations.shape import concatenate, pick
from pellucid.equations.spacing import Pad
from pellucid.layers.augmenting import Factor
from pellucid.layers.colours import Colouring, Range
from pellucid.layers.training import Training
from pellucid.tensor import Tensor


class RandomSharpness(Colouring):
    """Y = X + (1 − 2a)·(smooth − X), clipped;  a by `factor`, beyond ½ for sharper pictures

    Numbers are smoothed over 3 × 3 of them, of which the middle one counts five times; beyond the
    border there are zeros.
    """

    factor: Factor
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        high, wide = self.extent(x)
        a = self.drawn(x, training, *self.range_of("factor"))
        bordered, total = Pad(((0, 0), (1, 1), (1, 1), (0, 0)))(x), 4 * x
        for row in range(3):
            for column in range(3):
                places = (slice(row, row + high), slice(column, column + wide))
                total = total + pick(bordered, (slice(None), *places))
        return self.clipped(x + (1 - 2 * a) * (total / 13 - x))


class RandomGaussianBlur(Colouring):
    """Y = X smoothed by weights e^(−t²/2σ²) down and along, or X

    t counts the `kernel_size` places of a window from its middle; σ is drawn by `sigma`, for each
    direction by itself, and the probability that it is smoothed by `factor`. Beyond the border
    there are zeros.
    """

    factor: Factor = 1.0
    kernel_size: int | Sequence[int] = 3
    sigma: Factor = 1.0
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0), "sigma": (0.0, 100.0)}
    sizes = ("kernel_size",)

    def _check_settings(self) -> None:
        super()._check_settings()
        if not all(each % 2 for each in self.each_way("kernel_size", self.kernel_size)):
            raise ValueError(
                f"{self.layer_name}: kernel_size is odd, so that a window has a middle; got "
                f"{self.kernel_size!r}"
            )

    def altered(self, x: Tensor, training: Training) -> Tensor:
        hit, y = self.hit(x, training), x
        for axis, count in enumerate(self.each_way("kernel_size", self.kernel_size), 1):
            spread = self.drawn(x, training, *self.range_of("sigma")) + 1e-6
            y = smoothed(y, axis, count, spread)
        return self.clipped(Where()(hit, y, x))


class RandomErasing(Colouring):
    """Y = X, but `fill_value` in a rectangle of it, or X

    How high and how wide it is, in shares of the picture, are roots of numbers drawn by `scale`;
    the probability that there is one is drawn by `factor`.
    The value is a number, one for each channel, or None for normal noise times the most.
    """

    factor: Factor = 1.0
    scale: Factor = (0.02, 0.33)
    fill_value: float | Sequence[float] | None = None
    value_range: Range = (0, 255)

    factors = {"factor": (0.0, 1.0), "scale": (0.0, 1.0)}

    def altered(self, x: Tensor, training: Training) -> Tensor:
        inside = self.hit(x, training)
        for axis, extent in enumerate(self.extent(x), 1):
            share = self.drawn(x, training, *self.range_of("scale")) ** 0.5
            start = self.drawn(x, training, 0.0, float(extent)) * (1 - share)
            at = Counting(axis, extent)(x)
            inside = inside * (1 - Greater()(start, at)) * Greater()(start + extent * share, at)
        return (1 - inside) * x + self.filling(x, inside, training)

    def filling(self, x: Tensor, inside: Tensor, training: Training) -> Tensor:
        """The value in the rectangle, 0 outside of it."""
        given = self.fill_value
        if given is None:
            noise = Noise(training.stream())(x, *training.draws_by(self.seed))
            return inside * self.clipped(self.limits()[1] * noise)
        if isinstance(given, (int, float)):
            return inside * float(given)
        if len(given) != x.shape[-1]:
            raise ValueError(
                f"{self.layer_name}: fill_value has a number for each of the {x.shape[-1]} "
                f"channels, got {given!r}"
            )
        return concatenate([inside * float(each) for each in given], -1)


def smoothed(x: Tensor, axis: int, count: int, spread: Tensor) -> Tensor:
    """x with a weighted mean of `count` numbers along an axis in place of each."""
    extent, reach = x.shape[axis] or 1, count // 2
    steps = range(-reach, reach + 1)
    shares = [Exp()(-(t * t) / (2 * spread * spread)) for t in steps]
    sides = [(0, 0)] * 4
    sides[axis] = (reach, reach)
    bordered, key = Pad(tuple(sides))(x), [slice(None)] * 4
    total = None
    for at, share in enumerate(shares):
        key[axis] = slice(at, at + extent)
        seen = share * pick(bordered, tuple(key))
        total = seen if total is None else total + seen
    assert total is not None
    return total / sum(shares[1:], shares[0])
