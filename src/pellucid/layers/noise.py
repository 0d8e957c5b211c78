"""Layers that add chance while training, and do nothing otherwise."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

from pellucid.equations.random import ChangingMask, Mask, Noise
from pellucid.layers.base import Layer, Training
from pellucid.schedules import RateLike, Schedule
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, setting


class Chance(Layer, abstract=True):
    """A layer that draws random numbers while training, by its own `seed` or the network's."""

    seed: int | None = option(default=None, kw_only=True)

    limits: ClassVar[tuple[str, float]]

    def build(self, shape: Shape) -> None:
        name, below = self.limits
        value = getattr(self, name)
        if isinstance(value, (Schedule, dict)):
            return
        if not 0 <= value < below:
            top = "" if below == float("inf") else f" and below {below:g}"
            raise ValueError(f"{self.layer_name}: {name} must be 0 or more{top}, got {value!r}")
        if self.seed is not None and not isinstance(self.seed, Integral):
            raise TypeError(
                f"{self.layer_name}: seed must be a whole number, or None for the network's, "
                f"got {self.seed!r}"
            )

    def drawn_from(self, training: Training) -> tuple[Tensor, Tensor]:
        """What its draws depend on: the seed, and the step."""
        return (training.seed if self.seed is None else setting(self.seed)), training.step


class Dropout(Chance):
    """Y = X ⊙ M, where M is 0 with probability `rate`, else 1/(1 − rate)

    The rate is a number, or a schedule of the step that writes equations, such as `FlatCosine`.
    """

    rate: RateLike

    limits = ("rate", 1.0)

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if training is None or not self.rate:
            return x
        given, stream = (x, *self.drawn_from(training)), training.stream()
        if isinstance(self.rate, (int, float)):
            mask = Mask(rate=self.rate, stream=stream)(*given)
        else:
            rate = Schedule.get(self.rate).write(training.step).called("p")
            mask = ChangingMask(stream=stream)(*given, rate)
        return (x * mask).called("D")


class GaussianNoise(Chance):
    """Y = X + stddev·N, where N is normal with mean 0 and standard deviation 1"""

    stddev: float

    limits = ("stddev", float("inf"))

    def call(self, x: Tensor, training: Training | None) -> Tensor:
        if training is None or not self.stddev:
            return x
        return x + self.stddev * Noise(training.stream())(x, *self.drawn_from(training))
