"""From a plan to the graph of its program, equation by equation.

An equation that is made of array operations is traced: it runs on a namespace that writes them
down. The table LOWERINGS holds the few that have an operation of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pellucid.equations.base import Equation, Line
from pellucid.equations.clipping import ClipEachNorm
from pellucid.equations.embedding import Lookup, LookupGradient
from pellucid.equations.linear import Affine, Product
from pellucid.equations.random import Draw, Mask, Noise
from pellucid.equations.shape import Concatenate, Pick, Place
from pellucid.executors.native.graph import (
    Graph,
    Number,
    Operand,
    Shape,
    Unsupported,
    Value,
    as_number,
    constant,
)  # fmt: skip
from pellucid.executors.native.tracing import Array, Numbers, Tracing
from pellucid.plan import Plan
from pellucid.tensor import Tensor

Lowering = Callable[["Lowered", Any, list[Any]], Any]
LOWERINGS: dict[type[Equation], Lowering] = {}


def lowers(equation: type[Equation]) -> Callable[[Lowering], Lowering]:
    def enter(function: Lowering) -> Lowering:
        LOWERINGS[equation] = function
        return function

    return enter


class Lowered:
    """A plan as a graph: `values` holds what became of each tensor."""

    def __init__(self, plan: Plan, dtype: str):
        self.plan, self.graph = plan, Graph()
        self.trace = Tracing(self.graph, dtype)
        self.values: dict[Tensor, Value | Number] = {}

    def of(self, tensor: Tensor) -> Value | Number:
        if tensor not in self.values and tensor.is_setting and tensor.value is not None:
            self.values[tensor] = constant(tensor.value)
        if tensor not in self.values:
            raise Unsupported(f"{tensor!r} comes from nowhere")
        return self.values[tensor]

    def line(self, line: Line) -> None:
        """Lower one line, or say which equation has no native form, and why."""
        try:
            results = self._results(line)
        except Unsupported as why:
            raise Unsupported(f"{type(line.equation).__name__}: {why}") from None
        except (TypeError, AttributeError, ValueError, IndexError) as why:
            raise Unsupported(f"{type(line.equation).__name__} cannot be traced ({why})") from None
        self.values.update(zip(line.outputs, results, strict=True))

    def _results(self, line: Line) -> list[Value | Number]:
        if line.output.is_setting:
            numbers = [self.of(tensor) for tensor in line.inputs]
            return [as_number(line.equation.run(Numbers(), *numbers))]
        own = LOWERINGS.get(type(line.equation))
        draws = isinstance(line.equation, Draw)
        given = [
            tensor if draws and tensor.is_setting else self.of(tensor) for tensor in line.inputs
        ]
        if own is not None:
            results = own(self, line.equation, given)
        else:
            arrays = [self._as_array(self.of(tensor), tensor) for tensor in line.inputs]
            results = line.equation.run(self.trace, *arrays)
        results = results if isinstance(results, tuple) else (results,)
        return [self._settled(*pair) for pair in zip(results, line.outputs, strict=True)]

    def _as_array(self, value: Value | Number, tensor: Tensor) -> Any:
        if isinstance(value, Number):
            return value
        return self.trace.array(value, "int64" if tensor.dtype == "int" else None)

    def _settled(self, result: Any, tensor: Tensor) -> Value | Number:
        """The result, in the shape that the plan says."""
        value = result.value if isinstance(result, Array) else result
        if isinstance(value, Number):
            if tensor.shape != ():
                raise Unsupported("it gives a plain number for an array")
            return self.graph.make("fill", [Operand(value)], ())
        shape = self.shape(tensor)
        return value if value.shape == shape else self.trace.view(value, shape)

    def shape(self, tensor: Tensor) -> Shape:
        return tuple(self.graph.rows if extent is None else extent for extent in tensor.shape)


def flat_rows(value: Value, width: int) -> int:
    """How many rows of `width` there are in each row of the batch."""
    if not value.of_rows:
        raise Unsupported("a product of weights with weights")
    return value.width // width


@lowers(Affine)
def affine(to: Lowered, equation: Affine, given: list[Any]) -> Any:
    x, w, b = given
    z = to.trace.array(product_value(to, "", x, w))
    return to.trace.add(z, to.trace.array(b))


@lowers(Product)
def product(to: Lowered, equation: Product, given: list[Any]) -> Any:
    return to.trace.array(product_value(to, equation.transposed, *given))


def product_value(to: Lowered, transposed: str, a: Value, b: Value) -> Value:
    make, operands = to.graph.make, [Operand(a), Operand(b)]
    if transposed == "a":
        if not (a.of_rows and b.of_rows):
            raise Unsupported("a product of weights with weights")
        k, m = a.dims[-1] if a.dims else 1, b.dims[-1] if b.dims else 1
        return make("weights", operands, (k, m), (k, m, flat_rows(a, k)))
    if b.of_rows or len(b.shape) != 2:
        raise Unsupported("a product of rows with rows")
    k, m = b.shape
    if transposed == "b":
        shape = (*a.shape[:-1], k)
        return make("backward", operands, shape, (k, m, flat_rows(a, m)))
    return make("forward", operands, (*a.shape[:-1], m), (k, m, flat_rows(a, k)))


def seed_attributes(seed: Tensor) -> tuple[int, int]:
    """Whether a draw has a seed of its own, and which."""
    return (0, 0) if seed.value is None else (1, int(seed.value))


@lowers(Mask)
def mask(to: Lowered, equation: Mask, given: list[Any]) -> Any:
    x, seed, _ = given
    numbers = to.graph.make("uniform", (), x.shape, (equation.stream, *seed_attributes(seed)))
    kept = to.trace.greater_equal(to.trace.array(numbers), equation.rate)
    return to.trace.multiply(kept, 1.0 / (1.0 - equation.rate))


@lowers(Noise)
def noise(to: Lowered, equation: Noise, given: list[Any]) -> Any:
    x, seed, _ = given
    return to.trace.array(
        to.graph.make("normal", (), x.shape, (equation.stream, *seed_attributes(seed)))
    )


@lowers(Lookup)
def lookup(to: Lowered, equation: Lookup, given: list[Any]) -> Any:
    x, w = given
    count, m = w.shape
    value = to.graph.make("lookup", [Operand(x), Operand(w)], (*x.shape, m), (count, m, x.width))
    return to.trace.array(value)


@lowers(LookupGradient)
def lookup_gradient(to: Lowered, equation: LookupGradient, given: list[Any]) -> Any:
    de, x, w = given
    count, m = w.shape
    value = to.graph.make("scatter", [Operand(x), Operand(de)], (count, m), (count, m, x.width))
    return to.trace.array(value)


@lowers(ClipEachNorm)
def clip_each_norm(to: Lowered, equation: ClipEachNorm, given: list[Any]) -> Any:
    (g,) = given
    xp, parts, start = to.trace, [], 0
    for extent in equation.sizes:
        part = to.graph.make("part", [Operand(g)], (extent,), (start,))
        array = xp.array(part)
        length = xp.sqrt(xp.sum(xp.square(array)))
        parts.append(
            xp.multiply(array, xp.divide(equation.limit, xp.maximum(length, equation.limit)))
        )
        start += extent
    joined = [Operand(part.value) for part in parts]
    return xp.array(to.graph.make("joined", joined, g.shape))


def copied(to: Lowered, x: Value, y_shape: Shape, moves: list[tuple[Any, ...]], zero: bool) -> Any:
    """Rows put together from pieces of rows: (value, from, to, count, repeats, steps)."""
    operands = [Operand(move[0]) for move in moves]
    attributes = (zero, *(tuple(move[1:]) for move in moves))
    return to.trace.array(to.graph.make("moved", operands, y_shape, attributes))


@lowers(Concatenate)
def concatenate(to: Lowered, equation: Concatenate, given: list[Any]) -> Any:
    if not all(isinstance(each, Value) and each.of_rows for each in given):
        raise Unsupported("weights are joined")
    axis = equation.axis % len(given[0].shape)
    inner = math.prod(given[0].shape[axis + 1 :])
    outer = math.prod(given[0].shape[1:axis])
    extent = sum(each.shape[axis] for each in given)
    moves, at = [], 0
    for each in given:
        own = each.shape[axis] * inner
        moves.append((each, 0, at, own, outer, own, extent * inner))
        at += own
    shape = (*given[0].shape[:axis], extent, *given[0].shape[axis + 1 :])
    return copied(to, given[0], shape, moves, False)


def piece(key: tuple[Any, ...], shape: Shape) -> tuple[int, int, int, int]:
    """Where a key picks from a row: (start, count, repeats, step) of runs that lie together."""
    found = [(at, index) for at, index in enumerate(key) if index != slice(None)]
    if not found:
        raise Unsupported("everything is picked")
    axis, index = found[0]
    if len(found) > 1 or axis == 0:
        raise Unsupported("a part of several axes is picked")
    start, stop, step = (
        (index, index + 1, 1) if isinstance(index, int) else index.indices(shape[axis])
    )
    if step != 1:
        raise Unsupported("every other element is picked")
    inner, outer = math.prod(shape[axis + 1 :]), math.prod(shape[1:axis])
    return start * inner, (stop - start) * inner, outer, shape[axis] * inner


@lowers(Pick)
def pick(to: Lowered, equation: Pick, given: list[Any]) -> Any:
    (x,) = given
    if not x.of_rows:
        raise Unsupported("a part of weights is picked")
    start, count, repeats, step = piece(equation.at, x.shape)
    kept = [
        extent if index == slice(None) else len(range(extent)[index])
        for index, extent in zip(equation.at[1:], x.shape[1:], strict=True)
        if isinstance(index, slice)
    ]
    return copied(to, x, (x.shape[0], *kept), [(x, start, 0, count, repeats, step, count)], False)


@lowers(Place)
def place(to: Lowered, equation: Place, given: list[Any]) -> Any:
    d, x = given
    if not x.of_rows:
        raise Unsupported("a part of weights is placed")
    start, count, repeats, step = piece(equation.at, x.shape)
    return copied(to, d, x.shape, [(d, 0, start, count, repeats, count, step)], True)
