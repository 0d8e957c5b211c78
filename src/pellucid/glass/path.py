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
from pellucid.plan.derive import depending
from pellucid.tensor import Tensor


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
    """The derivative of any number of the step, from one number of it."""

    def __init__(self, found: StepElements, source: Place):
        self.found = found
        self.known: dict[Place, float] = {source: 1.0}
        lines = found.plan.section("forward")
        following = depending(lines, [tensor_at(source)])
        self.writers = {
            tensor: line for line in lines if line.output in following for tensor in line.outputs
        }

    def of(self, tensor: Tensor, shape: tuple[int, ...]) -> np.ndarray:
        places = (Place(tensor, at) for at in np.ndindex(shape))
        return np.array([self.at(place) for place in places]).reshape(shape)

    def at(self, place: Place) -> float:
        if place not in self.known:
            line = self.writers.get(tensor_at(place))
            self.known[place] = 0.0
            if line is not None:
                of = line.outputs.index(tensor_at(place))
                self.known[place] = slope(self.found.of(line).number(place.at, of), self.at)
        return self.known[place]


def on_the_way(place: Place, lines: Iterator[ShownLine], found: StepElements) -> list[ShownLine]:
    """The printed lines of the forward pass that a number goes into."""
    forward = found.plan.section("forward")
    following = depending(forward, [tensor_at(place)]) - {tensor_at(place)}
    return [line for line in lines if line.section == "forward" and line.tensor in following]
