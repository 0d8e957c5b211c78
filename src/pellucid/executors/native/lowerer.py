"""What recorded calls are lowered with: the graph so far, and what became of each array and number.

An array is a value of the graph. A few are not: the rows of a batch joined to more rows, and a
matrix turned around, which products alone read; and numbers repeated over axes, which are read from
where they stand once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pellucid.calls import Call, Given, Number, Operand, Rows, Shape
from pellucid.executors.native import graph as g
from pellucid.executors.native.graph import Graph, Unsupported, Value, combined, constant
from pellucid.executors.native.moving import spread


class Joined(NamedTuple):
    """The rows of a batch joined to more rows, shape (k·n, m): reshape(x, (−1, m))."""

    value: Value
    shape: Shape


class Turned(NamedTuple):
    """A matrix of which the transpose is meant."""

    matrix: Value | Joined


class Spread(NamedTuple):
    """Rows repeated over the axes of `shape` along which `value` has one number."""

    value: Value
    shape: Shape


Array = Value | Joined | Turned
Lowered = Array | Spread


class Lowerer:
    """The graph so far: `values` holds what became of each call, `numbers` of each plain number."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.values: dict[Call | Given, Lowered] = {}
        self.numbers: dict[Number, g.Number] = {Rows(): self.graph.rows}

    def lowered(self, operand: Operand) -> Lowered:
        if not isinstance(operand, (Call, Given)):
            raise Unsupported("a plain number stands for an array")
        return self.values[operand]

    def array(self, operand: Operand) -> Array:
        """The same with all its numbers."""
        found = self.lowered(operand)
        if isinstance(found, Spread):
            return self.written("copy", [found.value], found.shape)
        return found

    def value(self, operand: Operand) -> Value:
        """What an operand became; it has to be an array like any other."""
        found = self.array(operand)
        if not isinstance(found, Value):
            raise Unsupported("rows of the batch are joined or turned, and then computed with")
        return found

    def number(self, operand: Operand) -> g.Number:
        if isinstance(operand, (Call, Given)):
            raise Unsupported("an array stands for a plain number")
        if not isinstance(operand, Number):
            return constant(operand)
        if operand not in self.numbers:
            self.numbers[operand] = self._computed(operand)
        return self.numbers[operand]

    def _computed(self, number: Number) -> g.Number:
        if isinstance(number, Rows):
            return combined("multiply", self.graph.rows, number.times)
        if number.tensor is not None:
            raise Unsupported(f"{number} comes from nowhere")
        given = [self.number(each) for each in number.operands]
        if number.function == "where":
            c, a, b = given
            other = combined("multiply", combined("subtract", constant(1.0), c), b)
            return combined("add", combined("multiply", c, a), other)
        return combined(number.function, *given)

    def operand(self, operand: Operand) -> g.Number | Value:
        known = isinstance(operand, (Call, Given))
        return self.value(operand) if known else self.number(operand)

    def narrow(self, operand: Operand) -> g.Number | Value:
        """What an operation that spreads its operands reads."""
        found = self.values.get(operand) if isinstance(operand, (Call, Given)) else None
        return found.value if isinstance(found, Spread) else self.operand(operand)

    def knows(self, operand: Operand) -> bool:
        """Whether it is computed, or comes from somewhere; seeds are not read as numbers."""
        asked = isinstance(operand, Number) and operand.tensor is not None
        return not asked or operand in self.numbers

    def filled(self, value: g.Number | Value) -> Value:
        """The value, or an array that holds the number."""
        if isinstance(value, Value):
            return value
        return self.graph.make("fill", [g.Operand(value)], ())

    def all(self, operands: Iterable[Operand]) -> list[Value]:
        return [self.value(each) for each in operands]

    def written(self, op: str, given: Iterable[g.Number | Value], shape: Shape) -> Value:
        """An element-by-element operation."""
        operands = [self._read(each, shape, vectors=op == "where") for each in given]
        return self.graph.make(op, operands, shape)

    def _read(self, given: g.Number | Value, shape: Shape, vectors: bool) -> g.Operand:
        """How an element-by-element operation with a result of `shape` reads `given`."""
        if isinstance(given, Value):
            return spread(self.graph, given, shape)
        if vectors:
            return g.Operand(self.graph.make("fill", [g.Operand(given)], shape))
        return g.Operand(given)
