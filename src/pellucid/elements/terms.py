"""The terms of a number: the few numbers that it is the sum, the product or the function of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pellucid.elements import element as elements
from pellucid.elements import writing
from pellucid.elements.element import Element, Place
from pellucid.elements.operations import DIVIDE, NEGATIVE, PLUS, PRODUCT, SUM
from pellucid.elements.rounding import bound
from pellucid.lazy import once


def named(place: Place) -> str:
    """A place as it is printed: X[0, 41]."""
    index = ", ".join(map(str, place.at))
    return f"{place.source}[{index}]" if index else str(place.source)


class Terms:
    """What a number is made of.

    `value` is the number as `run` gave it, in the precision of `dtype`; `number` is the same as its
    formula gives it, which may have rounded in another order.
    """

    def __init__(self, number: Element, value: float, dtype: np.dtype):
        self.number, self.value, self.dtype = number, value, dtype

    @once
    def parts(self) -> tuple[Element, ...]:
        """The numbers that make it: the terms of a sum, also of a sum over n, else the operands."""
        found = tuple(terms(self.number))
        return found if len(found) > 1 else self.number.parts or found

    @once
    def how(self) -> str:
        """How the parts make it: "sum", "product", "max", "exp", …; "copy" and "constant"."""
        if self.number.operation is None:
            return "constant" if self.number.is_constant else "copy"
        return self.number.operation.name if self.parts == self.number.parts else SUM.name

    @property
    def rounding(self) -> float:
        """What the order of the roundings made: the value is the formula's number and this."""
        return self.value - float(self.number)

    @once
    def most_rounding(self) -> float:
        """The most that `rounding` can be."""
        return bound(self.number, self.dtype)

    def largest(self, count: int) -> list[Element]:
        """The parts that weigh most, in order."""
        return sorted(self.parts, key=abs, reverse=True)[:count]

    def text(self, name: Callable[[Place], str] = named) -> str:
        """The formula with the names of places in it."""
        return label(self.number, name)

    def python(self) -> str:
        """A Python expression of literals, for `math` alone, whose value is the number."""
        return writing.python(self.number, self.value)


def label(number: Element, name: Callable[[Place], str] = named) -> str:
    """A term's formula with the names of places in it: X[0, 41]·W1[41, 5]."""
    return writing.InNames(number, name).whole()


def terms(number: Element) -> Iterator[Element]:
    """The terms of Σ a, of Σ a + b, and of (Σ a)/n, which are a/n."""
    if number.operation is PLUS:
        for part in number.parts:
            yield from terms(part)
    elif number.operation is SUM:
        yield from number.parts
    elif number.operation is NEGATIVE:
        yield from (elements.negative(term) for term in terms(number.parts[0]))
    elif scales_a_sum(number):
        whole, factor = number.parts
        divides = number.operation is DIVIDE
        yield from (term / factor if divides else term * factor for term in whole.parts)
    else:
        yield number


def scales_a_sum(number: Element) -> bool:
    return (
        number.operation in (DIVIDE, PRODUCT)
        and len(number.parts) == 2
        and number.parts[0].operation is SUM
        and number.parts[1].is_constant
    )


def places(number: Element) -> Iterator[Place]:
    """Every place that a number was made of, or was chosen by."""
    seen: set[int] = set()
    left = [number]
    while left:
        each = left.pop()
        if each.place is not None:
            yield each.place
        for group in (each.parts, each.because):
            if group and id(group) not in seen:
                seen.add(id(group))
                left.extend(group)
