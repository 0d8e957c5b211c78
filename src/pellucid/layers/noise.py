"""Layers that add chance while training, and do nothing otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import ClassVar

from pellucid.equations.random import ChangingMask, Mask, Noise
from pellucid.equations.rectifiers import SELU_ALPHA, SELU_SCALE
from pellucid.equations.shape import pick
from pellucid.layers.asking import is_whole
from pellucid.layers.base import Layer
from pellucid.layers.training import Training
from pellucid.layers.windows import MEANS
from pellucid.schedules import RateLike, Schedule
from pellucid.settings import option
from pellucid.tensor import Tensor, show_shape


class Chance(Layer, abstract=True):
    """A layer that draws random numbers while training, by its own `seed` or the network's."""

    supports_masking = True

    seed: int | None = option(default=None, kw_only=True)

    limits: ClassVar[tuple[str, float]]

    def _check_settings(self) -> None:
        name, below = self.limits
        value = getattr(self, name)
        if isinstance(value, (Schedule, dict)):
            return
        if not isinstance(value, Real) or not 0 <= float(value) < below:
            top = "" if below == float("inf") else f" and below {below:g}"
            raise ValueError(f"{self.layer_name}: {name} must be 0 or more{top}, got {value!r}")
        if self.seed is not None and not isinstance(self.seed, Integral):
            raise TypeError(
                f"{self.layer_name}: seed must be a whole number, or None for the network's, "
                f"got {self.seed!r}"
            )

    def drawn_from(self, training: Training) -> tuple[Tensor, Tensor]:
        """What its draws depend on: the seed, and the step."""
        return training.draws_by(self.seed)


class Dropping(Chance, abstract=True):
    """Y = X ⊙ M, where M is 0 with probability `rate`, else 1/(1 − rate)."""

    rate: RateLike

    limits = ("rate", 1.0)

    def masked(self, x: Tensor) -> Tensor:
        """Something of the shape of the mask."""
        raise NotImplementedError

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if training is None or not self.rate:
            return x
        given, stream = (self.masked(x), *self.drawn_from(training)), training.stream()
        if isinstance(self.rate, (int, float)):
            mask = Mask(rate=self.rate, stream=stream)(*given)
        else:
            rate = Schedule.get(self.rate).write(training.step).called("p")
            mask = ChangingMask(stream=stream)(*given, rate)
        return (x * mask).called("D")


class Dropout(Dropping):
    """Y = X ⊙ M, where M is 0 with probability `rate`, else 1/(1 − rate)

    The rate is a number, or a schedule of the step that writes equations, such as `FlatCosine`.
    Along the axes where `noise_shape` is 1 all numbers are dropped together, or none.
    """

    rate: RateLike
    noise_shape: Sequence[int | None] | None = None

    def _check_settings(self) -> None:
        super()._check_settings()
        given = self.noise_shape
        several = given is None or isinstance(given, (list, tuple))
        if not several or not all(each is None or is_whole(each) for each in given or ()):
            raise ValueError(
                f"{self.layer_name}: noise_shape has a whole number of 1 or more for each axis, or "
                f"None for its extent, got {given!r}"
            )

    def masked(self, x: Tensor) -> Tensor:
        return x if self.noise_shape is None else one_along(self, self.noise_shape, x)


class SpatialDropout(Dropping, abstract=True):
    """Y = X ⊙ M, each channel of a row dropped as a whole, or none of it."""

    rank: ClassVar[int]

    def masked(self, x: Tensor) -> Tensor:
        if len(x.shape) != self.rank + 2:
            raise ValueError(f"{self.layer_name} expects {MEANS[self.rank]}, got {x!r}")
        return one_along(self, (None, *(1,) * self.rank, None), x)


class SpatialDropout1D(SpatialDropout):
    """Y = X ⊙ M, where a whole channel of X (n, steps, c) is dropped, or none of it"""

    rank = 1


class SpatialDropout2D(SpatialDropout):
    """Y = X ⊙ M, where a whole channel of X (n, h, w, c) is dropped, or none of it"""

    rank = 2


class SpatialDropout3D(SpatialDropout):
    """Y = X ⊙ M, where a whole channel of X (n, d, h, w, c) is dropped, or none of it"""

    rank = 3


class AlphaDropout(Chance):
    """Y = a·(X where kept, else α′) + b, which keeps mean and variance 0 and 1 after SELU

    α′ = −λα of SELU, a = ((1 − rate)(1 + rate·α′²))^−½, b = −a·α′·rate
    """

    rate: float

    limits = ("rate", 1.0)

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if training is None or not self.rate:
            return x
        mask = Mask(rate=self.rate, stream=training.stream())(x, *self.drawn_from(training))
        kept, low = mask * (1 - self.rate), -SELU_SCALE * SELU_ALPHA
        a = ((1 - self.rate) * (1 + self.rate * low**2)) ** -0.5
        return (a * (x * kept + low * (1 - kept)) - a * low * self.rate).called("D")


class GaussianDropout(Chance):
    """Y = X ⊙ (1 + s·N), where N is normal and s = √(rate/(1 − rate))"""

    rate: float

    limits = ("rate", 1.0)

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if training is None or not self.rate:
            return x
        noise = Noise(training.stream())(x, *self.drawn_from(training))
        return (x * (1 + (self.rate / (1 - self.rate)) ** 0.5 * noise)).called("D")


class GaussianNoise(Chance):
    """Y = X + stddev·N, where N is normal with mean 0 and standard deviation 1"""

    stddev: float

    limits = ("stddev", float("inf"))

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if training is None or not self.stddev:
            return x
        return x + self.stddev * Noise(training.stream())(x, *self.drawn_from(training))


def one_along(layer: Layer, shape: Sequence[int | None], x: Tensor) -> Tensor:
    """x, of which one place is left along the axes where `shape` is 1."""
    fits = len(shape) == len(x.shape) and shape[0] is None
    if not fits or any(s not in (1, None, e) for s, e in zip(shape, x.shape, strict=True)):
        raise ValueError(
            f"{layer.layer_name}: noise_shape has an extent for each axis of "
            f"{show_shape(x.shape)}: None for the rows, 1 where all are dropped together; got "
            f"{tuple(shape)}"
        )
    return pick(x, tuple(slice(0, 1) if each == 1 else slice(None) for each in shape))
