"""A number written out: with the names of places for a reader, or as Python with literals alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

from pellucid.elements.element import Element, Place
from pellucid.elements.operations import (
    ATOM,
    FACTOR,
    LONG,
    NEGATIVE,
    PLUS,
    POWER,
    SIGN,
    SQUARE,
    SUM,
    TERM,
    Operation,
)


def python(number: Element, value: float) -> str:
    """A Python expression of literals whose value is `value`, the number as it was computed.

    It needs `math` alone. The last term is the difference that another order of rounding made.
    """
    if not math.isfinite(value):
        return literal(value)
    text, computed = InPython(number).whole(), float(number)
    while computed != value:
        text += f" {signed(literal(value - computed), '-')}"
        computed += value - computed
    return text


def literal(value: float) -> str:
    if math.isfinite(value):
        return repr(float(value))
    return "math.nan" if math.isnan(value) else "math.inf" if value > 0 else "-math.inf"


def signed(term: str, minus: str) -> str:
    return f"{minus} {term[1:]}" if term[0] == minus else f"+ {term}"


class Writer:
    """Writes a number's formula; what is read twice gets a name where it is first written."""

    minus = "−"

    def __init__(self, number: Element):
        self.number = number
        self.reads = Counter(self.reads_of_parts(number))
        self.names: dict[int, str] = {}

    def whole(self) -> str:
        return self.write(self.number)[0]

    def leaf(self, number: Element) -> str:
        """A number that is made of nothing."""
        raise NotImplementedError

    def symbol(self, operation: Operation) -> str:
        raise NotImplementedError

    def is_literal(self, number: Element) -> bool:
        """Whether it is written as a number, though it is made of others."""
        return False

    def write(self, number: Element) -> tuple[str, int]:
        """The text, and how tightly it binds."""
        if number.operation is None or self.is_literal(number):
            text = self.leaf(number)
            return text, SIGN if text[0] == self.minus else ATOM
        if self.reads[id(number.parts)] < 2:
            return self.made(number, number.operation)
        return self.shared(number, number.operation), ATOM

    def shared(self, number: Element, operation: Operation) -> str:
        key = id(number.parts)
        if key in self.names:
            return self.names[key]
        text, _ = self.made(number, operation)
        self.names[key] = f"t{len(self.names) + 1}"
        return f"({self.names[key]} := {text})"

    def made(self, number: Element, operation: Operation) -> tuple[str, int]:
        symbol = self.symbol(operation)
        if operation in (SUM, PLUS):
            return self.sum(number)
        if operation.is_function:
            return f"{symbol}({', '.join(self.write(each)[0] for each in number.parts)})", ATOM
        if operation is NEGATIVE:
            return f"{symbol}{self.within(number.parts[0], SIGN)}", SIGN
        first, *others = number.parts
        written = self.within(first, ATOM if operation is POWER else operation.binds)
        for part in others:
            written += f"{symbol}{self.within(part, operation.binds + 1)}"
        return written, operation.binds

    def sum(self, number: Element) -> tuple[str, int]:
        first, *others = number.parts
        return " ".join([self.within(first, TERM), *map(self.further, others)]), TERM

    def further(self, part: Element) -> str:
        """A term after the first, with its sign."""
        if part.operation is NEGATIVE and self.reads[id(part.parts)] < 2:
            return f"{self.minus} {self.within(part.parts[0], FACTOR)}"
        return signed(self.within(part, FACTOR), self.minus)

    def within(self, part: Element, least: int) -> str:
        text, binds = self.write(part)
        return text if binds >= least else f"({text})"

    def reads_of_parts(self, number: Element) -> Iterator[int]:
        """Each thing made of parts, as often as it is written as a part of another."""
        seen, left = set(), [number]
        while left:
            whole = left.pop()
            for part in whole.parts:
                if part.parts:
                    yield from [id(part.parts)] * self.times_written(whole)
                    if id(part.parts) not in seen:
                        seen.add(id(part.parts))
                        left.append(part)

    def times_written(self, number: Element) -> int:
        return 1


class InPython(Writer):
    """A number as Python, with the values of places."""

    minus = "-"

    def leaf(self, number: Element) -> str:
        return literal(number)

    def symbol(self, operation: Operation) -> str:
        return operation.python

    def is_literal(self, number: Element) -> bool:
        return not math.isfinite(number)

    def made(self, number: Element, operation: Operation) -> tuple[str, int]:
        if operation is SQUARE:
            (part,) = number.parts
            return f"{self.within(part, FACTOR)} * {self.within(part, SIGN)}", FACTOR
        return super().made(number, operation)

    def sum(self, number: Element) -> tuple[str, int]:
        if number.operation is PLUS or len(number.parts) <= LONG:
            return super().sum(number)
        return f"math.fsum([{', '.join(self.write(each)[0] for each in number.parts)}])", ATOM

    def times_written(self, number: Element) -> int:
        return 2 if number.operation is SQUARE else 1


class InNames(Writer):
    """A number for a reader, with the names of places."""

    def __init__(self, number: Element, name: Callable[[Place], str]):
        super().__init__(number)
        self.name = name

    def leaf(self, number: Element) -> str:
        if number.place is not None:
            return self.name(number.place)
        return f"{number:.6g}".replace("-", "−")

    def symbol(self, operation: Operation) -> str:
        return operation.text

    def made(self, number: Element, operation: Operation) -> tuple[str, int]:
        if operation is SQUARE:
            return f"{self.within(number.parts[0], ATOM)}²", operation.binds
        return super().made(number, operation)
