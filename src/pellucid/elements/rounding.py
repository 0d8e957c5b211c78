"""How far apart two ways of rounding can be, that compute the same formula.

An array library adds in an order of its own and has its own exponential. The bound follows from the
formula alone, operation by operation: n additions of terms x may differ by n·ε·Σ|x|.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from pellucid.elements.element import Element
from pellucid.elements.operations import MAXIMUM, MINIMUM, PLUS, PRODUCT, SUM

#: rounding units by which two results of the same operation may differ: nearest, or of a function
NEAREST, FUNCTION = 2, 16


def bound(number: Element, dtype: np.dtype) -> float:
    """How far a number may be from what was computed in a precision."""
    return Bounds(dtype).of(number)


class Bounds:
    """The bounds of a number's parts, each found once."""

    def __init__(self, dtype: np.dtype):
        self.dtype = dtype
        #: the largest relative error of one rounding
        self.unit = float(np.finfo(dtype).eps) / 2
        self.found: dict[int, float] = {}

    def of(self, number: Element) -> float:
        if number.place is not None:
            return 0.0
        if number.operation is None:
            return abs(float(np.asarray(number, self.dtype)) - number)
        key = id(number.parts)
        if key not in self.found:
            self.found[key] = self.made(number, [self.of(part) for part in number.parts])
        return self.found[key]

    def made(self, number: Element, errors: list[float]) -> float:
        sizes = [abs(part) for part in number.parts]
        roundings = NEAREST * self.unit * (len(sizes) - 1)
        if number.operation in (SUM, PLUS):
            return sum(errors) + roundings * sum(sizes)
        if number.operation is PRODUCT:
            largest = math.prod(size + error for size, error in zip(sizes, errors, strict=True))
            return largest - math.prod(sizes) + roundings * largest
        if number.operation in (MAXIMUM, MINIMUM):
            return max(errors)
        return self.at_corners(number, errors)

    def at_corners(self, number: Element, errors: list[float]) -> float:
        operation = number.operation
        assert operation is not None
        ranges = [
            {part - error, float(part), part + error}
            for part, error in zip(number.parts, errors, strict=True)
        ]
        moved = (abs(operation.of(corner) - number) for corner in itertools.product(*ranges))
        own = (NEAREST if operation.exact else FUNCTION) * self.unit * abs(number)
        return max(moved) + own
