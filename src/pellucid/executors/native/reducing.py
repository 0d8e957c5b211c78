"""Lowering reductions: over the numbers of each row, or over the rows of the batch."""

from __future__ import annotations

import math

from pellucid.calls import Call
from pellucid.calls.shapes import size
from pellucid.executors.native.graph import Operand, Unsupported, Value, combined
from pellucid.executors.native.lowerer import Lowerer
from pellucid.executors.native.moving import view


def reduced(to: Lowerer, call: Call) -> Value:
    """A sum, or the largest or smallest number."""
    return over_axes(to, call, call.function)


def mean(to: Lowerer, call: Call) -> Value:
    total, x = over_axes(to, call, "sum"), to.value(call.operands[0])
    count = size(x.shape[axis] for axis in call.options["axis"])
    share = combined("reciprocal", to.number(count))
    return to.written("multiply", (total, share), call.shape)


def over_axes(to: Lowerer, call: Call, how: str) -> Value:
    (x,), axes = to.all(call.operands), set(call.options["axis"])
    if not axes:
        return x
    if x.of_rows and 0 not in axes:
        return within_rows(to, x, axes, call, how)
    if how != "sum":
        raise Unsupported(f"the {how} over the rows of a batch")
    if len(axes) == len(x.shape):
        return to.graph.make("total", [Operand(x)], call.shape)
    if axes != set(range(len(axes))) or not x.of_rows:
        raise Unsupported("a sum over these axes")
    return to.graph.make("column_sum", [Operand(x)], call.shape)


def within_rows(to: Lowerer, x: Value, axes: set[int], call: Call, how: str) -> Value:
    first, last = min(axes), max(axes) + 1
    if axes != set(range(first, last)):
        raise Unsupported("a reduction over axes that are not neighbours")
    if math.prod(x.dims[first - 1 : last - 1]) == 1:
        return view(to.graph, x, call.shape)
    apart = math.prod(x.dims[last - 1 :])
    if how == "sum" and x.op == "lookup" and apart == x.dims[-1] and x.detail == 1:
        together = math.prod(x.dims[first - 1 : last - 1])
        return to.graph.make("lookup", x.inputs, call.shape, together)
    return to.graph.make(f"row_{how}", [Operand(x)], call.shape, apart)
