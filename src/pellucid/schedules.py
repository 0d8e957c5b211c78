"""Schedules: the learning rate as a function of the step."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.equations.arithmetic import Cos
from pellucid.equations.choices import Maximum, Minimum
from pellucid.foreign import brief
from pellucid.settings import Named, option
from pellucid.tensor import Tensor

__all__ = [
    "Constant",
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "FlatCosine",
    "InverseTimeDecay",
    "LogCosine",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "Schedule",
    "WarmUp",
]


class Schedule(Named, family="schedule"):
    """A learning rate for each step s, counted from 0.

    `schedule(step)` is a number for a step, and an array for an array of steps. A schedule of your
    own defines `rate(s)`, where s is an array of floats. One that has `write(s)` also says in
    equations what it is, and so can be a weight decay or the rate of a dropout, which a plan reads.
    """

    name: str | None = option(default=None, kw_only=True)

    def __call__(self, step: ArrayLike) -> Any:
        rates = self.rate(np.asarray(step, dtype=np.float64))
        return rates if np.ndim(step) else float(rates)

    def rate(self, s: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def write(self, s: Tensor) -> Tensor:
        """The rate of step s as equations of plain numbers."""
        written = [each.__name__ for each in Schedule.members() if each.write != Schedule.write]
        raise TypeError(
            f"{type(self).__name__} cannot be written as equations, as a decay or a dropout in a "
            f"plan has to be; {' and '.join(written)} can, and so can one with a method write(s)"
        )


class ExponentialDecay(Schedule):
    """η = η₀ · decay_rate^(s / decay_steps), in steps of whole powers if `staircase`"""

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False

    def rate(self, s: np.ndarray) -> np.ndarray:
        periods = s / self.decay_steps
        power = np.floor(periods) if self.staircase else periods
        return self.initial_learning_rate * self.decay_rate**power


class InverseTimeDecay(Schedule):
    """η = η₀ / (1 + decay_rate · s / decay_steps), the quotient rounded down if `staircase`"""

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False

    def rate(self, s: np.ndarray) -> np.ndarray:
        periods = s / self.decay_steps
        periods = np.floor(periods) if self.staircase else periods
        return self.initial_learning_rate / (1.0 + self.decay_rate * periods)


class PolynomialDecay(Schedule):
    """η = (η₀ − η₁) · (1 − s / decay_steps)^power + η₁, and η₁ afterwards

    If `cycle`, decay_steps grows to the next multiple of itself instead.
    """

    initial_learning_rate: float
    decay_steps: int
    end_learning_rate: float = 0.0001
    power: float = 1.0
    cycle: bool = False

    def rate(self, s: np.ndarray) -> np.ndarray:
        periods = np.maximum(np.ceil(s / self.decay_steps), 1.0) if self.cycle else 1.0
        share = np.minimum(s / (self.decay_steps * periods), 1.0)
        span = self.initial_learning_rate - self.end_learning_rate
        return span * (1.0 - share) ** self.power + self.end_learning_rate


class PiecewiseConstantDecay(Schedule):
    """η = values[i] for the number i of boundaries below s"""

    boundaries: Sequence[float]
    values: Sequence[float]

    def __call__(self, step: ArrayLike) -> Any:
        values, ends = (numbers_of(self, each) for each in ("values", "boundaries"))
        if len(values) != len(ends) + 1:
            raise ValueError(
                "PiecewiseConstantDecay needs one value more than boundaries, got "
                f"{len(ends)} boundaries and {len(values)} values"
            )
        if np.any(np.diff(ends) < 0):
            raise ValueError(
                f"PiecewiseConstantDecay: boundaries rise, got {brief(repr(self.boundaries))}"
            )
        return super().__call__(step)

    def rate(self, s: np.ndarray) -> np.ndarray:
        return np.asarray(self.values, np.float64)[np.searchsorted(self.boundaries, s)]


def numbers_of(schedule: Schedule, setting: str) -> np.ndarray:
    """A setting that holds numbers in a row."""
    given = getattr(schedule, setting)
    try:
        numbers = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty((0, 0))
    if numbers.ndim != 1:
        raise ValueError(
            f"{type(schedule).__name__}: {setting} are numbers in a row, got {brief(repr(given))}"
        )
    return numbers


class CosineDecay(Schedule):
    """η = η₀ · ((1 − α)·(1 + cos(π s / decay_steps))/2 + α), and η₀·α afterwards

    With a `warmup_target`, η first goes straight from η₀ to it, in `warmup_steps`, and falls from
    there.
    """

    initial_learning_rate: float
    decay_steps: int
    alpha: float = 0.0
    warmup_target: float | None = None
    warmup_steps: int = 0

    def rate(self, s: np.ndarray) -> np.ndarray:
        if self.warmup_target is None or not self.warmup_steps:
            top = self.initial_learning_rate if self.warmup_target is None else self.warmup_target
            return top * cosine(s / self.decay_steps, self.alpha)
        start, top = self.initial_learning_rate, self.warmup_target
        rising = start + (top - start) * s / self.warmup_steps
        falling = top * cosine((s - self.warmup_steps) / self.decay_steps, self.alpha)
        return np.where(s < self.warmup_steps, rising, falling)


class CosineDecayRestarts(Schedule):
    """Cosine decay that starts again, each time `t_mul` times as long and from `m_mul` times η₀"""

    initial_learning_rate: float
    first_decay_steps: int
    t_mul: float = 2.0
    m_mul: float = 1.0
    alpha: float = 0.0

    def rate(self, s: np.ndarray) -> np.ndarray:
        period = self.period(s)
        share = (s / self.first_decay_steps - self.start(period)) / self.t_mul**period
        wave = self.m_mul**period * cosine(share, 0.0)
        return self.initial_learning_rate * ((1.0 - self.alpha) * wave + self.alpha)

    def start(self, period: np.ndarray) -> np.ndarray:
        """Where a period begins, in multiples of the first."""
        if self.t_mul == 1.0:
            return period
        return (self.t_mul**period - 1.0) / (self.t_mul - 1.0)

    def period(self, s: np.ndarray) -> np.ndarray:
        """The number of the period that s is in, right also where it begins."""
        done = s / self.first_decay_steps
        if self.t_mul == 1.0:
            return np.floor(done)
        near = np.round(np.log(1.0 + done * (self.t_mul - 1.0)) / math.log(self.t_mul))
        return np.where(done < self.start(near), near - 1.0, near)


class FlatCosine(Schedule):
    """η = η₀ in the first half of `total_steps`; then it falls to 0 along a cosine"""

    initial_learning_rate: float
    total_steps: int

    def rate(self, s: np.ndarray) -> np.ndarray:
        late = np.maximum(2.0 * np.minimum(s / self.total_steps, 1.0) - 1.0, 0.0)
        return self.initial_learning_rate * 0.5 * (1.0 + np.cos(np.pi * late))

    def write(self, s: Tensor) -> Tensor:
        late = Minimum()(Maximum()(2.0 / self.total_steps * s - 1.0, 0.0), 1.0)
        return 0.5 * self.initial_learning_rate * (1.0 + Cos()(math.pi * late))


#: waves of which each is twice as long as the one before it
MOST_CYCLES = 60


class LogCosine(Schedule):
    """η = η₀·(1 − cos 2πu)/2,  u = log₂(1 + (2ᶜ − 1)·s/total_steps) for c `cycles`

    Waves from 0 to η₀ and back, each about twice as long as that before it.
    """

    initial_learning_rate: float
    total_steps: int
    cycles: int = 4

    def rate(self, s: np.ndarray) -> np.ndarray:
        if not abs(self.cycles) <= MOST_CYCLES:
            raise ValueError(
                f"LogCosine got {self.cycles} cycles, expected up to {MOST_CYCLES}: "
                "the first would be shorter than a step"
            )
        share = np.minimum(s / self.total_steps, 1.0)
        u = np.log2(1.0 + (2.0**self.cycles - 1.0) * share)
        return self.initial_learning_rate * 0.5 * (1.0 - np.cos(2.0 * np.pi * u))


class Constant(Schedule, hidden=True):
    """η = η₀ at every step"""

    learning_rate: float

    def rate(self, s: np.ndarray) -> np.ndarray:
        return np.full(np.shape(s), float(self.learning_rate))


def following(learning_rate: float | Schedule | dict[str, Any]) -> Callable[[Any], Any]:
    """The rate of each step, by a schedule, its configuration, or a number."""
    if isinstance(learning_rate, (int, float)):
        return Constant(learning_rate)
    return Schedule.get(learning_rate)


#: what stands for a learning rate
RateLike = Annotated[float | Schedule | dict[str, Any], following]


class WarmUp(Schedule):
    """η rises in equal steps until it reaches η₀ in step number `steps`; then `learning_rate` runs

    η = η₀·(s + 1)/steps while s < steps, where η₀ is the learning rate (a number, or the first of a
    schedule); the schedule's step 0 is step `steps`.
    """

    learning_rate: RateLike
    steps: int

    def rate(self, s: np.ndarray) -> np.ndarray:
        after = following(self.learning_rate)(np.maximum(s - self.steps, 0.0))
        return after * np.minimum((s + 1.0) / max(self.steps, 1), 1.0)


class OneCycle(Schedule):
    """η rises from η₁/div_factor to η₁ in the first `pct_start` of the steps, and falls to
    η₁/(div_factor·final_div_factor) in the last of `total_steps`, both along a cosine
    """

    max_learning_rate: float
    total_steps: int
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def rate(self, s: np.ndarray) -> np.ndarray:
        if not (self.div_factor and self.final_div_factor):
            raise ValueError("OneCycle divides by div_factor and final_div_factor; got one of 0")
        top = self.max_learning_rate
        start, end = top / self.div_factor, top / self.div_factor / self.final_div_factor
        peak, last = self.pct_start * self.total_steps - 1.0, self.total_steps - 1.0
        rising = top + (start - top) * cosine(s / max(peak, 1e-9), 0.0)
        falling = end + (top - end) * cosine((s - peak) / max(last - peak, 1e-9), 0.0)
        return np.where(s < peak, rising, falling)


def cosine(share: np.ndarray, floor: float) -> np.ndarray:
    """From 1 down to `floor` along a half wave, as `share` goes from 0 to 1."""
    share = np.clip(share, 0.0, 1.0)
    return (1.0 - floor) * 0.5 * (1.0 + np.cos(np.pi * share)) + floor


get = Schedule.get
