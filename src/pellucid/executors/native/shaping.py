"""Lowering calls that move numbers: other shapes, parts, and arrays joined."""

from __future__ import annotations

from pellucid.calls import Call, Rows
from pellucid.executors.native.graph import Unsupported, Value
from pellucid.executors.native.lowerer import Joined, Lowered, Lowerer, Turned
from pellucid.executors.native.moving import joined, taken, view


def reshape(to: Lowerer, call: Call) -> Value | Joined:
    """The same numbers in another shape; rows stay rows, or are joined to more rows."""
    x = to.array(call.operands[0])
    value = x.value if isinstance(x, Joined) else to.value(call.operands[0])
    rows = call.shape[0] if call.shape else 1
    if value.of_rows and isinstance(rows, Rows) and rows != value.shape[0]:
        return Joined(value, call.shape)
    return view(to.graph, value, call.shape)


def transpose(to: Lowerer, call: Call) -> Lowered:
    x = to.array(call.operands[0])
    if call.options["axes"] != (1, 0):
        raise Unsupported("the axes of an array are put in another order")
    return x.matrix if isinstance(x, Turned) else Turned(x)


def part(to: Lowerer, call: Call) -> Value:
    (value,) = to.all(call.operands)
    for axis, places in enumerate(call.options["places"]):
        if places is not None:
            value = taken(to.graph, value, axis, places)
    return value


def concat(to: Lowerer, call: Call) -> Value:
    return joined(to.graph, to.all(call.operands), call.options["axis"])
