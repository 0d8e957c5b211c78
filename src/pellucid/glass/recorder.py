"""Recording a step: the plan's own step on these rows, with the network as it stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.data import Batch
from pellucid.data.batches import dense_rows
from pellucid.glass.explanation import ROWS, Explanation
from pellucid.glass.recording import Recording, recording, taken_step
from pellucid.glass.room import room_of
from pellucid.layers.keeping import keep, numbers_of
from pellucid.plan import Plan
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine
from pellucid.training.feeding import shaped_input, shaped_target
from pellucid.training.nonfinite import explain_nonfinite


def record(engine: Engine, batch: Batch) -> Recording:
    """Every value of the next step on these rows, or of a prediction where they have no targets."""
    plan = plan_of(engine, batch)
    kinds = [str(each.dtype) for each in (*batch.x, *batch.y)]
    room, key = room_of(plan), (len(batch.x[0]), *kinds)
    xp = room.buffers(key)
    taken = taken_step(plan, given(plan, engine, batch, xp), xp)
    room.learn(key, xp)
    return recording(plan, taken)


def explain(engine: Engine, batch: Batch) -> Explanation:
    """The next step on a few rows, to be printed and asked."""
    if len(batch.x[0]) > ROWS:
        raise ValueError(
            f"explain shows up to {ROWS} rows of data at once, got {len(batch.x[0]):,}: "
            f"give some of them, such as x[:{ROWS}], or one, x[41:42]"
        )
    return Explanation(record(engine, batch))


def take_step(engine: Engine, batch: Batch) -> Recording:
    """Take the next step on these rows: the network moves to what is recorded."""
    plan, given = start(engine, batch)
    taken, memory = taken_step(plan, given), engine.memory
    checked = (taken.values[plan.total], *taken.moved.values())
    if not all(np.isfinite(value).all() for value in checked):
        raise explain_nonfinite(plan, given, batch, memory.epochs, 0)
    memory.wake(engine.optimizer.average)
    for state, array in memory.arrays().items():
        if state in taken.moved:
            array[...] = taken.moved[state]
    memory.steps += 1
    if engine.keeps:
        ends = plan.outputs[len(engine.network.outputs) :]
        keep(engine.network, [taken.values[each] for each in ends])
    return recording(plan, taken)


def start(engine: Engine, batch: Batch) -> tuple[Plan, dict[Tensor, Any]]:
    """The plan for these rows, and copies of all that its next step is given."""
    plan = plan_of(engine, batch)
    return plan, given(plan, engine, batch, np)


def plan_of(engine: Engine, batch: Batch) -> Plan:
    return engine.plan("train" if batch.y else "predict", batch.weight is not None)


def given(plan: Plan, engine: Engine, batch: Batch, xp: Any) -> dict[Tensor, Any]:
    """Copies of all that the next step is given, made by the library `xp`."""
    dtype = engine.memory.dtype
    read = with_states(engine, batch)
    return held(plan, engine, xp) | rows(plan, read, dtype, xp) | numbers(plan, engine)


def with_states(engine: Engine, batch: Batch) -> Batch:
    """The rows, and the states that layers have kept of the batch before, as further inputs."""
    if not engine.keeps:
        return batch
    states = numbers_of(engine.network, len(batch.x[0]), engine.memory.dtype)
    return batch._replace(x=(*batch.x, *states))


def held(plan: Plan, engine: Engine, xp: Any = np) -> dict[Tensor, Any]:
    """θ and the states; the parameters one by one in a plan that only reads them."""
    memory = engine.memory
    arrays = memory.arrays()
    if plan.theta is not None:
        parameters = plan.layout
        arrays = {tensor: each for tensor, each in arrays.items() if tensor not in parameters}
        arrays[plan.theta] = memory.awake(engine.optimizer.average)
    return {
        tensor: float(array) if tensor.is_setting else xp.copy(array)
        for tensor, array in arrays.items()
    }


def rows(plan: Plan, batch: Batch, dtype: Any, xp: Any = np) -> dict[Tensor, np.ndarray]:
    """Inputs, targets and weights, as the plan reads them."""
    found = {t: shaped_input(x, t) for t, x in zip(plan.inputs, batch.x, strict=True)}
    found |= {t: shaped_target(y, t) for t, y in zip(plan.targets, batch.y, strict=False)}
    found |= {t: np.asarray(batch.weight) for t in plan.weights}
    kinds = {tensor: None if tensor.dtype == "int" else dtype for tensor in found}
    every = slice(None)
    return {t: xp.copy(dense_rows(each, every, kinds[t])) for t, each in found.items()}


def numbers(plan: Plan, engine: Engine) -> dict[Tensor, Any]:
    """The learning rate and the number of the next step, and what its draws depend on."""
    memory, asked = engine.memory, plan.numbers
    known = {"seed": memory.seed, "step": memory.steps, "t": memory.steps + 1.0}
    if "η" in asked:
        known["η"] = float(engine.optimizer.rate(memory.steps))
    return {tensor: known[name] for name, tensor in asked.items()}
