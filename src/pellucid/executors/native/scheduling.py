"""The order of work: phases, and in each the kernels and other steps.

What depends on a sum over all rows of the batch waits for the next phase. Within a phase, all
element-by-element work that can be done is gathered into one kernel before the next product.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pellucid.executors.native.graph import Value, root
from pellucid.executors.native.tracing import BINARY, UNARY

REDUCTIONS = {"column_sum", "total"}
VECTOR = {
    *UNARY, *BINARY, *REDUCTIONS, "copy", "reciprocal", "sigmoid", "where", "fill", "blend", "fma",
    "row_sum", "row_max", "row_min", "check",
}  # fmt: skip
#: what sums over the rows of a batch
SUMS = {*REDUCTIONS, "weights", "scatter", "convolve_weights"}
#: what is there before the program runs, and what is another value by another name
GIVEN = {"feed", "fixed", "arange"}
NAMES = {"view", "part", "joined", "gathered"}


class Work(NamedTuple):
    """One step: a kernel of several values, or the operation of one."""

    values: list[Value]
    is_kernel: bool


class Stage(NamedTuple):
    """A phase: what is done for each tile of rows, then what is done once."""

    rows: list[Work]
    fixed: list[Work]


def works_on_rows(value: Value) -> bool:
    return value.of_rows or (value.op in SUMS and value.inputs[0].value.of_rows)


def domain(value: Value) -> int:
    """How many elements a kernel on fixed values works on to compute this one."""
    return value.reads[0].width if value.op in ("total", "check") else value.width


def living(wanted: Iterable[Value]) -> list[Value]:
    """What `wanted` depends on, in order."""
    found: set[Value] = set()
    stack = list(wanted)
    while stack:
        value = stack.pop()
        if value not in found:
            found.add(value)
            stack.extend(value.reads)
    return sorted(found, key=lambda value: value.order)


def phases_of(values: list[Value]) -> dict[Value, int]:
    """The phase of each value; −1 for what depends on no rows."""
    phase: dict[Value, int] = {}
    for value in values:
        at = 0 if works_on_rows(value) else -1
        for read in value.reads:
            waits = works_on_rows(value) and not read.of_rows and phase[read] >= 0
            at = max(at, phase[read] + waits)
        phase[value] = at
    return phase


def schedule(values: list[Value], wanted: set[Value]) -> list[Stage]:
    phase = phases_of(values)
    filled = needed_fills(values, wanted)
    work = [
        value for value in values
        if value.op not in GIVEN | NAMES and (value.op != "fill" or value in filled)
    ]  # fmt: skip
    done = {
        value
        for value in values
        if value.op in GIVEN or (value.op == "fill" and value not in filled)
    }
    stages = []
    for at in range(-1, max(phase.values(), default=-1) + 1):
        here = [value for value in work if phase[value] == at]
        rows = ordered([value for value in here if works_on_rows(value)], done, by_domain=False)
        fixed = ordered([value for value in here if not works_on_rows(value)], done, by_domain=True)
        stages.append(Stage(rows, fixed))
    return stages


def needed_fills(values: list[Value], wanted: set[Value]) -> set[Value]:
    """The constant arrays that something else than a kernel reads."""
    outside = {root(read) for value in values if value.op not in VECTOR for read in value.reads}
    return {value for value in values if value.op == "fill"} & (outside | set(map(root, wanted)))


def ordered(pending: list[Value], done: set[Value], by_domain: bool) -> list[Work]:
    """Kernels as large as they can be, and between them the other steps."""
    steps: list[Work] = []
    while pending:
        before = len(pending)
        for kernel in kernels(pending, done, by_domain):
            steps.append(Work(kernel, True))
            done.update(kernel)
        others = [v for v in pending if v.op not in VECTOR and v not in done and ready(v, done)]
        steps += [Work([value], False) for value in others]
        done.update(others)
        pending = [value for value in pending if value not in done]
        assert len(pending) < before
    return steps


def kernels(pending: list[Value], done: set[Value], by_domain: bool) -> list[list[Value]]:
    found: dict[int, list[Value]] = {}
    inside: dict[int, set[Value]] = {}
    for value in pending:
        if value.op not in VECTOR:
            continue
        key = domain(value) if by_domain else 0
        here = inside.setdefault(key, set())
        if ready(value, done | here):
            found.setdefault(key, []).append(value)
            # a sum is complete only when the kernel is
            if value.op not in REDUCTIONS:
                here.add(value)
    return list(found.values())


def ready(value: Value, done: set[Value]) -> bool:
    return all(settled(read, done) for read in value.reads)


def settled(value: Value, done: set[Value]) -> bool:
    """Whether a value is there; what is another value by another name is there with that."""
    if value in done:
        return True
    return value.op in NAMES and all(settled(read, done) for read in value.reads)
