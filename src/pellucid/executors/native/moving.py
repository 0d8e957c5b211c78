"""Picking, joining and spreading arrays: rows put together from pieces of rows.

Weights, whose memory stays where it is, are picked from and joined without moving anything.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from pellucid.calls import Rows, Shape
from pellucid.executors.native.graph import Graph, Operand, Unsupported, Value, same


class Move(NamedTuple):
    """`again` times `repeats` pieces of so many `numbers`, from one place in a row to another."""

    first: int
    to_first: int
    numbers: int
    repeats: int
    step: int
    to_step: int
    again: int
    leap: int
    to_leap: int


class Moves(NamedTuple):
    """What is moved from each value that is read; if they leave something out, it is `zero`."""

    moves: tuple[Move, ...]
    zero: bool = False


def view(graph: Graph, value: Value, shape: Shape) -> Value:
    """The same numbers in another shape; rows stay rows."""
    if value.of_rows and not (shape and shape[0] == value.shape[0]):
        raise Unsupported("a reshape joins or splits the rows of the batch")
    return value if shape == value.shape else graph.make("view", [Operand(value)], shape)


def taken(graph: Graph, value: Value, axis: int, places: range) -> Value:
    """The value at these places along an axis."""
    before, extent, after = around(value, axis)
    if places == range(extent):
        return value
    inner, outer, count = math.prod(after), math.prod(before), len(places)
    shape = value.of_dims(*before, count, *after)
    if not value.of_rows:
        if outer > 1 or places.step != 1:
            raise Unsupported("a part of weights is picked that does not lie together")
        return graph.make("part", [Operand(value)], shape, places.start * inner)
    numbers, repeats, step, to_step = (
        (count * inner, 1, 0, 0) if places.step == 1 else (inner, count, places.step * inner, inner)
    )
    move = Move(
        places.start * inner,
        0,
        numbers,
        repeats,
        step,
        to_step,
        outer,
        extent * inner,
        count * inner,
    )
    return graph.make("moved", [Operand(value)], shape, Moves((move,)))


def around(value: Value, axis: int) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
    """The extents of a row before an axis, at it, and after it."""
    at = axis - value.of_rows
    return value.dims[:at], value.dims[at], value.dims[at + 1 :]


def joined(graph: Graph, values: list[Value], axis: int) -> Value:
    """Values side by side along an axis."""
    first = values[0]
    before, _, after = around(first, axis)
    extent = sum(around(value, axis)[1] for value in values)
    shape = first.of_dims(*before, extent, *after)
    inner, outer = math.prod(after), math.prod(before)
    if not any(value.of_rows for value in values):
        return side_by_side(graph, values, shape, outer)
    if not all(value.of_rows for value in values):
        raise Unsupported("weights are joined to rows")
    moves, operands, at = [], [], 0
    for value in values:
        own = around(value, axis)[1] * inner
        if own and not is_zero(value):
            moves.append(Move(0, at, own, 1, 0, 0, outer, own, extent * inner))
            operands.append(Operand(value))
        at += own
    zero = sum(move.numbers for move in moves) < extent * inner
    return graph.make("moved", operands, shape, Moves(tuple(moves), zero))


def is_zero(value: Value) -> bool:
    if value.op == "view":
        return is_zero(value.reads[0])
    return value.op == "fill" and same(value.inputs[0], 0.0)


def side_by_side(graph: Graph, values: list[Value], shape: Shape, repeats: int) -> Value:
    """Fixed values in one piece of memory, each a copy of its own."""
    if repeats > 1:
        raise Unsupported("weights are joined within their rows")
    copies = [
        graph.written("copy", [Operand(value)], value.shape) for value in values if value.width
    ]
    return graph.make("joined", [Operand(value) for value in copies], shape)


def widened(graph: Graph, value: Value, dims: tuple[int, ...]) -> Value:
    """Rows of numbers spread over `dims`, by as many copies as that takes."""
    missing = len(dims) - len(value.dims)
    value = view(graph, value, value.of_dims(*(1,) * missing, *value.dims))
    for axis in range(len(dims), 0, -1):
        before, own, after = around(value, axis)
        extent = dims[axis - 1]
        if own == 1 and extent != 1:
            inner, outer = math.prod(after), math.prod(before)
            move = Move(0, 0, inner, extent, 0, inner, outer, inner, extent * inner)
            shape = value.of_dims(*before, extent, *after)
            value = graph.make("moved", [Operand(value)], shape, Moves((move,)))
    return value


def spread(graph: Graph, value: Value, shape: Shape) -> Operand:
    """`value` as it is read for a result of `shape`."""
    if value.shape == shape:
        return Operand(value)
    of_rows = bool(shape) and isinstance(shape[0], Rows)
    dims = tuple(each for each in shape if not isinstance(each, Rows))
    if value.width == 1 and not value.of_rows:
        single = not of_rows and math.prod(dims) == 1
        return Operand(value) if single else Operand(value, "tile", 1)
    own = value.dims[-len(dims) :] if dims else ()
    own = (1,) * (len(dims) - len(own)) + own
    if value.of_rows == of_rows and own == dims:
        return Operand(value)
    if not of_rows:
        raise Unsupported(f"an array {value.shape} spread over {shape}")
    return rows_spread(graph, value, own, dims) if value.of_rows else in_turn(value, own, dims)


def rows_spread(graph: Graph, value: Value, own: tuple[int, ...], dims: tuple[int, ...]) -> Operand:
    narrow = [at for at, extent in enumerate(own) if extent != dims[at]]
    first, last = narrow[0], narrow[-1] + 1
    if math.prod(own[first:last]) == 1:
        return Operand(value, "repeat", math.prod(dims[first:last]), math.prod(dims[last:]))
    return Operand(widened(graph, value, dims))


def in_turn(value: Value, own: tuple[int, ...], dims: tuple[int, ...]) -> Operand:
    wide = wider(own, dims)
    first = wide[0] if wide else len(dims)
    if own[first:] != dims[first:]:
        raise Unsupported(f"an array {value.shape} spread over rows of {dims}")
    return Operand(value, "tile", value.width)


def wider(own: tuple[int, ...], dims: tuple[int, ...]) -> list[int]:
    """The axes along which there is something to read."""
    return [at for at, extent in enumerate(own) if extent != 1 and extent == dims[at]]
