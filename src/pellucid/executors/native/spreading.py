"""Shapes: which axes are meant, what arrays are spread over, and how a spread array is read."""

from __future__ import annotations

import math
from typing import Any

from pellucid.executors.native.graph import Graph, Number, Operand, Shape, Unsupported, Value
from pellucid.executors.native.moving import widened


def filled(shape: Shape, size: int) -> Shape:
    """A shape with its −1 worked out."""
    if -1 not in shape:
        return shape
    known = math.prod(extent for extent in shape if extent != -1)
    return tuple(size // known if extent == -1 else extent for extent in shape)


def axes_of(axis: Any, rank: int) -> set[int]:
    if axis is None:
        return set(range(rank))
    return {each % rank for each in (axis if isinstance(axis, (tuple, list)) else (axis,))}


def common(shapes: list[Shape]) -> Shape:
    """The shape that all are spread to, by NumPy's rule."""
    rank = max(map(len, shapes))
    result = []
    for extents in zip(*[(1,) * (rank - len(shape)) + shape for shape in shapes], strict=True):
        wider = [extent for extent in extents if isinstance(extent, Number) or extent != 1]
        result.append(wider[0] if wider else 1)
    return tuple(result)


def spread(graph: Graph, value: Value, shape: Shape) -> Operand:
    of_rows = isinstance(shape[0], Number) if shape else False
    dims = shape[1:] if of_rows else shape
    own = value.dims[-len(dims) :] if dims else ()
    own = (1,) * (len(dims) - len(own)) + own
    if value.of_rows == of_rows and own == dims:
        return Operand(value)
    if not of_rows:
        raise Unsupported(f"an array {value.shape} spread over {shape}")
    wide = [at for at, extent in enumerate(own) if extent != 1 and extent == dims[at]]
    if not value.of_rows:
        first = wide[0] if wide else len(dims)
        if own[first:] == dims[first:]:
            return Operand(value, "tile", value.width)
    else:
        last = wide[-1] + 1 if wide else 0
        if own[:last] == dims[:last]:
            return Operand(value, "repeat", math.prod(dims[last:]))
        return Operand(widened(graph, value, shape))
    raise Unsupported(f"an array {value.shape} spread over {shape}")
