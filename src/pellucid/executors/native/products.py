"""Lowering matrix products of rows and weights, and tables of which rows are looked up."""

from __future__ import annotations

import math

from pellucid.calls import Call, Rows
from pellucid.executors.native.graph import Operand, Unsupported, Value
from pellucid.executors.native.lowerer import Array, Joined, Lowerer, Spread, Turned


def matmul(to: Lowerer, call: Call) -> Value | Joined:
    """X·W, dZ·Wᵀ, or Xᵀ·dZ, which sums over the rows of the batch."""
    a, b = map(to.array, call.operands)
    if isinstance(a, Turned):
        return over_rows(to, a.matrix, b)
    op, w = ("backward", b.matrix) if isinstance(b, Turned) else ("forward", b)
    if not isinstance(w, Value) or w.of_rows or len(w.shape) != 2:
        raise Unsupported("a product of rows with rows")
    x, width = rows_of(a)
    k, m = w.dims
    each, last = x.width // width, m if op == "forward" else k
    shape = x.of_dims(*(x.dims[:-1] if x is a else (each,)), last)
    z = to.graph.make(op, [Operand(x), Operand(w)], shape)
    return z if x is a else Joined(z, call.shape)


def over_rows(to: Lowerer, a: Value | Joined, b: Array) -> Value:
    (x, k), (dz, m) = rows_of(a), rows_of(b)
    return to.graph.make("weights", [Operand(x), Operand(dz)], (k, m))


def rows_of(matrix: Array) -> tuple[Value, int]:
    """What holds the rows of a matrix, and how wide they are."""
    if isinstance(matrix, Turned):
        raise Unsupported("a product of two transposes")
    value = matrix.value if isinstance(matrix, Joined) else matrix
    if not value.of_rows:
        raise Unsupported("a product of weights with weights")
    dims = [each for each in matrix.shape if not isinstance(each, Rows)]
    return value, dims[-1] if dims else 1


def take(to: Lowerer, call: Call) -> Value | Joined:
    """Rows of a table: E = W[X]"""
    w, numbers = to.value(call.operands[0]), to.array(call.operands[1])
    x, _ = rows_of(numbers)
    if call.options["axis"] != 0 or w.of_rows or len(w.shape) != 2:
        raise Unsupported("rows are taken from something else than a table")
    shape = x.of_dims(*x.dims, w.dims[1])
    e = to.graph.make("lookup", [Operand(x), Operand(w)], shape, 1)
    return e if shape == call.shape else Joined(e, call.shape)


def scatter(to: Lowerer, call: Call) -> Value:
    """dW[k] = Σ dE over the places where X = k"""
    x, de = to.value(call.operands[0]), to.lowered(call.operands[1])
    together = repeats(de) if isinstance(de, Spread) else 1
    value = de.value if isinstance(de, Spread) and together > 1 else to.value(call.operands[1])
    return to.graph.make("scatter", [Operand(x), Operand(value)], call.shape, together)


def repeats(de: Spread) -> int:
    """How many neighbours share a row of dE; 1 if it is repeated over other axes too."""
    *own, _ = de.value.dims
    dims = [each for each in de.shape if not isinstance(each, Rows)][:-1]
    first = next(at for at, extent in enumerate(own) if extent != dims[at])
    return math.prod(dims[first:]) if math.prod(own[first:]) == 1 else 1
