"""What if a number were another: all later lines of the step, computed again by the plan."""

from __future__ import annotations

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


class Change(NamedTuple):
    """What was changed, and the step as it was."""

    words: str
    before: Recording


def change(found: StepElements, before: Recording, place: Place, value: float) -> Change:
    was, now = figure(found.number(place)), figure(value)
    return Change(f"{found.named(place)}: {was} → {now}", before)


def changed(found: StepElements, place: Place, value: float) -> Recording:
    """The step with another number at a place.

    Lines that write the value itself are not run again: it stays as it was said. A number of a
    parameter is also one of θ, and the other way round.
    """
    plan, tensor = found.plan, tensor_at(place)
    values = dict(found.values)
    values[tensor] = replaced(found.value(tensor), place.at, value)
    values |= parts_of_theta(plan, tensor, values)
    with np.errstate(all="ignore"):
        values = interpret(plan.lines[lines_before(plan, tensor) :], values, np)
    moved = {state: values[new] for state, new in plan.assignments.items()}
    return recording(plan, Taken(values, moved))


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
