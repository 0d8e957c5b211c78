"""A derivative by differences, (f(x + h) − f(x − h))/2h, against one that was derived.

A kink, such as that of max(0, x) at 0, is where the differences to the two sides do not agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

#: how far places are moved, in turn, until the derivatives agree
STEPS = (1e-5, 1e-4, 1e-6, 1e-7)
#: the largest relative error of a derivative that is right
LIMIT = 1e-5
#: to what share of f derivatives are compared at most: below that, differences are all rounding
FLOOR = 1e-5
#: the share in which the differences to both sides of a smooth place may not agree
SMOOTH = 1e-3

Function = Callable[[np.ndarray], float]
Place = tuple[int, ...]


class Compared(NamedTuple):
    """A derivative at one place, derived and by differences, and whether f has a kink there."""

    place: Place
    derived: float
    difference: float
    error: float
    kink: bool = False

    @property
    def agrees(self) -> bool:
        return self.error <= LIMIT


def compared(f: Function, x: np.ndarray, derived: np.ndarray, place: Place) -> Compared:
    """The derivative of f by the number at a place of x, by the step that comes nearest to it."""
    here, given = f(x), float(derived[place])
    floor = FLOOR * max(1.0, abs(here))
    tried: list[Compared] = []
    for step in STEPS:
        left, right = sides(f, x, place, here, step)
        central = (left + right) / 2
        error = apart(given, central, floor)
        tried.append(Compared(place, given, central, error, apart(left, right, floor) > SMOOTH))
        if tried[-1].agrees:
            return tried[-1]._replace(kink=False)
    nearest = min(tried, key=lambda each: each.error)
    return nearest._replace(kink=tried[-1].kink)


def sides(
    f: Function, x: np.ndarray, place: Place, here: float, step: float
) -> tuple[float, float]:
    """The differences to the left and to the right of a place."""
    h = step * max(1.0, abs(float(x[place])))
    return (here - moved(f, x, place, -h)) / h, (moved(f, x, place, h) - here) / h


def moved(f: Function, x: np.ndarray, place: Place, by: float) -> float:
    """f where the number at a place of x is another."""
    other = x.copy()
    other[place] += by
    return f(other)


def apart(a: float, b: float, floor: float) -> float:
    """|a − b| as a share of the larger, or of a floor; infinite where one is no number."""
    error = abs(a - b) / max(abs(a), abs(b), floor)
    return error if np.isfinite(error) else float("inf")


def chosen(derived: np.ndarray, most: int | None, rng: np.random.Generator) -> list[Place]:
    """All places, or a sample of `most` of them, in which the largest derivatives are."""
    flat = np.arange(derived.size)
    if most is not None and most < derived.size:
        by_size = np.argsort(-np.abs(derived), axis=None, kind="stable")
        first = by_size[: most // 2]
        flat = np.sort([*first, *rng.permutation(by_size[most // 2 :])[: most - len(first)]])
    return [tuple(map(int, np.unravel_index(at, derived.shape))) for at in flat]
