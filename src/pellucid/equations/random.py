"""Random numbers in a plan: each a function of (seed, stream, step), the same in every executor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid import philox
from pellucid.elements.functions import ELEMENTS
from pellucid.equations.base import Equation
from pellucid.randomness import uniform
from pellucid.tensor import Shape, Tensor


class Draw(Equation, abstract=True):
    """Random numbers in the shape of x. `stream` tells one draw of a step from the others."""

    stream: int

    encloses = True

    def run(self, xp: Any, x: Any, seed: Any, step: Any, *numbers: Any) -> Any:
        raise NotImplementedError

    def uniform(self, xp: Any, x: Any, seed: Any, step: Any) -> Any:
        """Numbers in [0, 1) in the shape and the precision of x."""
        double = x.dtype == xp.float64
        return drawn(xp, x, (seed, self.stream, step), tuple(x.shape), double)

    def made_of(self, *inputs: Any) -> Any:
        """Numbers that are made of nothing, and chosen by the seed, the step and what goes in."""
        x, seed, step, *numbers = inputs
        plain = (float(each) for each in numbers)
        drawn = self.run(np, np.empty(x.shape, x.dtype), int(seed), int(step), *plain)
        return ELEMENTS.chosen(drawn, seed, step, *numbers)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> tuple[Tensor | None, ...]:
        return (None,) * len(inputs)

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
        return kept(xp, self.uniform(xp, x, seed, step), self.rate, x.dtype)


class Even(Draw):
    """u = random numbers from 0 up to 1, all as likely"""

    text, latex = "random", r"\text{{random}}"
    letter = "u"
    cost = 2

    def run(self, xp: Any, x: Any, seed: Any, step: Any) -> Any:
        return self.uniform(xp, x, seed, step)


class ChangingMask(Draw):
    """M = 1/(1 − p) with probability 1 − p, else 0, for a number p of the step"""

    text, latex = "[random ≥ {p}]/(1 − {p})", r"[\text{{random}} \ge {p}]/(1 - {p})"
    letter = "M"
    cost = 3

    def run(self, xp: Any, x: Any, seed: Any, step: Any, p: Any) -> Any:
        return kept(xp, self.uniform(xp, x, seed, step), p, x.dtype)


class Noise(Draw):
    """N = normal random numbers of mean 0 and standard deviation 1

    By Box and Muller, N = √(−2 ln(1 − u))·cos 2πv with u and v even in [0, 1), of double
    precision where the array library has it.
    """

    text, latex = "normal(0, 1)", r"\mathcal{{N}}(0, 1)"
    letter = "N"
    cost = 30

    def run(self, xp: Any, x: Any, seed: Any, step: Any) -> Any:
        both = drawn(xp, x, (seed, self.stream, step), (2, *x.shape), double=True)
        u, v = both[0, ...], both[1, ...]
        r = xp.sqrt(xp.multiply(xp.log1p(xp.negative(u)), -2.0))
        return xp.astype(xp.multiply(r, xp.cos(xp.multiply(v, 2.0 * math.pi))), x.dtype)


def kept(xp: Any, numbers: Any, rate: Any, dtype: Any) -> Any:
    """1/(1 − rate) where a number is not below the rate, else 0."""
    return xp.multiply(xp.astype(xp.greater_equal(numbers, rate), dtype), 1.0 / (1.0 - rate))


def drawn(xp: Any, x: Any, by: tuple[Any, int, Any], shape: tuple[int, ...], double: bool) -> Any:
    """Numbers in [0, 1) by (seed, stream, step): for NumPy by its generator, which is quicker.

    Of another library, seed and step may be arrays, whose numbers are not known yet.
    """
    seed, stream, step = by
    if not isinstance(x, np.ndarray):
        return philox.uniform(xp, seed, stream, step, shape, double)
    return uniform(int(seed), stream, int(step), shape, np.float64 if double else np.float32)
