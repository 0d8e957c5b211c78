"""From a plan to its program: a chain of pure functions, at whose end stands data.

plan ──whole──▶ values ──simplify──▶ ──schedule──▶ stages ──places──▶ ──steps──▶ Program
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pellucid.executors.memory import Memory
from pellucid.executors.native import _kernels
from pellucid.executors.native.calling import call
from pellucid.executors.native.graph import Number, Unsupported, Value, root
from pellucid.executors.native.kernels import Kernel, scale_of_gradient
from pellucid.executors.native.places import Places, in_place
from pellucid.executors.native.scheduling import (
    REDUCTIONS,
    SUMS,
    Stage,
    Work,
    domain,
    living,
    schedule,
)
from pellucid.executors.native.simplifying import simplify, telling
from pellucid.executors.native.steps import STEPS, Step, scatter
from pellucid.executors.native.whole import Gathered, Whole, whole
from pellucid.plan import Plan
from pellucid.tensor import Line


@dataclass(frozen=True, eq=False)
class Compiled:
    """A program, and what it was made of. `places` keeps the memory that the program works on."""

    program: _kernels.Program
    whole: Whole
    stages: list[Stage]
    places: Places
    kernels: list[Kernel]
    #: why equations are run by NumPy, if they are
    elsewhere: Mapping[Line, str]
    #: inputs that nothing but products reads, so that they may come in compressed form
    compressible: list[int]


def compiled(plan: Plan, memory: Memory) -> Compiled:
    """The program of a plan on the arrays of `memory`, or `Unsupported` with the reason.

    An equation that has no native form is left to NumPy, which is called for it.
    """
    elsewhere: dict[Line, str] = {}
    while True:
        try:
            return with_elsewhere(plan, memory, elsewhere)
        except Unsupported as why:
            if why.line is None or why.line in elsewhere or why.line.output.is_setting:
                raise
            elsewhere[why.line] = str(why)
            others = why.others.items()
            elsewhere |= {line: each for line, each in others if not line.output.is_setting}


def with_elsewhere(plan: Plan, memory: Memory, elsewhere: Mapping[Line, str]) -> Compiled:
    made = whole(plan, memory, elsewhere)
    wanted = {*made.outputs, *made.losses, *(each.new for each in made.moved)}
    simplify(made.values, {root(each) for each in wanted})
    values = living([*wanted, *telling(made.checks)])
    stages = schedule(values, wanted)
    homes = dict(made.gathered.homes) if made.gathered else {}
    replaced = in_place(stages, made.moved, homes)
    homes |= {root(each.new): each.array for each in replaced}
    before = {root(each.new): each.old for each in replaced}
    places = Places(memory.dtype, stages, values, wanted, homes, before)
    program, kernels = assembled(made, stages, places, memory)
    return Compiled(program, made, stages, places, kernels, elsewhere, compressible(places))


def assembled(
    made: Whole, stages: list[Stage], places: Places, memory: Memory
) -> tuple[_kernels.Program, list[Kernel]]:
    kernels: list[Kernel] = []
    phases = [phase(at, stage, made, places, kernels) for at, stage in enumerate(stages)]
    assigned = [
        _kernels.Assigned(target=places.buffer(each.old), value=places.buffer(each.new))
        for each in made.moved
        if places.homes.get(root(each.new)) is not each.array
    ]
    kept = [
        _kernels.Kept(
            number=places.number(each.old),
            value=places.number(each.new),
            home=each.home.ctypes.data,
        )
        for each in made.kept
    ]
    changing = [
        _kernels.Changing(data=array.ctypes.data, bytes=array.nbytes)
        for array in changed(made, memory)
    ]
    stream = streamed(made.gathered, kernels, places) if made.gathered else None
    losses = [places.buffer(value) for value in made.losses]
    numbers = plain_numbers(made, places)
    program = _kernels.Program(
        buffers=places.made,
        phases=phases,
        codes=[each.code for each in kernels],
        numbers=numbers,
        kept=kept,
        assigned=assigned,
        changing=changing,
        losses=losses,
        stream=stream,
    )
    return program, kernels


def phase(
    at: int, stage: Stage, made: Whole, places: Places, kernels: list[Kernel]
) -> _kernels.Phase:
    """What is done for each tile of rows, and then once. The second phase is the first on rows."""
    summed = [value for work in stage.rows for value in work.values if value.op in SUMS]
    sums = [places.buffer(value) for value in summed if value.op in REDUCTIONS]
    totals = [places.buffer(value) for value in summed]
    rows: list[Step] = feeds(places) if at == 1 else []
    for work in stage.rows:
        rows += on_rows(work, places, kernels)
    rows += [
        _kernels.Give(source=places.buffer(value), output=number)
        for number, value in enumerate(made.outputs)
        if places.phase.get(root(value), 1) == at
    ]
    fixed = [once(work, places, kernels) for work in stage.fixed]
    return _kernels.Phase(rows=rows, fixed=fixed, sums=sums, totals=totals)


def feeds(places: Places) -> list[Step]:
    """The inputs that are read, or given on as they are."""
    read = dict.fromkeys([*places.readers, *places.wanted])
    return [
        _kernels.Feed(to=places.buffer(value), input=value.start)
        for value in read
        if value.op == "feed"
    ]


def on_rows(work: Work, places: Places, kernels: list[Kernel]) -> list[Step]:
    if not work.is_kernel:
        (value,) = work.values
        return STEPS[value.op](places, value)
    kernels.append(Kernel(places, work.values, of_rows=True))
    return [_kernels.OnRows(kernel=len(kernels) - 1)]


def once(
    work: Work, places: Places, kernels: list[Kernel]
) -> _kernels.Once | _kernels.Elsewhere | _kernels.Scatter:
    if not work.is_kernel:
        (value,) = work.values
        if value.op == "scatter":
            return scatter(places, value)
        if value.op != "elsewhere":
            raise Unsupported(f"{value.op} of weights")
        return call(places, value)
    kernels.append(Kernel(places, work.values, of_rows=False))
    sums = kernels[-1].sums
    return _kernels.Once(kernel=len(kernels) - 1, size=domain(work.values[0]), sums=sums)


def plain_numbers(made: Whole, places: Places) -> _kernels.PlainNumbers:
    """The plain numbers, which every step works out first."""
    rate, time, rows = (places.number(each) for each in (made.rate, made.time, made.rows))
    values = [0.0 if number.value is None else number.value for number in places.numbers]
    code = [number_code(number, places) for number in places.numbers if number.inputs]
    return _kernels.PlainNumbers(values=values, code=code, rate=rate, time=time, rows=rows)


def number_code(number: Number, places: Places) -> _kernels.NumberCode:
    if number.op not in _kernels.Op.__members__:
        raise Unsupported(f"{number.op} of plain numbers")
    a, *b = [places.numbers[each] for each in number.inputs]
    op = _kernels.Op[number.op]
    return _kernels.NumberCode(op=op, to=places.numbers[number], a=a, b=(b or [a])[0])


def changed(made: Whole, memory: Memory) -> list[np.ndarray]:
    """The memory that a step changes, which comes back if it fails."""
    theta = memory.parameters.vector
    others = [each.array for each in made.moved if each.array is not theta]
    return [theta, *others] if made.gathered else others


def streamed(g: Gathered, kernels: list[Kernel], places: Places) -> _kernels.Stream | None:
    """Lets the update of weights follow their gradient, where nobody else reads it."""
    readers = places.real_readers(g.value)
    number = next(at for at, each in enumerate(kernels) if g.value in each.places)
    kernel = kernels[number]
    alone = len({id(places.work.get(reader)) for reader in readers}) == 1
    if not alone or kernel.of_rows or kernel.reads_fixed:
        return None
    made = [root(value) for value in g.value.reads]
    parts = [
        _kernels.StreamPart(buffer=places.buffer(value), first=first_of(g, value))
        for value in made
        if value.op in ("weights", "scatter") and len(places.readers[value]) == 1
    ]
    scale = scale_of_gradient(kernel)
    at = None if scale is None else places.number(scale)
    slot = kernel.places[g.value]
    return _kernels.Stream(kernel=number, gradient_slot=slot, scale=at, parts=parts)


def first_of(g: Gathered, value: Value) -> int:
    """Where a gradient stands in the array of all."""
    home = g.homes[value]
    return (home.ctypes.data - g.array.ctypes.data) // home.itemsize


def compressible(places: Places) -> list[int]:
    return [
        value.start
        for value in list(places.readers)
        if value.op == "feed"
        and value not in places.wanted
        and only_products(value, places.real_readers(value))
    ]


def only_products(x: Value, readers: list[Value]) -> bool:
    """Whether nothing but products with all of a row reads x."""
    return bool(readers) and all(
        each.op in ("forward", "weights")
        and root(each.reads[0]) is x
        and (each.dims[0] if each.op == "weights" else each.reads[1].dims[0]) == x.width
        for each in readers
    )
