"""Arithmetic of two: of values, whose axes are brought in line, and of a value and known arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import layers
from pellucid.equations import choices
from pellucid.equations.arithmetic import Divide, Power, Sqrt, Square
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.values import Value, as_it_is, as_ours
from pellucid.tensor import Tensor

#: operators of two, as layers of two values
BOTH = {
    "Add": layers.Add,
    "Sum": layers.Add,
    "Sub": layers.Subtract,
    "Mul": layers.Multiply,
    "Max": layers.Maximum,
    "Min": layers.Minimum,
    "Mean": layers.Average,
}
#: and as the operation of a layer that holds one of the two
WITH = {
    "Add": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "Div": "divide",
    "Max": "maximum",
    "Min": "minimum",
    "Sum": "add",
}


@reader(*BOTH, "Div")
def combined(to: Builder, operator: Operator) -> Held:
    given = [to.values.get(name) for name in operator.reads]
    values = [each for each in given if isinstance(each, Value)]
    arrays = [each for each in given if isinstance(each, np.ndarray)]
    if len(values) + len(arrays) < len(given) or (arrays and len(given) != 2):
        raise refused(operator, "on these operands")
    if arrays:
        turned = isinstance(given[0], np.ndarray)
        return with_array(to, operator, values[0], arrays[0], turned)
    if len(values) == 1:
        return values[0]
    aligned = in_line(operator, values)
    tensors = [each.tensor for each in aligned]
    if operator.kind == "Div":
        return aligned[0]._replace(tensor=Divide()(*tensors))
    layer = BOTH[operator.kind]()
    return aligned[0]._replace(tensor=to.layer(layer, tensors, (), operator.called))


def in_line(operator: Operator, values: list[Value]) -> list[Value]:
    """Values of equally many axes in the same order, as arithmetic needs them."""
    if len({each.axes for each in values}) == 1:
        return values
    rank = max(len(each.axes) for each in values)
    padded = [each._replace(axes=(None,) * (rank - len(each.axes)) + each.axes) for each in values]
    if len({each.batch for each in padded}) > 1:
        raise refused(operator, "on values whose rows stand on different axes")
    if len({each.axes for each in padded}) == 1:
        return padded
    return [as_it_is(each) for each in padded]


def with_array(to: Builder, operator: Operator, x: Value, array: np.ndarray, turned: bool) -> Value:
    """A value and known numbers; more than one of them are the weights of a layer."""
    if array.size == 1 and array.ndim <= len(x.axes):
        return x._replace(tensor=with_number(operator, x.tensor, float(array.reshape(())), turned))
    if array.ndim > len(x.axes):
        x = x._replace(axes=(None,) * (array.ndim - len(x.axes)) + x.axes)
    pairs = zip(x.shape[-array.ndim :], array.shape, strict=True)
    if any(a == 1 and b != 1 for a, b in pairs):
        x = as_it_is(x)
    ours = as_ours(x, array)
    layer = layers.Elementwise(WITH[operator.kind], ours.shape, turned=turned)
    layer.trainable = operator.kind not in ("Sub", "Div")
    return x._replace(tensor=to.layer(layer, x.tensor, [ours], operator.called))


def with_number(operator: Operator, x: Tensor, number: float, turned: bool) -> Any:
    match operator.kind:
        case "Add" | "Sum":
            return x if number == 0 else x + number
        case "Sub":
            return number - x if turned else x - number
        case "Mul":
            return x if number == 1 else number * x
        case "Div":
            return number / x if turned else x if number == 1 else x / number
        case "Max" | "Min":
            return (choices.Maximum if operator.kind == "Max" else choices.Minimum)()(x, number)
    raise refused(operator, "of a number")


@reader("Not")
def opposite(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    return x._replace(tensor=1.0 - x.tensor)


@reader("Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal")
def compared(to: Builder, operator: Operator) -> Held:
    """1 where it is so, else 0; a ≥ b where not b > a"""
    given = [to.values[name] for name in operator.reads]
    a, b, x = operands(operator, given)
    if operator.kind in ("Less", "GreaterOrEqual"):
        a, b = b, a
    found = choices.Greater()(a, b)
    if operator.kind == "Equal":
        return x._replace(tensor=1.0 - found - choices.Greater()(b, a))
    return x._replace(tensor=1.0 - found if "OrEqual" in operator.kind else found)


@reader("Where")
def chosen(to: Builder, operator: Operator) -> Held:
    whole = from_the_end(to, operator)
    if whole is not None:
        return whole
    given = [to.values[name] for name in operator.reads]
    *three, x = operands(operator, given)
    return x._replace(tensor=choices.Where()(*three))


def from_the_end(to: Builder, operator: Operator) -> Value | None:
    """x of x + count where x < 0 else x, whole numbers that index: an index below 0 means that."""
    x = to.values[operator.reads[2]]
    below, moved = (to.writers.get(name) for name in operator.reads[:2])
    if not (isinstance(x, Value) and x.tensor.dtype == "int" and below and moved):
        return None
    zero = to.values.get(below.reads[1]) if below.kind == "Less" else None
    known = isinstance(zero, np.ndarray) and not zero.any()
    same = moved.kind == "Add" and below.reads[0] == moved.reads[0] == operator.reads[2]
    return x if known and same else None


def operands(operator: Operator, given: list[Any]) -> list[Any]:
    """Tensors in line, known numbers as they are; and a value with their axes."""
    values = iter(in_line(operator, [each for each in given if isinstance(each, Value)]))
    found: list[Any] = []
    last = None
    for each in given:
        if isinstance(each, Value):
            last = next(values)
            found.append(last.tensor)
        elif isinstance(each, np.ndarray) and each.size == 1:
            found.append(float(each.reshape(())))
        else:
            raise refused(operator, "with arrays of the file")
    return [*found, last]


@reader("Pow")
def power(to: Builder, operator: Operator) -> Held:
    x, exponent = to.value(operator), to.needed(operator, 1)
    if exponent.size != 1:
        raise refused(operator, "with several exponents")
    number = float(exponent.reshape(()))
    if number == 2:
        return x._replace(tensor=Square()(x.tensor))
    if number == 0.5:
        return x._replace(tensor=Sqrt()(x.tensor))
    return x._replace(tensor=Power()(x.tensor, number))
