"""Lowering what is done element by element, and arrays that come from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid.calls import Call, Rows, Shape
from pellucid.executors.native.graph import Number, Value, combined, constant
from pellucid.executors.native.lowerer import Lowered, Lowerer, Spread


class Draw(NamedTuple):
    """Which stream of random numbers, and their seed if it is not that of the network."""

    stream: int
    seed: int | None


def plain(to: Lowerer, call: Call) -> Lowered:
    return applied(to, call.function, [*map(to.narrow, call.operands)], call.shape)


def applied(to: Lowerer, op: str, given: Sequence[Number | Value], shape: Shape) -> Lowered:
    """An operation on numbers that are all spread over the same axes is done before they are."""
    narrow = {each.shape for each in given if isinstance(each, Value)}
    if len(narrow) == 1 and (own := narrow.pop()) != shape and spreads(own, shape):
        return Spread(to.written(op, given, own), shape)
    return to.written(op, given, shape)


def spreads(own: Shape, shape: Shape) -> bool:
    """Whether rows of shape `own` can be spread over `shape`."""
    return len(own) == len(shape) and bool(own) and own[0] == shape[0] == Rows()


def divide(to: Lowerer, call: Call) -> Lowered:
    a, b = map(to.narrow, call.operands)
    if isinstance(b, Value):
        return applied(to, "divide", (a, b), call.shape)
    return applied(to, "multiply", (a, combined("reciprocal", b)), call.shape)


def power(to: Lowerer, call: Call) -> Value:
    a, b = map(to.operand, call.operands)
    simple = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal", 1.0: "copy"}
    known = None if isinstance(b, Value) else b.value
    if known == 0.0:
        return to.written("fill", [constant(1.0)], call.shape)
    if known in simple:
        return to.written(simple[known], [a], call.shape)
    return to.written("pow", (a, b), call.shape)


def astype(to: Lowerer, call: Call) -> Lowered:
    return to.lowered(call.operands[0])


def full(to: Lowerer, call: Call) -> Value:
    return to.written("fill", [to.number(call.operands[0])], call.shape)


def broadcast_to(to: Lowerer, call: Call) -> Lowered:
    (value,) = to.all(call.operands)
    if spreads(value.shape, call.shape):
        return value if value.shape == call.shape else Spread(value, call.shape)
    return to.written("copy", [value], call.shape)


def known(to: Lowerer, call: Call) -> Value:
    return to.graph.given("fixed", call.shape, np.array(call.options["value"], call.dtype))


def arange(to: Lowerer, call: Call) -> Value:
    return to.graph.make("arange", (), call.shape)


def draw(to: Lowerer, call: Call) -> Value:
    """Random numbers from a seed of their own, or from that of the network."""
    seed = call.operands[0]
    own = int(seed) if isinstance(seed, (int, float)) else None
    return to.graph.make(call.function, (), call.shape, Draw(call.options["stream"], own))
