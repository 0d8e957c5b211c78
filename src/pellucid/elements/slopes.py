"""How a number changes with those it is made of: its derivative, operation by operation.

d(a·b) = b·da + a·db, d(eˣ) = eˣ·dx, and so on, along the number's own formula. Of a maximum, the
part that it is counts; of several that are equal, the last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from pellucid.elements.element import Element, Place

Numbers = Sequence[float]

#: of each operation, by its value y and its parts: the derivative for the part at a position
PARTIALS: dict[str, Callable[[float, Numbers, int], float]] = {
    "sum": lambda y, parts, at: 1.0,
    "plus": lambda y, parts, at: 1.0,
    "negative": lambda y, parts, at: -1.0,
    "product": lambda y, parts, at: math.prod([*parts[:at], *parts[at + 1 :]]),
    "quotient": lambda y, parts, at: -y / parts[1] if at else 1.0 / parts[1],
    "remainder": lambda y, parts, at: -np.floor(parts[0] / parts[1]) if at else 1.0,
    "square": lambda y, parts, at: 2.0 * parts[0],
    "power": lambda y, parts, at: (
        y * np.log(parts[0]) if at else parts[1] * parts[0] ** (parts[1] - 1.0)
    ),
    "max": lambda y, parts, at: float(at == last_equal(parts, y)),
    "min": lambda y, parts, at: float(at == last_equal(parts, y)),
    "abs": lambda y, parts, at: np.sign(parts[0]),
    "sqrt": lambda y, parts, at: 0.5 / y,
    "exp": lambda y, parts, at: y,
    "expm1": lambda y, parts, at: y + 1.0,
    "log": lambda y, parts, at: 1.0 / parts[0],
    "log1p": lambda y, parts, at: 1.0 / (1.0 + parts[0]),
    "sin": lambda y, parts, at: np.cos(parts[0]),
    "cos": lambda y, parts, at: -np.sin(parts[0]),
    "tanh": lambda y, parts, at: 1.0 - y * y,
}


def last_equal(parts: Numbers, value: float) -> int:
    return max(at for at, part in enumerate(parts) if part == value)


def slope(number: Element, of: Callable[[Place], float]) -> float:
    """The derivative of a number, from that `of` each place that it reads."""
    return Slopes(of).of(number)


def slopes(number: Element) -> dict[Place, float]:
    """The derivative of a number by each place that it reads: its formula walked backwards."""
    found: dict[Place, float] = {}
    moves = {key(number): 1.0}
    for each in reversed(in_order(number)):
        move = moves.pop(key(each))
        if each.place is not None:
            found[each.place] = found.get(each.place, 0.0) + move
        elif each.operation is not None:
            for part, partial in zip(each.parts, partials(each), strict=True):
                moves[key(part)] = moves.get(key(part), 0.0) + partial * move
    return found


def partials(number: Element) -> list[float]:
    """The derivative of a number by each of its parts."""
    assert number.operation is not None
    partial, values = PARTIALS[number.operation.name], [*map(np.float64, number.parts)]
    with np.errstate(all="ignore"):
        return [float(partial(np.float64(number), values, at)) for at in range(len(values))]


def in_order(number: Element) -> list[Element]:
    """A number and all that it is made of, each once, after its parts."""
    found: dict[int, Element] = {}
    left = [(number, False)]
    while left:
        each, opened = left.pop()
        if key(each) in found:
            continue
        if opened or not each.parts:
            found[key(each)] = each
        else:
            left.append((each, True))
            left.extend((part, False) for part in each.parts)
    return list(found.values())


def key(number: Element) -> int:
    """What tells numbers apart: those that were merely chosen anew have the same parts."""
    return id(number.parts) if number.parts else id(number)


class Slopes:
    """The derivatives of a number's parts, each found once."""

    def __init__(self, of_place: Callable[[Place], float]):
        self.of_place = of_place
        self.found: dict[int, float] = {}

    def of(self, number: Element) -> float:
        if number.place is not None:
            return self.of_place(number.place)
        if number.operation is None:
            return 0.0
        key = id(number.parts)
        if key not in self.found:
            self.found[key] = self.made(number)
        return self.found[key]

    def made(self, number: Element) -> float:
        assert number.operation is not None
        partial = PARTIALS[number.operation.name]
        values, parts = [*map(np.float64, number.parts)], enumerate(number.parts)
        moving = [(at, moved) for at, part in parts if (moved := self.of(part))]
        with np.errstate(all="ignore"):
            y = np.float64(number)
            return float(sum(partial(y, values, at) * moved for at, moved in moving))
