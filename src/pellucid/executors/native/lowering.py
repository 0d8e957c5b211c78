"""From a plan to the graph of its program, equation by equation.

An equation that is made of array operations is traced: it runs on a namespace that writes them
down. The table LOWERINGS holds the few that have an operation of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.equations.clipping import ClipEachNorm
from pellucid.equations.embedding import Lookup, LookupGradient
from pellucid.equations.linear import Affine, Product
from pellucid.equations.random import Draw, Mask, Noise
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
from pellucid.executors.native.products import product_value
from pellucid.executors.native.tracing import Array, Numbers, Tracing
from pellucid.plan import Plan
from pellucid.tensor import Line, Operation, Tensor

Lowering = Callable[["Lowered", Any, list[Any]], Any]
LOWERINGS: dict[type[Operation], Lowering] = {}


def lowers(equation: type[Operation]) -> Callable[[Lowering], Lowering]:
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


@lowers(Affine)
def affine(to: Lowered, equation: Affine, given: list[Any]) -> Any:
    x, w, b = given
    z = to.trace.array(product_value(to.graph, "", x, w))
    return to.trace.add(z, to.trace.array(b))


@lowers(Product)
def product(to: Lowered, equation: Product, given: list[Any]) -> Any:
    return to.trace.array(product_value(to.graph, equation.transposed, *given))


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
