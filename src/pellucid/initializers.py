"""Initializers: how the first value of a weight is drawn."""

from __future__ import annotations

import math
from typing import Annotated, Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from pellucid.capacity import in_words
from pellucid.foreign import brief
from pellucid.randomness import generator
from pellucid.settings import Named, nearest, option

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
]

T = TypeVar("T")
Dims = tuple[int, ...]


class Initializer(Named, family="initializer"):
    """Draws an array of a given shape. With a `seed` it draws the same each time."""

    seed: int | None = option(default=None, kw_only=True)

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.check_settings()

    def check_settings(self) -> None:
        """Raise an error if a setting makes no sense, whatever the shape."""

    def __call__(self, shape: Dims, dtype: DTypeLike = "float32") -> np.ndarray:
        try:
            drawn = self.draw(tuple(shape), generator(self.seed))
        except MemoryError:
            needed = in_words(8 * math.prod(shape))
            raise MemoryError(
                f"an array of shape {tuple(shape)} needs {needed} of memory while it is drawn, "
                "more than is free here; give smaller sizes"
            ) from None
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"{type(self).__name__} cannot draw an array of shape {tuple(shape)}: "
                f"{brief(error)}; look at its settings"
            ) from error
        return drawn.astype(dtype)

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        raise NotImplementedError


class Zeros(Initializer):
    """W = 0"""

    alias = ("zero",)

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return np.zeros(shape)


class Ones(Initializer):
    """W = 1"""

    alias = ("one",)

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return np.ones(shape)


class Constant(Initializer):
    """W = value"""

    value: ArrayLike = 0.0

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return np.full(shape, self.value, dtype=np.float64)


class Identity(Initializer):
    """W = gain · I, 1 where row and column are the same"""

    gain: float = 1.0

    alias = ("IdentityInitializer",)

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        if len(shape) != 2:
            raise ValueError("Identity makes matrices, of a shape of two dimensions")
        return self.gain * np.eye(*shape)


class RandomNormal(Initializer):
    """W ~ N(mean, stddev²)"""

    mean: float = 0.0
    stddev: float = 0.05

    alias = ("normal",)

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return rng.normal(self.mean, self.stddev, shape)


class RandomUniform(Initializer):
    """W ~ U(minval, maxval)"""

    minval: float = -0.05
    maxval: float = 0.05

    alias = ("uniform",)

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return rng.uniform(self.minval, self.maxval, shape)


class TruncatedNormal(Initializer):
    """W ~ N(mean, stddev²), drawn again where it is more than two deviations from the mean"""

    mean: float = 0.0
    stddev: float = 0.05

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return self.mean + self.stddev * within_two(shape, rng)


class VarianceScaling(Initializer):
    """W of mean 0 and variance scale / fan, for the fan in, the fan out or their mean (fan avg)

    `distribution` is "uniform", "untruncated_normal", or "truncated_normal", which keeps within two
    deviations.
    """

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"

    def check_settings(self) -> None:
        if not self.scale > 0:
            raise ValueError(f"VarianceScaling: scale must be above 0, got {self.scale!r}")
        chosen(dict.fromkeys(("fan_in", "fan_out", "fan_avg"), 0), self.mode, "mode")
        chosen(DISTRIBUTIONS, self.distribution, "distribution")

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        fan_in, fan_out = fans(shape)
        known = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        fan = chosen(known, self.mode, "mode")
        draw = chosen(DISTRIBUTIONS, self.distribution, "distribution")
        return math.sqrt(self.scale / max(1.0, fan)) * draw(shape, rng)


class GlorotUniform(Initializer):
    """W ~ U(−a, a), a = √(6 / (fan in + fan out))"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return VarianceScaling(1.0, "fan_avg", "uniform").draw(shape, rng)


class GlorotNormal(Initializer):
    """W ~ N(0, 2 / (fan in + fan out)), cut at two deviations"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return VarianceScaling(1.0, "fan_avg").draw(shape, rng)


class HeUniform(Initializer):
    """W ~ U(−a, a), a = √(6 / fan in)"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return VarianceScaling(2.0, "fan_in", "uniform").draw(shape, rng)


class HeNormal(Initializer):
    """W ~ N(0, 2 / fan in), cut at two deviations"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return VarianceScaling(2.0, "fan_in").draw(shape, rng)


class LecunUniform(Initializer):
    """W ~ U(−a, a), a = √(3 / fan in)"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return VarianceScaling(1.0, "fan_in", "uniform").draw(shape, rng)


class LecunNormal(Initializer):
    """W ~ N(0, 1 / fan in), cut at two deviations"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return VarianceScaling(1.0, "fan_in").draw(shape, rng)


class Orthogonal(Initializer):
    """W = gain · Q for a random matrix Q with orthogonal rows or columns, whichever are fewer"""

    gain: float = 1.0

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        if len(shape) < 2:
            raise ValueError(
                f"orthogonal weights need two dimensions or more, got shape {shape}; "
                "for a bias take 'zeros'"
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q *= np.where(np.diag(r) < 0, -1.0, 1.0)
        return self.gain * (q.T if rows < columns else q).reshape(shape)


class ForgetNothing(Initializer, hidden=True):
    """b by `initializer`, but 1 at the forget gate, so that at first an LSTM remembers"""

    initializer: InitializerLike

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        b = Initializer.get(self.initializer).draw(shape, rng)
        quarter = shape[0] // 4
        b[quarter : 2 * quarter] = 1.0
        return b


#: the deviation of a standard normal distribution that is cut at ±2
CUT_DEVIATION = 0.87962566103423978


def within_two(shape: Dims, rng: np.random.Generator) -> np.ndarray:
    """Standard normal numbers, drawn again where they are beyond ±2."""
    numbers = rng.normal(size=shape)
    while (beyond := np.abs(numbers) > 2.0).any():
        numbers[beyond] = rng.normal(size=int(beyond.sum()))
    return numbers


#: distributions of mean 0 and variance 1
DISTRIBUTIONS = {
    "uniform": lambda shape, rng: rng.uniform(-math.sqrt(3.0), math.sqrt(3.0), shape),
    "untruncated_normal": lambda shape, rng: rng.normal(size=shape),
    "truncated_normal": lambda shape, rng: within_two(shape, rng) / CUT_DEVIATION,
}


def chosen(known: dict[str, T], name: str, setting: str) -> T:
    if name not in known:
        raise ValueError(f"unknown {setting} {name!r}: {nearest(name, known)}")
    return known[name]


def fans(shape: Dims) -> tuple[int, int]:
    """How many inputs each output sees, and how many outputs each input reaches."""
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


get = Initializer.get
#: what stands for an initializer
InitializerLike = Annotated[Initializer | type[Initializer] | str | dict[str, Any], Initializer.get]
