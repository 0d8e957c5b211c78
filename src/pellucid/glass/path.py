"""How a number reaches the loss: the lines that it goes through, and what it does to each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pellucid.elements.element import Place
from pellucid.elements.slopes import slope
from pellucid.glass.elements import StepElements, tensor_at
from pellucid.glass.figures import figure
from pellucid.glass.lines import EQUATION, ShownLine
from pellucid.glass.shown import Shown
from pellucid.glass.tangents import Changes, tangents
from pellucid.lazy import once
from pellucid.plan.derive import depending
from pellucid.tensor import Line, Tensor
from pellucid.wording import tell


class Stop(NamedTuple):
    """A line on the way: the derivative of each of its numbers, and the one that follows most."""

    equation: str
    name: str
    derivatives: np.ndarray
    most: str


class Path(Shown):
    """The lines of the forward pass that a number goes through, in order, as `stops`."""

    def __init__(self, found: StepElements, place: Place, lines: list[ShownLine]):
        self.name, self.value = found.named(place), found.number(place)
        derivatives = Derivatives(found, place)
        self.stops = [self.stop(found, line, derivatives) for line in lines]

    def stop(self, found: StepElements, line: ShownLine, derivatives: Derivatives) -> Stop:
        array = derivatives.of(line.tensor, line.value.shape)
        at = np.unravel_index(int(np.argmax(np.abs(array))), array.shape)
        most = found.named(Place(line.tensor, tuple(map(int, at))))
        return Stop(line.equation, found.names[line.tensor], array, most)

    def text(self) -> str:
        return "\n".join([f"{self.name} = {figure(self.value)}", *map(self.row, self.stops)])

    def row(self, stop: Stop) -> str:
        array = stop.derivatives
        follow, most = np.count_nonzero(array), array.flat[int(np.argmax(np.abs(array)))]
        shown = [f"{follow:,} of {array.size:,} follow"] if array.ndim else []
        shown += [f"∂{stop.most}/∂{self.name} = {figure(most)}"] if follow or not shown else []
        return f"  {stop.equation:<{EQUATION}}  {', most of all '.join(shown)}"


class Derivatives:
    """The derivative of any number of the forward pass, from one number of it."""

    def __init__(self, found: StepElements, source: Place):
        self.found, self.source = found, source
        self.lines = found.plan.section("forward")
        self.following = depending(self.lines, [tensor_at(source)])

    @once
    def whole(self) -> Changes:
        values = self.found.values
        first = np.zeros(np.shape(values[tensor_at(self.source)]))
        first[self.source.at] = 1.0
        rows = len(values[self.found.plan.inputs[0]])
        lines = [line for line in self.lines if line.output in self.following]
        return tangents(lines, values, {tensor_at(self.source): first}, rows, self.singly)

    def singly(self, line: Line, known: Changes) -> Changes:
        """The derivatives of what a line writes, number by number."""
        made = self.found.of(line)

        def of_place(place: Place) -> float:
            array = known.get(tensor_at(place))
            return 0.0 if array is None else float(array[place.at])

        found = {}
        for at, tensor in enumerate(line.outputs):
            shape = np.shape(self.found.values[tensor])
            slopes = [slope(made.number(place, at), of_place) for place in np.ndindex(shape)]
            found[tensor] = np.array(slopes).reshape(shape)
        return found

    def of(self, tensor: Tensor, shape: tuple[int, ...]) -> np.ndarray:
        return self.whole.get(tensor, np.zeros(shape))


def on_the_way(place: Place, lines: Iterator[ShownLine], found: StepElements) -> list[ShownLine]:
    """The printed lines of the forward pass that a number goes into."""
    forward = found.plan.section("forward")
    following = depending(forward, [tensor_at(place)]) - {tensor_at(place)}
    return [line for line in lines if line.section == "forward" and line.tensor in following]


tell(globals(), "glass")
