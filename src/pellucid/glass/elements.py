"""Any one number of a step, by its printed name: its terms, and a Python expression that is it."""

from __future__ import annotations

import unicodedata

import numpy as np

from pellucid.elements.element import Place
from pellucid.elements.reading import Elements, OfPlan
from pellucid.elements.terms import Terms
from pellucid.glass.recording import Recording
from pellucid.lazy import once
from pellucid.plan.printing import sentence
from pellucid.settings import nearest
from pellucid.tensor import Line, Tensor, show_shape

#: before the name of what a state or a parameter has moved to
NEW = "new "


class StepElements:
    """The numbers of a step that was recorded.

    What is printed inside of another line, since it has no name, is written out inside of it here.
    """

    def __init__(self, recording: Recording):
        self.recording = recording
        self.plan, self.values = recording.plan, recording.by_tensor
        self.read: dict[Line, Elements] = {}

    def terms(self, name: str, *index: int) -> Terms:
        """What the number at `index` of a value is made of; of a state, what it moves to."""
        return self.terms_at(self.written(name, index))

    def terms_at(self, place: Place) -> Terms:
        tensor = tensor_at(place)
        line = self.reading.writers[tensor]
        return self.of(line).terms(place.at, line.outputs.index(tensor))

    def text(self, name: str, *index: int) -> str:
        """The number's formula, in the names of the plan: X[0, 3]·W1[3, 5] + … + b1[5]"""
        return self.terms(name, *index).text(self.named)

    def python(self, name: str, *index: int) -> str:
        """A Python expression of literals, for `math` alone, whose value is the number."""
        return self.terms(name, *index).python()

    def equation(self, place: Place) -> str:
        """The printed line that computes the number at a place."""
        return sentence(self.plan, self.reading.writers[tensor_at(place)])

    def named(self, place: Place) -> str:
        """A place as the plan prints it."""
        tensor = tensor_at(place)
        name = self.names.get(tensor) or tensor.name
        return f"{name}[{', '.join(map(str, place.at))}]" if place.at else name

    def number(self, place: Place) -> float:
        """The number that stands at a place."""
        return float(np.asarray(self.value(tensor_at(place)))[place.at])

    def value(self, tensor: Tensor) -> np.ndarray | float | None:
        """The array of a tensor, or its number."""
        return self.values.get(tensor, tensor.value)

    @once
    def names(self) -> dict[Tensor, str]:
        """The name of each value; what a state moves to goes by the state's."""
        names = self.plan.names
        moved = {new: names[state] for state, new in self.plan.assignments.items()}
        return moved | names

    @once
    def reading(self) -> OfPlan:
        return OfPlan(self.plan.lines, self.values, self.names)

    @once
    def by_name(self) -> dict[str, Tensor]:
        """The values by name, and what has moved, as recordings have it: "new W1"."""
        found = {composed(name): tensor for tensor, name in self.plan.names.items()}
        moving = {
            *self.plan.assignments,
            *(self.plan.layout if self.plan.theta is not None else ()),
        }
        new = {f"{NEW}{name}": tensor for name, tensor in found.items() if tensor in moving}
        return found | new

    def written(self, name: str, index: tuple[int, ...]) -> Place:
        """The place of a number that a line of the plan writes."""
        tensor, at = self.tensor(name), self.place(name, index).at
        if tensor in self.plan.layout and name.startswith(NEW):
            tensor, at = self.in_theta(tensor, at)
        tensor = self.plan.assignments.get(tensor, tensor)
        if tensor not in self.reading.writers:
            raise ValueError(
                f"{name} is given, not computed, so that it has no terms; "
                "ask for a value that the plan prints on the left of ="
                + (f", or for {NEW}{name}" if f"{NEW}{name}" in self.by_name else "")
            )
        return Place(tensor, at)

    def in_theta(self, parameter: Tensor, at: tuple[int, ...]) -> tuple[Tensor, tuple[int, ...]]:
        """Where a number of a parameter stands in θ."""
        assert self.plan.theta is not None
        within = int(np.arange(parameter.size).reshape(np.shape(self.values[parameter]))[at])
        return self.plan.theta, (self.plan.layout[parameter].start + within,)

    def place(self, name: str, index: tuple[int, ...]) -> Place:
        """An index of a value, counted from the end where it is negative."""
        tensor = self.tensor(name)
        shape = np.asarray(self.value(tensor)).shape
        fits = len(index) == len(shape) and all(
            -extent <= at < extent for at, extent in zip(index, shape, strict=True)
        )
        if not fits:
            raise IndexError(
                f"{name} has the shape {show_shape(shape)}; {index} is no place in it: "
                f"give {len(shape)} whole numbers, the row of the batch first"
            )
        return Place(tensor, tuple(at % extent for at, extent in zip(index, shape, strict=True)))

    def tensor(self, name: str) -> Tensor:
        if composed(name) not in self.by_name:
            raise KeyError(f"no value is called {name!r}: {nearest(name, self.by_name)}")
        return self.by_name[composed(name)]

    def of(self, line: Line) -> Elements:
        if line not in self.read:
            self.read[line] = self.reading.line(line)
        return self.read[line]


def tensor_at(place: Place) -> Tensor:
    assert isinstance(place.source, Tensor)
    return place.source


def composed(name: str) -> str:
    """A name in one of the ways in which Ŷ can be typed."""
    return unicodedata.normalize("NFC", name)
