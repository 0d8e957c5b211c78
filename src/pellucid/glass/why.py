"""Why a number is what it is: its largest terms, how many more, and what they add up to."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid.elements.element import Element, Place
from pellucid.elements.terms import label
from pellucid.glass.elements import StepElements
from pellucid.glass.figures import Column, figure
from pellucid.glass.shown import Shown
from pellucid.wording import tell

#: letters of a formula that are shown
LONGEST = 120


class Term(NamedTuple):
    """One of the numbers that make a number: its formula in names and in numbers, its value."""

    names: str
    numbers: str
    value: float


class Why(Shown):
    """A number, `value`, and the largest of its `terms`; `rest` is the sum of the `more` others.

    Where it is no sum but a product or a function, the terms are what goes into that.
    """

    def __init__(
        self, found: StepElements, place: Place, equation: str, most: int, held: bool = False
    ):
        made = found.terms_at(place)
        #: whether the number was changed, so that its line would give another
        self.held = held
        self.found, self.made, self.equation = found, made, equation
        self.name, self.value, self.how = found.named(place), made.value, made.how
        largest = made.largest(most) if self.is_sum else list(made.parts)
        self.terms = [self.term(each) for each in largest]
        self.others = others(made.parts, largest)
        self.more, self.rest = len(self.others), total(self.others)

    @property
    def is_sum(self) -> bool:
        return self.how in ("sum", "plus")

    @property
    def column(self) -> Column:
        """The terms, and the rest if there is one, as they are shown."""
        rest = [self.rest] if self.more else []
        return Column([*(each.value for each in self.terms), *rest], self.value)

    def term(self, part: Element) -> Term:
        numbers = label(part, self.number) if part.operation is not None else ""
        return Term(short(label(part, self.found.named)), short(bracketed(numbers)), float(part))

    def number(self, place: Place) -> str:
        return figure(self.found.number(place))

    @property
    def names(self) -> str:
        """The formula with the names of places in it; of a sum, of its largest terms."""
        if not self.is_sum:
            return short(self.made.text(self.found.named))
        return self.joined([each.names for each in self.terms])

    @property
    def numbers(self) -> str:
        """The formula with its numbers."""
        if not self.is_sum:
            return short(bracketed(self.made.text(self.number)))
        return self.joined([each.numbers or figure(each.value) for each in self.terms])

    def joined(self, terms: list[str]) -> str:
        more = [f"{self.more} more"] if self.more else []
        return " + ".join([*terms, *more]).replace("+ −", "− ")

    @property
    def sum(self) -> str:
        """The terms of a sum, added up: 0.51 + 0.30 − 0.02 = 0.79"""
        column = self.column
        parts = [column.written(each) for each in column.terms]
        if column.rounding:
            parts.append(f"{column.written(column.rounding)} ({self.apart})")
        return f"{' + '.join(parts)} = {column.written(column.total)}".replace("+ −", "− ")

    def text(self) -> str:
        lines = self.rows_of_a_sum() if self.is_sum else self.rows_of_a_function()
        return "\n".join([self.equation, *lines])

    def rows_of_a_function(self) -> list[str]:
        shown = dict.fromkeys([self.names, self.numbers, figure(self.value)])
        rows = [f"  {self.name} = {each}" for each in shown]
        return [*rows[:-1], f"{rows[-1]}, by {self.apart}"] if self.held else rows

    @property
    def apart(self) -> str:
        """What stands between the terms and the number."""
        return "the change" if self.held else "rounding"

    def rows_of_a_sum(self) -> list[str]:
        column = self.column
        words = [*(worded(each) for each in self.terms)]
        if self.more:
            zeros = sum(each == 0 for each in self.others)
            words.append(f"{self.more} more" + (f", {zeros} of them 0" if zeros else ""))
        numbers = list(column.terms)
        if column.rounding:
            words.append(self.apart)
            numbers.append(column.rounding)
        written = [column.written(each) for each in (*numbers, column.total)]
        width = max(map(len, written))
        rows = zip(written, [*words, f"= {self.name}"], strict=True)
        return [f"  {number:>{width}}   {word}" for number, word in rows]


def worded(term: Term) -> str:
    return f"{term.names} = {term.numbers}" if term.numbers else term.names


def others(parts: Sequence[Element], largest: Sequence[Element]) -> list[Element]:
    """The parts that are not among the largest."""
    known = set(map(id, largest))
    return [part for part in parts if id(part) not in known]


def total(numbers: Sequence[float]) -> float:
    """What numbers add up to; plain NumPy's sum where one is not finite."""
    finite = all(map(math.isfinite, numbers))
    return math.fsum(map(float, numbers)) if finite else float(np.sum(np.array(numbers, float)))


def bracketed(numbers: str) -> str:
    """A formula in numbers with brackets around negative factors: 1·(−0.5)"""
    return re.sub(r"(?<=·)(−[\d.e−]+)", r"(\1)", numbers)


def short(formula: str) -> str:
    """A formula without its end where it is long."""
    return formula if len(formula) <= LONGEST else f"{formula[: LONGEST - 2]} …"


tell(globals(), "glass")
