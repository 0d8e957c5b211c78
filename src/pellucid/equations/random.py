"""Random numbers in a plan: each a function of (seed, stream, step), the same in every executor."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.elements.functions import ELEMENTS
from pellucid.equations.base import Equation
from pellucid.randomness import normal, uniform
from pellucid.tensor import Shape, Tensor


class Draw(Equation, abstract=True):
    """Random numbers in the shape of x. `stream` tells one draw of a step from the others."""

    stream: int

    encloses = True

    def run(self, xp: Any, x: Any, seed: Any, step: Any) -> Any:
        raise NotImplementedError

    def made_of(self, *inputs: Any) -> Any:
        """Numbers that are made of nothing, and chosen by the seed and the step."""
        x, seed, step = inputs
        drawn = self.run(np, np.empty(x.shape, x.dtype), int(seed), int(step))
        return ELEMENTS.chosen(drawn, seed, step)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> tuple[Tensor | None, ...]:
        return None, None, None

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


class Mask(Draw):
    """M = 1/(1 − rate) with probability 1 − rate, else 0

    The mean of M is 1, so that dropping units changes no sum on average.
    """

    rate: float

    text, latex = "[random ≥ {rate}]/(1 − {rate})", r"[\text{{random}} \ge {rate}]/(1 - {rate})"
    letter = "M"
    cost = 3

    def run(self, xp: Any, x: Any, seed: Any, step: Any) -> Any:
        dtype = precision(xp, x)
        numbers = uniform(int(seed), self.stream, int(step), tuple(x.shape), dtype)
        mask = (numbers >= self.rate).astype(dtype)
        mask *= 1.0 / (1.0 - self.rate)
        return xp.asarray(mask)


class Noise(Draw):
    """N = normal random numbers of mean 0 and standard deviation 1"""

    text, latex = "normal(0, 1)", r"\mathcal{{N}}(0, 1)"
    letter = "N"
    cost = 30

    def run(self, xp: Any, x: Any, seed: Any, step: Any) -> Any:
        shape = tuple(x.shape)
        return xp.asarray(normal(int(seed), self.stream, int(step), shape, precision(xp, x)))


def precision(xp: Any, x: Any) -> str:
    """NumPy's name for the precision of x."""
    return "float64" if x.dtype == xp.float64 else "float32"
