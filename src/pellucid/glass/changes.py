"""What if a number were another: all later lines of the step, computed again by the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.elements.element import Place
from pellucid.glass.elements import StepElements, tensor_at
from pellucid.glass.figures import figure
from pellucid.glass.recording import Recording, recording
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.step import Taken, Values, parameters
from pellucid.tensor import Tensor


class Edit(NamedTuple):
    """A number that is held at another value."""

    place: Place
    value: float


class Change(NamedTuple):
    """What was changed, and the step as it was before all of it."""

    before: StepElements
    edits: tuple[Edit, ...]

    @property
    def words(self) -> str:
        return "; ".join(
            f"{self.before.named(place)}: {figure(self.before.number(place))} → {figure(value)}"
            for place, value in self.edits
        )

    def holds(self, place: Place) -> bool:
        """Whether the number at a place is one that was changed."""
        return any(each.place == place for each in self.edits)


def change(earlier: Change | None, found: StepElements, edit: Edit) -> Change:
    """A further change of a step, in which those before it hold."""
    if earlier is None:
        return Change(found, (edit,))
    kept = (each for each in earlier.edits if each.place != edit.place)
    return Change(earlier.before, (*kept, edit))


def changed(found: StepElements, edits: Sequence[Edit]) -> Recording:
    """The step with other numbers at some places, from the first line that one of them reaches.

    A number stays as it was said, whatever a line would give for it. A number of a parameter is
    also one of θ, and the other way round.
    """
    plan, values = found.plan, dict(found.values)
    for each in edits:
        values |= held(plan, each, values)
    first = min(lines_before(plan, tensor_at(each.place)) for each in edits)
    with np.errstate(all="ignore"):
        for line in plan.lines[first:]:
            values = interpret([line], values, np)
            for each in edits:
                if each.place.source in line.outputs:
                    values |= held(plan, each, values)
    moved = {state: values[new] for state, new in plan.assignments.items()}
    return recording(plan, Taken(values, moved))


def held(plan: Plan, edit: Edit, values: Values) -> Values:
    """A value with the number that is held in it, and θ with it."""
    tensor = tensor_at(edit.place)
    found = {tensor: replaced(values.get(tensor, tensor.value), edit.place.at, edit.value)}
    return found | parts_of_theta(plan, tensor, {**values, **found})


def replaced(array: np.ndarray | float | None, at: tuple[int, ...], value: float) -> Any:
    """The array, or the plain number, with another number at a place."""
    if not at:
        return np.asarray(value, np.asarray(array).dtype)[()]
    copy = np.array(array)
    copy[at] = value
    return copy


def parts_of_theta(plan: Plan, tensor: Tensor, values: Values) -> Values:
    """θ where one of its parts was changed, and the parts where θ was."""
    if plan.theta is None:
        return {}
    if tensor is plan.theta:
        return parameters(plan, values, np)
    if tensor not in plan.layout:
        return {}
    theta = values[plan.theta].copy()
    theta[plan.layout[tensor]] = np.reshape(values[tensor], -1)
    return {plan.theta: theta}


def lines_before(plan: Plan, tensor: Tensor) -> int:
    """How many lines there are up to the one that writes a value."""
    writer = plan.writers.get(tensor)
    return 0 if writer is None else plan.lines.index(writer) + 1


def differences(before: Recording, after: Recording) -> dict[str, np.ndarray]:
    """By how much each value has moved, of those that have."""
    found = {}
    for name, was in before.items():
        now = after[name]
        if not np.array_equal(was, now, equal_nan=was.dtype.kind == "f"):
            found[name] = now.astype(np.float64) - was.astype(np.float64)
    return found
