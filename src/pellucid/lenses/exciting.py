"""What a unit looks for: the rows of the data that excite it most, and an input made to do so."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid.glass.elements import StepElements
from pellucid.lenses.asking import (
    asked_by_row,
    given_inputs,
    input_named,
    numbers_of,
    of_a_network,
    with_input,
)
from pellucid.lenses.gradient import gradient_of
from pellucid.models.seeing import Seeing

#: a step that is this small a share of the way from low to high is none
SMALLEST = 1e-6


class Exciting(NamedTuple):
    """The rows of the data where a unit is largest, the largest first, and how large."""

    rows: np.ndarray
    values: np.ndarray


@of_a_network
def excites(net: Seeing, x: Any, unit: str, most: int = 9) -> Exciting:
    """The rows at which a number, such as "A1[5]", is largest; of feature maps, channel 5."""
    values = numbers_of(net, x, unit)
    rows = np.argsort(-values, kind="stable")[:most]
    return Exciting(rows, values[rows])


class Ascent(NamedTuple):
    """An input, a batch of one row, and the unit's value at each step towards it."""

    x: np.ndarray
    values: np.ndarray


@of_a_network
def ascent(
    net: Seeing,
    unit: str,
    start: Any = None,
    by: str = "X",
    low: float = 0.0,
    high: float = 1.0,
    steps: int = 200,
    seed: int = 0,
) -> Ascent:
    """An input between `low` and `high` that excites a unit, by steps along its gradient.

    A step that would lower the unit's value is made half as long. It begins at `start`, or near
    the middle, at numbers drawn from the seed; a network with several inputs needs `start`, all of
    them, of which the one named `by` moves.
    """
    hill = Hill(net, unit, by, drawn(net, low, high, seed) if start is None else start)
    x = np.clip(hill.x, low, high)
    value, slope = hill.at(x)
    values, length = [value], 0.1 * (high - low) * np.sqrt(x.size)
    for _ in range(steps):
        size = np.linalg.norm(slope)
        if not size or length < SMALLEST * (high - low):
            break
        further = np.clip(x + (length / size) * slope, low, high).astype(x.dtype)
        there, slope_there = hill.at(further)
        length *= 1.2 if there > value else 0.5
        if there > value:
            x, value, slope = further, there, slope_there
            values.append(value)
    if len(values) == 1 and not np.any(slope):
        raise ValueError(
            f"{unit} does not move with {by} at the start, {value:.4g} (as a ReLU below 0 does "
            "not): give another start=, such as a row of the data, or another seed="
        )
    return Ascent(x, np.array(values))


class Hill:
    """A unit's value and its gradient, by an input of one row."""

    def __init__(self, net: Seeing, unit: str, by: str, start: Any):
        recording = net.record(start)
        self.net, self.unit, self.by = net, unit, by
        self.at_input = input_named(recording, by)
        self.inputs = given_inputs(recording)
        if len(self.inputs[0]) != 1:
            raise ValueError(
                f"start= has {len(self.inputs[0])} rows; an ascent begins at one, such as x[:1]"
            )
        self.x = self.inputs[self.at_input]

    def at(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        recording = self.net.record(with_input(self.inputs, self.at_input, x))
        found = StepElements(recording)
        number = asked_by_row(found, self.unit)
        slope = gradient_of(found, number, self.by, self.unit)
        return number.sum(recording), slope.astype(float)


def drawn(net: Seeing, low: float, high: float, seed: int) -> np.ndarray:
    """One row near the middle."""
    if len(net.inputs) != 1:
        raise ValueError("the network has several inputs: give start=, one row of each")
    shape = net.inputs[0].shape[1:]
    if None in shape:
        raise ValueError("the network takes inputs of any length: give start=, a row to begin at")
    draws = np.random.default_rng(seed).uniform(-0.1, 0.1, (1, *shape))  # type: ignore[arg-type]
    return (low + high) / 2 + (high - low) * draws
