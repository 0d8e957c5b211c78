"""Calls as loops over arrays of numbers: a table over their names, for languages with C's syntax.

A writer gives lines. `i0`, `i1`, … count through the result; indices are worked out for the shapes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from pellucid.calls import Call
from pellucid.calls.vocabulary import BINARY, CONDITIONS, UNARY
from pellucid.calls.writers import Writers
from pellucid.interop.language import Language
from pellucid.interop.listing import Array, Step

Lines = Iterator[str]
Writer = Callable[[Language, Step], Lines]
WRITERS: Writers[Writer] = Writers()
writer = WRITERS.of
SIGNS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}


def lines_of(to: Language, step: Step) -> Lines:
    """The loops of one step; none for what is the same numbers by another shape."""
    function = step.call.function
    if function == "reshape":
        return iter(())
    return WRITERS.find(function, to.name)(to, step)


def statements(to: Language, steps: Sequence[Step]) -> Lines:
    """The loops of all steps, each equation above its own."""
    equation = ""
    for step in steps:
        lines = list(lines_of(to, step))
        if lines and step.equation != equation:
            equation = step.equation
            yield to.comment(equation)
        yield from lines


def nested(to: Language, extents: Sequence[int], body: Sequence[str], first: int = 0) -> Lines:
    """Loops over all extents but those of 1, around the body."""
    counted = [at for at, extent in enumerate(extents) if extent != 1]
    for depth, at in enumerate(counted):
        yield "  " * depth + to.loop(f"i{at + first}", extents[at])
    yield from ("  " * len(counted) + line for line in body)
    yield from ("  " * depth + "}" for depth in reversed(range(len(counted))))


def block(to: Language, extents: Sequence[int], body: Sequence[str]) -> Lines:
    """The same, where the body has variables of its own."""
    if any(extent != 1 for extent in extents):
        yield from nested(to, extents, body)
    else:
        yield from ("{", *(f"  {line}" for line in body), "}")


def place(array: Array, shape: Sequence[int], axes: Sequence[int] | None = None) -> str:
    """array[…] at the place of the result that the loops are at, spread by NumPy's rule."""
    axes = range(len(shape) - len(array.shape), len(shape)) if axes is None else axes
    return at(array, terms(array.shape, axes))


def at(array: Array, terms: Sequence[str]) -> str:
    """array[start + terms]"""
    parts = [*([str(array.start)] if array.start or not terms else []), *terms]
    number = f"{array.name}[{' + '.join(parts)}]"
    return f"{number} * {array.name}_scale[{terms[-1]}]" if array.scaled else number


def read(to: Language, given: Array | float, shape: Sequence[int]) -> str:
    return place(given, shape) if isinstance(given, Array) else to.literal(given)


def expression(to: Language, call: Call, given: Sequence[str]) -> str:
    """One number of the result, from numbers."""
    function = call.function
    if function in CONDITIONS:
        return f"{given[0]} {SIGNS[function]} {given[1]} ? {to.literal(1)} : {to.literal(0)}"
    if function in SIGNS:
        return f"{given[0]} {SIGNS[function]} {given[1]}"
    match function:
        case "negative":
            return f"-{given[0]}"
        case "square":
            return f"{given[0]} * {given[0]}"
        case "where":
            return f"{given[0]} != {to.literal(0)} ? {given[1]} : {given[2]}"
        case "astype" | "full" | "broadcast_to":
            return given[0]
    return to.call(function, given)


@writer(*UNARY, *BINARY, *CONDITIONS, "where", "astype", "full", "broadcast_to")
def elementwise(to: Language, step: Step) -> Lines:
    shape, alike = step.result.shape, step.result.size
    same = all(not isinstance(each, Array) or each.shape == shape for each in step.given)
    if same and alike > 1:
        result, *given = (flat(each) for each in (step.result, *step.given))
        step = step._replace(result=result, given=tuple(given))
        shape = (alike,)
    numbers = [read(to, each, shape) for each in step.given]
    body = f"{place(step.result, shape)} = {expression(to, step.call, numbers)};"
    yield from nested(to, shape, [body])


def flat(given: Any) -> Any:
    return given._replace(shape=(given.size,)) if isinstance(given, Array) else given


@writer("constant")
def constant(to: Language, step: Step) -> Lines:
    values = np.ravel(np.asarray(step.call.options["value"], float))
    for number, value in enumerate(values):
        yield f"{step.result.name}[{step.result.start + number}] = {to.literal(float(value))};"


@writer("arange")
def arange(to: Language, step: Step) -> Lines:
    yield from nested(to, step.result.shape, [f"{place(step.result, step.result.shape)} = i0;"])


@writer("transpose")
def transpose(to: Language, step: Step) -> Lines:
    (source,) = arrays(step)
    shape, axes = step.result.shape, step.call.options["axes"]
    back = [axes.index(axis) for axis in range(len(shape))]
    yield from nested(to, shape, [f"{place(step.result, shape)} = {place(source, shape, back)};"])


@writer("slice")
def part(to: Language, step: Step) -> Lines:
    (source,) = arrays(step)
    shape = step.result.shape
    picked = at(source, list(picked_terms(step, source.shape)))
    yield from nested(to, shape, [f"{place(step.result, shape)} = {picked};"])


