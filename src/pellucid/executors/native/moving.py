"""Picking, joining and turning around arrays: rows put together from pieces of rows.

Weights, whose memory stays where it is, are picked from and joined without moving anything.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from pellucid.executors.native.graph import Graph, Number, Operand, Shape, Unsupported, Value

Key = tuple[Any, ...]
EVERYTHING = slice(None)


class Move(NamedTuple):
    """`again` times `repeats` pieces of so many `numbers`, from one place in a row to another."""

    start: int
    to: int
    numbers: int
    repeats: int
    step: int
    to_step: int
    again: int
    leap: int
    to_leap: int


def whole_key(key: Key, rank: int) -> Key:
    """The key with what `...` stands for; a new axis is None."""
    wanted = sum(each is not None and each is not Ellipsis for each in key)
    key = key if Ellipsis in key else (*key, Ellipsis)
    at = key.index(Ellipsis)
    return (*key[:at], *(EVERYTHING,) * (rank - wanted), *key[at + 1 :])


def picked(graph: Graph, value: Value, key: Key) -> tuple[Value, list[Any]]:
    """The numbers of value[key], and their shape."""
    shape: list[Any] = []
    axis = 0
    for each in whole_key(key, len(value.shape)):
        if each is None:
            shape.append(1)
            continue
        extent = value.shape[axis]
        if isinstance(each, int):
            value = taken(graph, value, axis, range(extent)[each : each + 1 or None])
        elif isinstance(each, slice) and each != EVERYTHING:
            value = taken(graph, value, axis, range_of(each, extent))
        elif each != EVERYTHING:
            raise Unsupported("an array is indexed with an array")
        if not isinstance(each, int):
            shape.append(value.shape[axis])
        axis += 1
    return value, shape


def range_of(index: slice, extent: Any) -> range:
    if isinstance(extent, Number):
        raise Unsupported("a part of the rows of the batch is picked")
    return range(*index.indices(extent))


def taken(graph: Graph, value: Value, axis: int, places: range) -> Value:
    """The value at these places along an axis."""
    extent = value.shape[axis]
    if places == range(extent):
        return value
    inner, count = math.prod(value.shape[axis + 1 :]), len(places)
    shape = (*value.shape[:axis], count, *value.shape[axis + 1 :])
    if not value.of_rows:
        if math.prod(value.shape[:axis]) > 1 or places.step != 1:
            raise Unsupported("a part of weights is picked that does not lie together")
        return graph.make("part", [Operand(value)], shape, (places.start * inner,))
    outer = math.prod(value.shape[1:axis])
    pieces = (
        (count * inner, 1, 0, 0) if places.step == 1 else (inner, count, places.step * inner, inner)
    )
    move = Move(places.start * inner, 0, *pieces, outer, extent * inner, count * inner)
    return graph.make("moved", [Operand(value)], shape, (False, tuple(move)))


def joined(graph: Graph, values: list[Value], axis: int) -> Value:
    """Values side by side along an axis."""
    first = values[0]
    extent = sum(value.shape[axis] for value in values)
    shape = (*first.shape[:axis], extent, *first.shape[axis + 1 :])
    if not any(value.of_rows for value in values):
        return side_by_side(graph, values, shape, math.prod(first.shape[:axis]))
    if not all(value.of_rows for value in values):
        raise Unsupported("weights are joined to rows")
    inner, outer = math.prod(first.shape[axis + 1 :]), math.prod(first.shape[1:axis])
    moves, operands, at = [], [], 0
    for value in values:
        own = value.shape[axis] * inner
        if own and not is_zero(value):
            moves.append(Move(0, at, own, 1, 0, 0, outer, own, extent * inner))
            operands.append(Operand(value))
        at += own
    zero = sum(move.numbers for move in moves) < extent * inner
    return graph.make("moved", operands, shape, (zero, *map(tuple, moves)))


def is_zero(value: Value) -> bool:
    if value.op == "view":
        return is_zero(value.reads[0])
    return value.op == "fill" and value.inputs[0].value.value == 0.0


def side_by_side(graph: Graph, values: list[Value], shape: Shape, repeats: int) -> Value:
    """Fixed values in one piece of memory, each a copy of its own."""
    if repeats > 1:
        raise Unsupported("weights are joined within their rows")
    copies = [
        graph.written("copy", [Operand(value)], value.shape) for value in values if value.width
    ]
    return graph.make("joined", [Operand(value) for value in copies], shape)


def widened(graph: Graph, value: Value, shape: Shape) -> Value:
    """Rows of numbers spread over `shape`, by as many copies as that takes."""
    value = with_axes(graph, value, len(shape))
    for axis in range(len(shape) - 1, 0, -1):
        own, extent = value.shape[axis], shape[axis]
        if own == 1 and extent != 1:
            inner, outer = math.prod(value.shape[axis + 1 :]), math.prod(value.shape[1:axis])
            move = Move(0, 0, inner, extent, 0, inner, outer, inner, extent * inner)
            spread = (*value.shape[:axis], extent, *value.shape[axis + 1 :])
            value = graph.make("moved", [Operand(value)], spread, (False, tuple(move)))
    return value


def with_axes(graph: Graph, value: Value, rank: int) -> Value:
    """Rows with axes of 1 before their own, up to a rank."""
    shape = (value.shape[0], *(1,) * (rank - len(value.shape)), *value.dims)
    return value if shape == value.shape else graph.make("view", [Operand(value)], shape)


def turned(graph: Graph, value: Value, first: int, last: int) -> Value:
    """Rows whose axes `first` up to `last` come after the others, joined into one."""
    outer, extent, inner = (
        math.prod(value.shape[1:first]),
        math.prod(value.shape[first:last]),
        math.prod(value.shape[last:]),
    )
    block = extent * inner
    moves = [
        tuple(Move(at * block, at * block, 1, extent, inner, 1, inner, 1, extent))
        for at in range(outer)
    ]
    shape = (*value.shape[:first], *value.shape[last:], extent)
    return graph.make("moved", [Operand(value)] * outer, shape, (False, *moves))
