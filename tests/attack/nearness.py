"""How near the numbers that two executors come to have to be.

NumPy's run is what is right, up to rounding. A native run is near it if they are `UNITS` units in
the last place of the largest number apart. If not, two things are measured.

- What is exact: the same act by NumPy in float64, from the same float32 numbers. (Of a network in
  float64 it is NumPy's run itself.)
- What rounding can do here: NumPy's run in the network's own dtype once more, in which the result
  of every array function and of every line of the plan is moved at random by as much as rounding
  can move it (`rounding.py`), and so several times. How far these and NumPy's own run come to be
  from what is exact is how well the network is conditioned. Where the run stops for a number that
  is not finite is a matter of rounding if these do not all stop where NumPy's own run does.

The native run has to be within `TIMES` that distance, and `UNITS`. Nothing else is allowed for
networks that are badly conditioned; they are those in which rounding moves a number by more than
`MANY` units.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.attack.executing import Act, Came, Runs
from tests.attack.rounding import Noisy
from tests.native import TIMES, UNITS

#: how many runs with roundings at random are tried before executors are said to differ
TRIED = (2, 10, 50)
#: units in the last place of the largest number that are many for a few steps
MANY = 1000.0


def compared(runs: Runs, act: Act, numpy: Came, native: Came) -> str:
    """A word for how near the executors are, or an error where they differ."""
    told = f"native: {native.refused}; NumPy: {numpy.refused}"
    assert bool(native.refused) == bool(numpy.refused), told
    if numpy.refused:
        return "refused"
    unit = UNITS * float(np.finfo(runs.engine.memory.dtype).eps)
    if native.stopped == numpy.stopped and not further_than(native, numpy, [], unit):
        return "equal"
    exact, others = runs.exact(act), [numpy]
    Noisy.rng = np.random.default_rng(0)
    for count in TRIED:
        others += [runs.noisy(act) for _ in range(count - len(others) + 1)]
        if not (problem := differs(native, exact, others, unit)):
            well = all(each.stopped == numpy.stopped for each in others) and not further_than(
                native, numpy, [], MANY * unit / UNITS
            )
            return "near" if well else "badly conditioned"
    raise AssertionError(f"the executors differ: {problem}")


def differs(native: Came, exact: Came, others: list[Came], unit: float) -> str:
    """What tells the native run from all that NumPy's rounding can lead to."""
    alike = [each for each in others if each.ended == native.ended]
    if not alike:
        settled = all(each.ended == others[0].ended for each in others)
        told = f"native stops at {native.stopped}, NumPy at {others[0].stopped}"
        return told if settled else ""  # where it stops is a matter of rounding
    if len(others) > max(TRIED) and all(each.ended != native.ended for each in others[1:]):
        return ""  # likewise, and there is nothing to compare with
    if exact.stopped != native.stopped:
        exact = alike[0]
    return "; ".join(further_than(native, exact, alike, unit))


def further_than(found: Came, exact: Came, others: list[Came], unit: float) -> list[str]:
    """The numbers that are further from what is exact than the others make it."""
    told = []
    for name, right in exact.numbers.items():
        apart = distance(found.numbers[name], right)
        most = max((distance(each.numbers[name], right) for each in others), default=0.0)
        if not apart <= TIMES * most + unit * largest(right):
            told.append(f"{name} is {apart:.2e} off, NumPy {most:.2e}, of {largest(right):.2e}")
    return told


def distance(one: Any, other: Any) -> float:
    """The largest distance of two numbers at the same place; infinite if one is not finite."""
    one, other = np.asarray(one), np.asarray(other)
    assert one.shape == other.shape, f"shapes {one.shape} and {other.shape}"
    with np.errstate(all="ignore"):
        apart = np.abs(np.subtract(one, other, dtype=np.float64))
    apart = np.array(apart)
    apart[(one == other) | (np.isnan(one) & np.isnan(other))] = 0
    return float(np.where(np.isnan(apart), np.inf, apart).max(initial=0))


def largest(numbers: Any) -> float:
    sizes = np.abs(np.asarray(numbers, np.float64))
    return float(sizes[np.isfinite(sizes)].max(initial=0))