@writer("put")
def put(to: Language, step: Step) -> Lines:
    """A copy of x, then d in some of its places."""
    source, given = step.given
    assert isinstance(source, Array)
    yield from nested(
        to,
        (source.size,),
        [f"{place(flat(step.result), (source.size,))} = {place(flat(source), (source.size,))};"],
    )
    places = step.call.options["places"]
    pairs = zip(places, source.shape, strict=True)
    shape = tuple(extent if each is None else len(each) for each, extent in pairs)
    picked = at(step.result, list(picked_terms(step, source.shape)))
    yield from nested(to, shape, [f"{picked} = {read(to, given, shape)};"])


def picked_terms(step: Step, shape: Sequence[int]) -> Iterator[str]:
    """The terms of the index of what is picked from an array of the shape."""
    places: Any = step.call.options["places"]
    for axis, (picked, extent) in enumerate(zip(places, shape, strict=True)):
        stride = math.prod(shape[axis + 1 :])
        first, by = (0, 1) if picked is None else (picked.start, picked.step)
        if first:
            yield str(first * stride)
        if (extent if picked is None else len(picked)) != 1:
            yield f"i{axis}" if by * stride == 1 else f"i{axis} * {by * stride}"


@writer("concat")
def concat(to: Language, step: Step) -> Lines:
    axis: Any = step.call.options["axis"]
    shape, before = step.result.shape, 0
    stride = math.prod(shape[axis + 1 :])
    for source in arrays(step):
        there = step.result._replace(start=step.result.start + before * stride)
        inside = [
            term for term, extent in zip(each_term(shape), source.shape, strict=True) if extent != 1
        ]
        moved = f"{at(there, inside)} = {place(source, source.shape)};"
        yield from nested(to, source.shape, [moved])
        before += source.shape[axis]


def each_term(shape: Sequence[int]) -> Iterator[str]:
    """What each axis adds to an index."""
    for axis in range(len(shape)):
        stride = math.prod(shape[axis + 1 :])
        yield f"i{axis}" if stride == 1 else f"i{axis} * {stride}"


@writer("take")
def take(to: Language, step: Step) -> Lines:
    """Rows of a table, by whole numbers; those below 0 count from its end."""
    table, numbers = arrays(step)
    axis: Any = step.call.options["axis"]
    shape, rank = step.result.shape, len(numbers.shape)
    extent, width = table.shape[axis], math.prod(table.shape[axis + 1 :])
    outer = terms((*table.shape[:axis], extent * width), range(axis))
    inner = terms(table.shape[axis + 1 :], range(axis + rank, len(shape)))
    named = place(numbers, shape, range(axis, axis + rank))
    row = at(table, [*outer, f"r * {width}" if width != 1 else "r", *inner])
    body = [
        to.row("r", named, extent),
        f"{place(step.result, shape)} = {row};",
    ]
    yield from block(to, shape, body)


@writer("sum", "mean", "max", "min")
def reduction(to: Language, step: Step) -> Lines:
    """A number s over the axes that are summed, for each of the others."""
    (source,) = arrays(step)
    axes: Any = step.call.options["axis"]
    kept = [1 if axis in axes else extent for axis, extent in enumerate(source.shape)]
    over = [extent if axis in axes else 1 for axis, extent in enumerate(source.shape)]
    function, count = step.call.function, math.prod(over)
    value, result = place(source, source.shape), step.result._replace(shape=tuple(kept))
    if function in ("max", "min"):
        start = to.literal(-np.inf if function == "max" else np.inf)
        name = "maximum" if function == "max" else "minimum"
        added = f"s = {to.call(name, ['s', value])};"
    else:
        start, added = to.literal(0), f"s += {value};"
    mean = f" / {to.literal(count)}" if function == "mean" else ""
    body = [
        f"{to.changing} s = {start};",
        *nested(to, over, [added]),
        f"{place(result, source.shape)} = s{mean};",
    ]
    yield from block(to, kept, body)


@writer("matmul")
def matmul(to: Language, step: Step) -> Lines:
    """Each row of a·b: the numbers of a row of a, one after the other, times rows of b."""
    a, b = arrays(step)
    k, m = b.shape[-2:]
    over, column = step.result.shape[:-1], len(step.result.shape) - 1
    behind = 0 if len(a.shape) == 1 else 1
    of_a = terms(a.shape, range(column - len(a.shape) + 1, column))
    of_b = terms(b.shape, range(column - behind - len(b.shape) + 2, column - behind))
    across = [] if m == 1 else [f"i{column}"]
    sums = place(step.result, step.result.shape)
    product = at(b, [*of_b, f"k * {m}" if m != 1 else "k", *across])
    body = [
        *nested(to, (m,), [f"{sums} = {to.literal(0)};"], column),
        to.loop("k", k),
        f"  {to.fixed} a = {at(a, [*of_a, 'k'])};",
        *("  " + line for line in nested(to, (m,), [f"{sums} += a * {product};"], column)),
        "}",
    ]
    yield from nested(to, over, body)


def terms(shape: Sequence[int], axes: Sequence[int]) -> list[str]:
    """What the first axes of an array add to an index; `axes` counts them in the result."""
    found = []
    for axis, (at_result, extent) in enumerate(zip(axes, shape, strict=False)):
        stride = math.prod(shape[axis + 1 :])
        if extent != 1:
            found.append(f"i{at_result}" if stride == 1 else f"i{at_result} * {stride}")
    return found


def arrays(step: Step) -> list[Array]:
    """What a step reads, where all of it are arrays."""
    found = [each for each in step.given if isinstance(each, Array)]
    if len(found) != len(step.given):
        raise ValueError(f"{step.call.function} reads a plain number")
    return found
