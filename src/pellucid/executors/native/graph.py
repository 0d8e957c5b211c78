"""The graph of a program: values that depend on one another, each computed once.

A value is of `rows` where its first extent is that of the batch, else it is fixed. A `Number` is a
plain number of a step; the extent of the batch is one of them.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pellucid.calls import Rows, Shape
from pellucid.executors.native import _kernels
from pellucid.tensor import Line


class Unsupported(Exception):  # noqa: N818
    """Why a plan, or the equation of a `line` of it, has no native program; `others` likewise."""

    def __init__(
        self, why: str, line: Line | None = None, others: Mapping[Line, str] | None = None
    ):
        super().__init__(why)
        self.line, self.others = line, others or {}


class Number:
    """A plain number: known, set at each step, or computed from others."""

    __slots__ = ("inputs", "op", "value")

    def __init__(self, op: str, inputs: tuple[Number, ...] = (), value: float | None = None):
        self.op, self.inputs, self.value = op, inputs, value

    def __repr__(self) -> str:
        return f"{self.value}" if self.value is not None else f"{self.op}{list(self.inputs)}"


def constant(value: float) -> Number:
    return Number("constant", (), float(value))


def combined(op: str, *given: Number | float) -> Number:
    """A number from others; worked out at once where all are known."""
    numbers = tuple(each if isinstance(each, Number) else constant(each) for each in given)
    known = [each.value for each in numbers if each.value is not None]
    if op in _kernels.Op.__members__ and len(known) == len(numbers):
        return constant(_kernels.compute(_kernels.Op[op], known[0], known[-1]))
    if op == "multiply" and known == [1.0]:
        return next(each for each in numbers if each.value is None)
    return Number(op, numbers)


class Operand(NamedTuple):
    """How a value is read: as it is, each `apart` elements `inner` times, or `inner` in turn."""

    value: Value | Number
    mode: str = "as_is"
    inner: int = 1
    apart: int = 1


class Value:
    """An array of the program, and the operation that computes it.

    `detail` is what else there is to say: the number of an input or of a first place, the array of
    what is given, a window, the moves that put rows together.
    """

    __slots__ = ("detail", "inputs", "op", "order", "shape")

    def __init__(
        self, op: str, inputs: Sequence[Operand], shape: Shape, detail: object, order: int
    ):
        self.op, self.inputs, self.shape = op, tuple(inputs), shape
        self.detail, self.order = detail, order

    @property
    def array(self) -> np.ndarray:
        """The array of what is given."""
        assert isinstance(self.detail, np.ndarray)
        return self.detail

    @property
    def start(self) -> int:
        """The number of an input, or the first place of a part."""
        assert isinstance(self.detail, int)
        return self.detail

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
        self._known: dict[Hashable, Value] = {}

    def make(
        self, op: str, inputs: Sequence[Operand], shape: Shape, detail: Hashable = None
    ) -> Value:
        key = (op, detail, shape, tuple(map(identity, inputs)))
        if key not in self._known:
            self._known[key] = self._add(op, inputs, shape, detail)
        return self._known[key]

    def written(self, op: str, inputs: Sequence[Operand], shape: Shape) -> Value:
        """A value with memory of its own, whatever others there are like it."""
        return self._add(op, inputs, shape, None)

    def given(self, op: str, shape: Shape, detail: object) -> Value:
        """A value that comes from outside."""
        return self._add(op, (), shape, detail)

    def _add(self, op: str, inputs: Sequence[Operand], shape: Shape, detail: object) -> Value:
        if any(isinstance(extent, Rows) for extent in shape[1:]):
            raise Unsupported("the rows of the batch stand along another axis than the first")
        self.values.append(Value(op, inputs, shape, detail, len(self.values)))
        return self.values[-1]


def identity(operand: Operand) -> Hashable:
    value = operand.value
    if isinstance(value, Number) and value.value is not None:
        return value.value
    return (id(value), *operand[1:])


def same(operand: Operand, number: float) -> bool:
    """Whether what is read is this plain number."""
    return isinstance(operand.value, Number) and operand.value.value == number


def is_called(value: Value) -> bool:
    """Whether an equation that NumPy runs gives it, for all rows of a batch at once."""
    first = value.reads[0] if value.op == "beside" else value
    return first.op == "elsewhere"


def root(value: Value) -> Value:
    """What holds the numbers that `value` is a view of."""
    while value.op == "view":
        value = value.reads[0]
    return value
