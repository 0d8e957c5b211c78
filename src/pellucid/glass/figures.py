"""Numbers as they are shown: few figures in a formula, and columns that add up as they stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

#: figures of a number in a formula, and of the largest number of a column
FEW, FIGURES = 6, 7
#: powers of ten between which numbers are written without one
SMALLEST, LARGEST = -4, 6
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def figure(value: float) -> str:
    """A number in a formula: 0.75, −1.2e−07"""
    return f"{value:.{FEW}g}".replace("-", "−").replace("inf", "∞").replace("nan", "NaN")


class Column:
    """Numbers below each other, all to the same place, with their sum.

    Each is rounded by itself. What that leaves between the terms and the sum, and what computing
    the sum in its own order left, is `rounding`: with it, what is shown adds up exactly.
    """

    def __init__(self, terms: Sequence[float], total: float):
        self.is_finite = all(map(math.isfinite, (*terms, total)))
        self.power = power_of(terms, total) if self.is_finite else 0
        self.terms = [self.rounded(each) for each in terms]
        self.total = self.rounded(total)
        self.rounding = self.total - sum(self.terms) if self.is_finite else Decimal(0)

    @property
    def shift(self) -> int:
        """The power of ten that is written behind each number."""
        return 0 if SMALLEST <= self.power <= LARGEST else self.power

    def rounded(self, value: float) -> Decimal:
        if not self.is_finite:
            return Decimal(value)
        return Decimal(value).quantize(Decimal(1).scaleb(self.power - FIGURES + 1))

    def written(self, value: Decimal) -> str:
        if not self.is_finite:
            return figure(float(value))
        ten = f"·10{str(self.shift).translate(SUPERSCRIPTS)}" if self.shift else ""
        return f"{value.scaleb(-self.shift):f}{ten}".replace("-", "−")


def power_of(terms: Sequence[float], total: float) -> int:
    """The power of ten of the largest number."""
    largest = max(abs(each) for each in (*terms, total))
    return Decimal(largest).adjusted() if largest else 0
