"""Rewriting the graph: what one instruction can do, and checks that tell the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pellucid.executors.native.graph import Number, Operand, Value, combined, constant, root, same

ONE = constant(1.0)
#: what is not finite wherever something that it reads is not
CARRYING = {
    "copy", "negative", "square", "sqrt", "abs", "add", "subtract", "multiply", "blend", "view",
}  # fmt: skip


def simplify(values: list[Value], kept: set[Value]) -> None:
    """Rewrite in place; values that nobody reads any more are left to be dropped."""
    readers = Counter(read for value in values for read in value.reads)
    readers.update(kept)
    for value in values:
        sigmoid(value)
        factors(value, readers)
        blend(value, readers)


def sigmoid(value: Value) -> None:
    """(tanh(x/2) + 1)/2 → sigmoid(x)"""
    inner = times(value, 0.5)
    if inner is None or inner.op != "add" or not same(inner.inputs[1], 1.0):
        return
    tanh = inner.inputs[0].value
    if not isinstance(tanh, Value) or tanh.op != "tanh":
        return
    half = tanh.inputs[0].value
    x = times(half, 0.5)
    if isinstance(half, Value) and x is not None:
        value.op, value.inputs = "sigmoid", (half.inputs[0],)


def times(value: Value | Number, factor: float) -> Value | None:
    """x where value = x·factor"""
    if isinstance(value, Value) and value.op == "multiply" and same(value.inputs[1], factor):
        x = value.inputs[0].value
        return x if isinstance(x, Value) else None
    return None


def factors(value: Value, readers: Counter[Value]) -> None:
    """y·(x·a) → (x·y)·a for numbers x and y"""
    if value.op != "multiply":
        return
    for one, other in (value.inputs, value.inputs[::-1]):
        if isinstance(one.value, Number) and isinstance(other.value, Value):
            a, x = scaled(other, readers)
            if x is not ONE:
                value.inputs = (a, Operand(combined("multiply", one.value, x)))


def blend(value: Value, readers: Counter[Value]) -> None:
    """a·x + b·y for numbers x and y → one instruction"""
    if value.op not in ("add", "subtract") or any(
        isinstance(each.value, Number) or each.mode != "as_is" for each in value.inputs
    ):
        return
    (a, x), (b, y) = (scaled(each, readers) for each in value.inputs)
    if x is ONE and y is ONE:
        return
    if value.op == "subtract":
        y = combined("negative", y)
    value.op, value.inputs = "blend", (a, b, Operand(x), Operand(y))


def scaled(operand: Operand, readers: Counter[Value]) -> tuple[Operand, Number]:
    """(a, x) for an operand a·x that nobody else reads"""
    value = operand.value
    assert isinstance(value, Value)
    if value.op != "multiply" or readers[value] > 1:
        return operand, ONE
    for at in (0, 1):
        factor = value.inputs[at].value
        if isinstance(factor, Number) and value.inputs[1 - at].mode == "as_is":
            return value.inputs[1 - at], factor
    return operand, ONE


def telling(checks: Iterable[Value]) -> list[Value]:
    """The checks without those of values that make another one not finite that is checked too."""
    checks, told = list(checks), set()
    for check in checks:
        stack = carried(root(check.reads[0]))
        while stack:
            value = stack.pop()
            if value not in told:
                told.add(value)
                stack += carried(value)
    return [check for check in checks if root(check.reads[0]) not in told]


def carried(value: Value) -> list[Value]:
    """What is read that makes the value not finite where it is not; 1/∞ is 0, ∞/1 is not."""
    if value.op in CARRYING:
        return [*value.reads]
    dividend = value.inputs[0].value if value.op == "divide" else None
    return [dividend] if isinstance(dividend, Value) else []
