"""The graph of a program: values that depend on one another, each computed once.

A value is of `rows` where its first extent is that of the batch, else it is fixed. A `Number` is a
plain number of a step; the extent of the batch is one of them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pellucid.calls import Rows, Shape


class Unsupported(Exception):  # noqa: N818
    """Why a plan, or an equation of it, has no native program."""


class Number:
    """A plain number: known, set at each step, or computed from others."""

    __slots__ = ("inputs", "op", "value")

    def __init__(self, op: str, inputs: tuple[Number, ...] = (), value: float | None = None):
        self.op, self.inputs, self.value = op, inputs, value

    def __repr__(self) -> str:
        return f"{self.value}" if self.value is not None else f"{self.op}{list(self.inputs)}"


FOLDED: dict[str, Callable[..., float]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "pow": operator.pow, "negative": operator.neg,
    "remainder": operator.mod, "greater": lambda a, b: float(a > b),
    "less": lambda a, b: float(a < b), "sqrt": math.sqrt, "square": lambda a: a * a,
    "reciprocal": lambda a: 1.0 / a if a else math.copysign(math.inf, a),
    "maximum": max, "minimum": min,
}  # fmt: skip


def constant(value: float) -> Number:
    return Number("constant", (), float(value))


def combined(op: str, *given: Number | float) -> Number:
    """A number from others; worked out at once where all are known."""
    numbers = tuple(each if isinstance(each, Number) else constant(each) for each in given)
    known = [each.value for each in numbers if each.value is not None]
    if op in FOLDED and len(known) == len(numbers):
        return constant(FOLDED[op](*known))
    if op == "multiply" and known == [1.0]:
        return next(each for each in numbers if each.value is None)
    return Number(op, numbers)


class Operand(NamedTuple):
    """How a value is read: as it is, each element `inner` times, or `inner` elements in turn."""

    value: Any
    mode: str = "as_is"
    inner: int = 1


class Value:
    """An array of the program, and the operation that computes it."""

    __slots__ = ("attributes", "inputs", "op", "order", "shape")

    def __init__(
        self, op: str, inputs: Sequence[Operand] = (), attributes: tuple[Any, ...] = (),
        shape: Shape = (), order: int = 0,
    ):  # fmt: skip
        self.op, self.inputs, self.attributes = op, tuple(inputs), attributes
        self.shape, self.order = shape, order

    @property
    def of_rows(self) -> bool:
        return bool(self.shape) and isinstance(self.shape[0], Rows)

    @property
    def dims(self) -> tuple[int, ...]:
        """The extents within a row; all of them for a fixed value."""
        return tuple(each for each in self.shape if not isinstance(each, Rows))

    @property
    def width(self) -> int:
        return math.prod(self.dims)

    def of_dims(self, *dims: int) -> Shape:
        """A shape with other extents within a row."""
        return (Rows(), *dims) if self.of_rows else dims

    @property
    def reads(self) -> list[Value]:
        return [each.value for each in self.inputs if isinstance(each.value, Value)]

    def __repr__(self) -> str:
        return f"<{self.op} {self.shape}>"


class Graph:
    """Values, each made once: the same operation on the same inputs is the same value."""

    def __init__(self) -> None:
        self.rows = Number("rows")
        self.values: list[Value] = []
        self._known: dict[Any, Value] = {}

    def make(
        self, op: str, inputs: Sequence[Operand], shape: Shape, attributes: tuple[Any, ...] = ()
    ) -> Value:
        key = (op, attributes, shape, tuple(map(identity, inputs)))
        if key not in self._known:
            self._known[key] = Value(op, inputs, attributes, shape, len(self.values))
            self.values.append(self._known[key])
        return self._known[key]

    def written(self, op: str, inputs: Sequence[Operand], shape: Shape) -> Value:
        """A value with memory of its own, whatever others there are like it."""
        value = Value(op, inputs, (), shape, len(self.values))
        self.values.append(value)
        return value

    def given(self, op: str, shape: Shape, *attributes: Any) -> Value:
        """A value that comes from outside."""
        value = Value(op, (), attributes, shape, len(self.values))
        self.values.append(value)
        return value


def identity(operand: Operand) -> Any:
    value = operand.value
    if isinstance(value, Number) and value.value is not None:
        return value.value
    return (id(value), operand.mode, operand.inner)


def root(value: Value) -> Value:
    """What holds the numbers that `value` is a view of."""
    while value.op == "view":
        value = value.inputs[0].value
    return value
