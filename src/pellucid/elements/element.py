"""Numbers that know what they were made of: plain floats with their operation and its parts.

A number is read from a place of an array, is a constant, or is made of other numbers. What an
equation merely looked at in order to choose (z in [z > 0]) is not a part; it stands in `because`.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from pellucid.elements.operations import (
    ABSOLUTE,
    DIVIDE,
    MAXIMUM,
    MINIMUM,
    NEGATIVE,
    PLUS,
    POWER,
    PRODUCT,
    REMAINDER,
    SUM,
    Operation,
)


class Place(NamedTuple):
    """Where a number stands: an array, by what the reader calls it, and an index."""

    source: Hashable
    at: tuple[int, ...]


class Element(float):
    """A float, and the place that it was read from, or the operation and the parts that made it."""

    __slots__ = ("because", "operation", "parts", "place")

    because: tuple[Element, ...]
    operation: Operation | None
    parts: tuple[Element, ...]
    place: Place | None

    @property
    def is_constant(self) -> bool:
        return self.operation is None and self.place is None

    def also(self, because: tuple[Element, ...]) -> Element:
        """The same number, chosen by looking at further ones."""
        if not because:
            return self
        return element(self, self.operation, self.parts, self.place, (*self.because, *because))

    def __add__(self, other: float) -> Element:
        return add(self, as_element(other))

    def __radd__(self, other: float) -> Element:
        return add(as_element(other), self)

    def __sub__(self, other: float) -> Element:
        return add(self, negative(as_element(other)))

    def __rsub__(self, other: float) -> Element:
        return add(as_element(other), negative(self))

    def __mul__(self, other: float) -> Element:
        return multiply(self, as_element(other))

    def __rmul__(self, other: float) -> Element:
        return multiply(as_element(other), self)

    def __truediv__(self, other: float) -> Element:
        return made(DIVIDE, self, as_element(other))

    def __rtruediv__(self, other: float) -> Element:
        return made(DIVIDE, as_element(other), self)

    def __mod__(self, other: float) -> Element:
        return made(REMAINDER, self, as_element(other))

    def __pow__(self, other: float, modulus: None = None) -> Element:
        return made(POWER, self, as_element(other))

    def __neg__(self) -> Element:
        return negative(self)

    def __abs__(self) -> Element:
        return made(ABSOLUTE, self)


def element(
    value: float,
    operation: Operation | None = None,
    parts: tuple[Element, ...] = (),
    place: Place | None = None,
    because: tuple[Element, ...] = (),
) -> Element:
    made = Element(value)
    made.operation, made.parts, made.place, made.because = operation, parts, place, because
    return made


def read(value: float, place: Place) -> Element:
    """A number that stands at a place."""
    return element(value, place=place)


def constant(value: float, because: tuple[Element, ...] = ()) -> Element:
    return element(value, because=because)


def as_element(value: float) -> Element:
    return value if isinstance(value, Element) else constant(value)


def made(operation: Operation, *parts: Element) -> Element:
    """What an operation makes of its parts; of constants, another constant."""
    value = operation.of(parts)
    if all(part.is_constant for part in parts):
        return constant(value, reasons(parts))
    return element(value, operation, parts)


def reasons(parts: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(each for part in parts for each in part.because)


def negative(x: Element) -> Element:
    return x.parts[0] if x.operation is NEGATIVE and not x.because else made(NEGATIVE, x)


def multiply(a: Element, b: Element) -> Element:
    """a·b, where a factor of 1 or 0 that is no part but a choice leaves the other, or nothing."""
    for factor, other in ((a, b), (b, a)):
        if factor.is_constant and factor == 1.0:
            return other.also(factor.because)
        if factor.is_constant and factor == 0.0 and math.isfinite(other):
            return constant(0.0, factor.because)
    return made(PRODUCT, *chain(PRODUCT, a), b)


def add(a: Element, b: Element) -> Element:
    return without([*chain(PLUS, a), b], 0.0, PLUS)


def total(parts: list[Element]) -> Element:
    """Σ of numbers; constants of 0 are left out."""
    return without(parts, 0.0, SUM)


def largest(parts: list[Element]) -> Element:
    return without([*chain(MAXIMUM, parts[0]), *parts[1:]], -math.inf, MAXIMUM)


def smallest(parts: list[Element]) -> Element:
    return without([*chain(MINIMUM, parts[0]), *parts[1:]], math.inf, MINIMUM)


def without(parts: list[Element], neutral: float, operation: Operation) -> Element:
    """The operation on parts, those that are constant and change nothing left out."""
    kept = [part for part in parts if not (part.is_constant and part == neutral)]
    because = reasons(part for part in parts if part.is_constant and part == neutral)
    if not kept:
        return constant(neutral, because)
    return (kept[0] if len(kept) == 1 else made(operation, *kept)).also(because)


def chain(operation: Operation, first: Element) -> tuple[Element, ...]:
    """The parts of a first operand made by the same operation: (a + b) + c is a + b + c."""
    if first.operation is operation and not first.because:
        return first.parts
    return (first,)
