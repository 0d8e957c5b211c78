"""How an element-by-element operation reads an array that is spread over its shape."""

from __future__ import annotations

import math

from pellucid.calls import Rows, Shape
from pellucid.executors.native.graph import Graph, Operand, Unsupported, Value
from pellucid.executors.native.moving import widened


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
