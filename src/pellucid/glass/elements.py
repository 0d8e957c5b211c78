"""Any one number of a step, by its printed name: its terms, and a Python expression that is it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pellucid.elements.element import Place
from pellucid.elements.reading import Elements, OfPlan
from pellucid.elements.terms import Terms
from pellucid.plan.plan import Plan
from pellucid.settings import nearest
from pellucid.tensor import Line, Tensor, show_shape


class StepElements:
    """The numbers of a step that was taken or recorded: `values` by tensor.

    What is printed inside of another line, since it has no name, is written out inside of it here.
    """

    def __init__(self, plan: Plan, values: Mapping[Tensor, Any]):
        self.plan, self.values = plan, values
        self.read: dict[Line, Elements] = {}

    def terms(self, name: str, *index: int) -> Terms:
        """What the number at `index` of a value is made of; of a state, what it moves to."""
        tensor = self.written(name)
        line = self.reading.writers[tensor]
        at, of = self.place(name, tensor, index), line.outputs.index(tensor)
        return self.of(line).terms(at, of)

    def text(self, name: str, *index: int) -> str:
        """The number's formula, in the names of the plan: X[0, 3]·W1[3, 5] + … + b1[5]"""
        return self.terms(name, *index).text(self.named)

    def python(self, name: str, *index: int) -> str:
        """A Python expression of literals, for `math` alone, whose value is the number."""
        return self.terms(name, *index).python()

    def named(self, place: Place) -> str:
        """A place as the plan prints it."""
        tensor = place.source
        assert isinstance(tensor, Tensor)
        name = self.names.get(tensor) or tensor.name
        return f"{name}[{', '.join(map(str, place.at))}]" if place.at else name

    @cached_property
    def names(self) -> dict[Tensor, str]:
        """The name of each value; what a state moves to goes by the state's."""
        names = self.plan.names
        moved = {new: names[state] for state, new in self.plan.assignments.items()}
        return moved | names

    @cached_property
    def reading(self) -> OfPlan:
        return OfPlan(self.plan.lines, self.values, self.names)

    @cached_property
    def by_name(self) -> dict[str, Tensor]:
        return {composed(name): tensor for tensor, name in self.plan.names.items()}

    def written(self, name: str) -> Tensor:
        """The tensor of a name, which a line of the plan writes."""
        if composed(name) not in self.by_name:
            raise KeyError(f"no value is called {name!r}: {nearest(name, self.by_name)}")
        given = self.by_name[composed(name)]
        tensor = self.plan.assignments.get(given, given)
        if tensor not in self.reading.writers:
            raise ValueError(
                f"{name} is given, not computed, so that it has no terms; "
                "ask for a value that the plan prints on the left of ="
            )
        return tensor

    def place(self, name: str, tensor: Tensor, index: tuple[int, ...]) -> tuple[int, ...]:
        """An index of a value, counted from the end where it is negative."""
        shape = getattr(self.values[tensor], "shape", ())
        fits = len(index) == len(shape) and all(
            -extent <= at < extent for at, extent in zip(index, shape, strict=True)
        )
        if not fits:
            raise IndexError(
                f"{name} has the shape {show_shape(shape)}; {index} is no place in it: "
                f"give {len(shape)} whole numbers, the row of the batch first"
            )
        return tuple(at % extent for at, extent in zip(index, shape, strict=True))

    def of(self, line: Line) -> Elements:
        if line not in self.read:
            self.read[line] = self.reading.line(line)
        return self.read[line]


def composed(name: str) -> str:
    """A name in one of the ways in which Ŷ can be typed."""
    return unicodedata.normalize("NFC", name)
