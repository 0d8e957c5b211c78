"""Lowering equations without a native form: the program has NumPy run them, once a batch."""

from __future__ import annotations

from typing import NamedTuple

from pellucid.calls import Call, Given, Shape
from pellucid.executors.native.graph import Operand, Value, is_called, root
from pellucid.executors.native.lowerer import Lowerer
from pellucid.tensor import Operation


class Form(NamedTuple):
    """The shape of an array, and the kind of numbers that the equation takes them for."""

    shape: Shape
    kind: str


class Equation(NamedTuple):
    """An equation, and what the arrays that it is given are like; None for a plain number."""

    operation: Operation
    forms: tuple[Form | None, ...]


def called(to: Lowerer, call: Call) -> Value:
    """The first result of an equation that is called; the others are beside it."""
    operands = [Operand(to.operand(each)) for each in call.operands]
    forms = [
        Form(each.shape, each.dtype) if isinstance(each, (Call, Given)) else None
        for each in call.operands
    ]
    detail = Equation(call.line.equation, tuple(forms))
    value = to.graph.written("elsewhere", operands, call.shape)
    value.detail = detail
    return value


def settled(to: Lowerer, value: Value) -> Value:
    """A value that is given tile by tile, also where it is computed once a batch."""
    called = is_called(root(value))
    return to.graph.written("copy", [Operand(value)], value.shape) if called else value
