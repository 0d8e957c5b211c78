"""Matrix products of rows and weights."""

from __future__ import annotations

from typing import NamedTuple

from pellucid.executors.native.graph import Graph, Operand, Unsupported, Value


class Turned(NamedTuple):
    """A matrix of which the transpose is meant."""

    value: Value


def flat_rows(value: Value, width: int) -> int:
    """How many rows of `width` there are in each row of the batch."""
    if not value.of_rows:
        raise Unsupported("a product of weights with weights")
    return value.width // width


def product_value(graph: Graph, transposed: str, a: Value, b: Value) -> Value:
    """A·B, or with one of them transposed; what it sums over rows of the batch is weights."""
    operands = [Operand(a), Operand(b)]
    if transposed == "a":
        if not (a.of_rows and b.of_rows):
            raise Unsupported("a product of weights with weights")
        k, m = a.dims[-1] if a.dims else 1, b.dims[-1] if b.dims else 1
        return graph.make("weights", operands, (k, m), (k, m, flat_rows(a, k)))
    if b.of_rows or len(b.shape) != 2:
        raise Unsupported("a product of rows with rows")
    k, m = b.shape
    if transposed == "b":
        shape = (*a.shape[:-1], k)
        return graph.make("backward", operands, shape, (k, m, flat_rows(a, m)))
    return graph.make("forward", operands, (*a.shape[:-1], m), (k, m, flat_rows(a, k)))
