"""Initializers: how the first value of a weight is drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.randomness import generator
from pellucid.settings import Named, option

Dims = tuple[int, ...]


class Initializer(Named, family="initializer"):
    """Draws an array of a given shape. With a `seed` it draws the same each time."""

    seed: int | None = option(default=None, kw_only=True)

    def __call__(self, shape: Dims, dtype: Any = "float32") -> np.ndarray:
        return self.draw(tuple(shape), generator(self.seed)).astype(dtype)

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        raise NotImplementedError


class Zeros(Initializer):
    """W = 0"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        return np.zeros(shape)


class GlorotUniform(Initializer):
    """W ~ U(−a, a), a = √(6 / (fan in + fan out))"""

    def draw(self, shape: Dims, rng: np.random.Generator) -> np.ndarray:
        fan_in, fan_out = fans(shape)
        limit = math.sqrt(6.0 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, shape)


def fans(shape: Dims) -> tuple[int, int]:
    """How many inputs each output sees, and how many outputs each input reaches."""
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window
