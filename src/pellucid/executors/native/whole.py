"""A whole plan as values of a graph: what a program computes, and where some of it stands."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pellucid.calls import Call, Calls, Given, Unrecordable, record
from pellucid.calls.recording import opened
from pellucid.executors.memory import Memory, views
from pellucid.executors.native.elsewhere import settled
from pellucid.executors.native.graph import Number, Operand, Unsupported, Value, combined, root
from pellucid.executors.native.lowerer import Lowerer
from pellucid.executors.native.lowering import lower
from pellucid.plan import Plan
from pellucid.tensor import Line, Tensor

Outside = Mapping[Tensor, Value | Number]
#: what is not computed by a kernel or a step of its own, so that it cannot be told where to stand
ELSEWHERE = {"fixed", "feed", "arange", "gathered", "part"}


class Moved(NamedTuple):
    """An array that the step changes, and its new value."""

    array: np.ndarray
    old: Value
    new: Value


class KeptNumber(NamedTuple):
    """A plain number that lives between steps, its new value, and where it is kept."""

    old: Number
    new: Number
    home: np.ndarray


@dataclass(frozen=True, eq=False)
class Gathered:
    """g: the gradients side by side in one array, each at home in its part of it."""

    value: Value
    array: np.ndarray
    homes: Mapping[Value, np.ndarray]


@dataclass(frozen=True, eq=False)
class Whole:
    """What a program computes. `of` says what became of each tensor of the plan."""

    of: Outside
    values: list[Value]
    outputs: list[Value]
    losses: list[Value]
    checks: list[Value]
    moved: list[Moved]
    kept: list[KeptNumber]
    gathered: Gathered | None
    rate: Number
    time: Number
    rows: Number


def whole(plan: Plan, memory: Memory, elsewhere: Container[Line]) -> Whole:
    """The plan lowered: forward and backward, then the gathering of g, then the update."""
    calls, to = recorded(plan, memory.dtype.name, elsewhere), Lowerer()
    rate, time = Number("rate"), Number("time")
    outside = given(plan, memory, to, rate, time)
    enter(calls, outside, to)
    update = [each for each in calls.calls if each.line.section == "update"]
    lower(to, [each for each in calls.calls if each.line.section != "update"])
    gathered = gather(plan, memory, calls, outside, to) if plan.flat else None
    lower(to, [each for each in update if each.line.output is not plan.g])
    of = {tensor: to.operand(each) for tensor, each in calls.values.items() if to.knows(each)}
    of |= outside
    outputs = [settled(to, to.filled(of[tensor])) for tensor in plan.outputs]
    losses = [to.filled(of[tensor]) for tensor in reported(plan)]
    moved = moves(plan, of, to)
    checked = [gathered.value, *(each.new for each in moved)] if gathered else []
    checks = [to.graph.written("check", [Operand(each)], ()) for each in [*checked, *losses[:1]]]
    return Whole(
        of,
        to.graph.values,
        outputs,
        losses,
        checks,
        moved,
        kept(plan, memory, of),
        gathered,
        rate,
        time,
        to.graph.rows,
    )


def recorded(plan: Plan, dtype: str, elsewhere: Container[Line]) -> Calls:
    try:
        return record(plan.lines, dtype, elsewhere=elsewhere)
    except Unrecordable as why:
        raise Unsupported(str(why), why.line) from None


def reported(plan: Plan) -> list[Tensor]:
    return [] if plan.loss is None else [plan.loss, *plan.losses]


def given(plan: Plan, memory: Memory, to: Lowerer, rate: Number, time: Number) -> Outside:
    """Values for all that comes from outside."""
    found: dict[Tensor, Value | Number] = {}
    for at, tensor in enumerate([*plan.inputs, *plan.targets, *plan.weights]):
        found[tensor] = to.graph.given("feed", opened(tensor.shape), at)
    for tensor, array in memory.arrays().items():
        held = None if tensor.is_setting else opened(tensor.shape)
        found[tensor] = Number("kept") if held is None else to.graph.given("fixed", held, array)
    known = {"η": rate, "t": time, "step": combined("subtract", time, 1.0)}
    return found | {each: known[name] for name, each in plan.numbers.items() if name in known}


def enter(calls: Calls, outside: Outside, to: Lowerer) -> None:
    for each in calls.given:
        value = outside.get(each.tensor) if each.tensor is not None else None
        if isinstance(each, Given):
            if not isinstance(value, Value):
                raise Unsupported(f"{each.tensor!r} comes from nowhere")
            to.values[each] = value
        elif isinstance(value, Number):
            to.numbers[each] = value


def gather(plan: Plan, memory: Memory, calls: Calls, outside: Outside, to: Lowerer) -> Gathered:
    """g, whose array the gradients are computed straight into."""
    assert plan.g is not None
    array = np.zeros_like(memory.parameters.vector)
    weights = memory.parameters.weights
    parts, homes = [], {}
    for weight, home in zip(weights, views(array, [each.shape for each in weights]), strict=True):
        if weight.tensor in plan.gradients:
            gradient = calls.values.get(plan.gradients[weight.tensor])
            known = (
                outside[plan.gradients[weight.tensor]] if gradient is None else to.operand(gradient)
            )
            value = to.filled(known)
            if root(value) in homes or root(value).op in ELSEWHERE:
                value = to.graph.written("copy", [Operand(value)], value.shape)
            homes[root(value)] = home
            parts.append(Operand(value))
    g = to.graph.given("gathered", opened(plan.g.shape), array)
    g.inputs = tuple(parts)
    written = calls.values[plan.g]
    if isinstance(written, Call):
        to.values[written] = g
    return Gathered(g, array, homes)


def moves(plan: Plan, of: Outside, to: Lowerer) -> list[Moved]:
    found = []
    for target, value in plan.assignments.items():
        if not target.is_setting:
            old = of[target]
            assert isinstance(old, Value)
            found.append(Moved(old.array, old, to.filled(of[value])))
    return found


def kept(plan: Plan, memory: Memory, of: Outside) -> list[KeptNumber]:
    if memory.step is None:
        return []
    found = []
    for name, tensor in memory.step.states.items():
        if tensor.is_setting and tensor in plan.assignments:
            old, new = of[tensor], of[plan.assignments[tensor]]
            assert isinstance(old, Number)
            assert isinstance(new, Number)
            found.append(KeptNumber(old, new, memory.optimizer[name]))
    return found
