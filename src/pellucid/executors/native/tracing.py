"""The array namespace that writes down what an equation does instead of doing it.

Equations compute with any array namespace. Run on this one, each call becomes a value of the graph,
so every equation made of such calls, also a user's own, has a native program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from pellucid.executors.native.graph import (
    Graph,
    Number,
    Operand,
    Shape,
    Unsupported,
    Value,
    as_number,
    combined,
)  # fmt: skip
from pellucid.executors.native.moving import joined, picked, taken, turned
from pellucid.executors.native.products import Turned, product_value
from pellucid.executors.native.spreading import axes_of, common, filled, spread

UNARY = frozenset(
    ("negative", "square", "sqrt", "abs", "sign", "exp", "expm1", "log", "log1p", "sin", "cos",
     "tanh", "floor")
)  # fmt: skip
BINARY = frozenset(
    ("add", "subtract", "multiply", "divide", "pow", "maximum", "minimum", "greater",
     "greater_equal", "less", "less_equal", "equal", "not_equal", "remainder")
)  # fmt: skip
DTYPES = {"float32", "float64", "int64", "int32", "bool"}
CONDITIONS = {"greater", "greater_equal", "less", "less_equal", "equal", "not_equal"}


class Array:
    """An array of the namespace. In-place operators make it stand for another value."""

    def __init__(self, namespace: Tracing, value: Value, dtype: Any):
        self.namespace, self.value, self.dtype = namespace, value, dtype

    @property
    def shape(self) -> Shape:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return len(self.value.shape)

    @property
    def T(self) -> Turned:  # noqa: N802
        return Turned(self.value)

    def _become(self, other: Array) -> Array:
        if other.shape != self.shape:
            raise Unsupported("an in-place operation changes a shape")
        self.value = other.value
        return self

    def __getitem__(self, key: Any) -> Array:
        return self.namespace.pick(self, key if isinstance(key, tuple) else (key,))

    def __bool__(self) -> bool:
        raise Unsupported("it decides by numbers that are known only while it runs")

    def __neg__(self) -> Array:
        return self.namespace.negative(self)


OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "pow",
    "mod": "remainder",
}  # fmt: skip


def _operators() -> None:
    for name, function in OPERATORS.items():

        def forward(self: Array, other: Any, _f: str = function) -> Array:
            return getattr(self.namespace, _f)(self, other)

        def backward(self: Array, other: Any, _f: str = function) -> Array:
            return getattr(self.namespace, _f)(other, self)

        def in_place(self: Array, other: Any, _f: str = function) -> Array:
            return self._become(getattr(self.namespace, _f)(self, other))

        setattr(Array, f"__{name}__", forward)
        setattr(Array, f"__r{name}__", backward)
        setattr(Array, f"__i{name}__", in_place)


_operators()


class Numbers:
    """The namespace of plain numbers."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name == "where":
            return lambda c, a, b: c * a + (1.0 - c) * b
        if name == "astype":
            return lambda x, dtype: x
        if name not in UNARY and name not in BINARY:
            raise Unsupported(f"{name} of plain numbers")
        return lambda *given: combined(name, *given)


class Tracing:
    """The array namespace. What it has no name for has no native program."""

    def __init__(self, graph: Graph, dtype: str):
        self.graph, self.dtype = graph, dtype

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in DTYPES:
            return name
        if name in UNARY:
            return lambda x: self._elementwise(name, x)
        if name in BINARY:
            return lambda a, b: self._elementwise(name, a, b)
        raise Unsupported(f"xp.{name} has no native form")

    def array(self, value: Value, dtype: Any = None) -> Array:
        return Array(self, value, dtype or self.dtype)

    def isdtype(self, dtype: Any, kind: str) -> bool:
        return (str(dtype).startswith("float")) == (kind == "real floating")

    def asarray(self, x: Any) -> Any:
        return x

    def astype(self, x: Any, dtype: Any) -> Any:
        return self.array(x.value, dtype) if isinstance(x, Array) else x

    def where(self, c: Any, a: Any, b: Any) -> Any:
        return self._elementwise("where", c, a, b)

    def clip(self, x: Any, low: Any, high: Any) -> Any:
        return self.minimum(self.maximum(x, low), high)

    def arange(self, count: int, dtype: Any = None) -> Array:
        return self.array(self.graph.make("arange", (), (count,)), dtype or "int64")

    def full(self, shape: Any, value: Any, dtype: Any = None) -> Array:
        return (
            self._written("copy", [value], tuple(shape), dtype)
            if isinstance(value, Array)
            else self.array(
                self.graph.make("fill", [Operand(as_number(value))], tuple(shape)), dtype
            )
        )

    def zeros(self, shape: Any, dtype: Any = None) -> Array:
        return self.full(shape, 0.0, dtype)

    def zeros_like(self, x: Array) -> Array:
        return self.zeros(x.shape, x.dtype)

    def reshape(self, x: Array, shape: Any) -> Array:
        return self.array(self.view(x.value, tuple(shape)), x.dtype)

    def expand_dims(self, x: Array, axis: int) -> Array:
        at = axis % (x.ndim + 1)
        return self.reshape(x, (*x.shape[:at], 1, *x.shape[at:]))

    def view(self, value: Value, shape: Shape) -> Value:
        """The same numbers in another shape; rows stay rows."""
        if value.of_rows:
            if not shape or not (shape[0] is value.shape[0] or shape[0] == -1):
                raise Unsupported("a reshape joins or splits the rows of the batch")
            shape = (value.shape[0], *filled(shape[1:], value.width))
        else:
            shape = filled(shape, value.width)
        return value if shape == value.shape else self.graph.make("view", [Operand(value)], shape)

    def pick(self, x: Array, key: tuple[Any, ...]) -> Array:
        value, shape = picked(self.graph, x.value, key)
        return self.reshape(self.array(value, x.dtype), shape)

    def flip(self, x: Array, axis: int) -> Array:
        at = axis % x.ndim
        turned = range(x.shape[at] - 1, -1, -1)
        return self.array(taken(self.graph, x.value, at, turned), x.dtype)

    def concat(self, arrays: Sequence[Array], axis: int = 0) -> Array:
        values = [each.value for each in arrays]
        return self.array(joined(self.graph, values, axis % arrays[0].ndim), arrays[0].dtype)

    def stack(self, arrays: Sequence[Array], axis: int = 0) -> Array:
        return self.concat([self.expand_dims(each, axis) for each in arrays], axis)

    def matmul(self, a: Array, b: Array | Turned) -> Array:
        if not (isinstance(a, Array) and isinstance(b, (Array, Turned))):
            raise Unsupported("a product of the transpose of rows")
        transposed = "b" if isinstance(b, Turned) else ""
        return self.array(product_value(self.graph, transposed, a.value, b.value))

    def broadcast_to(self, x: Any, shape: Shape) -> Array:
        return self._written("copy", [x], tuple(shape), None)

    def sum(self, x: Array, axis: Any = None, keepdims: bool = False) -> Array:
        return self._reduced("sum", x, axis, keepdims)

    def max(self, x: Array, axis: Any = None, keepdims: bool = False) -> Array:
        return self._reduced("max", x, axis, keepdims)

    def min(self, x: Array, axis: Any = None, keepdims: bool = False) -> Array:
        return self._reduced("min", x, axis, keepdims)

    def mean(self, x: Array, axis: Any = None, keepdims: bool = False) -> Array:
        axes = axes_of(axis, x.ndim)
        count = math.prod([x.shape[at] for at in axes])
        return self.divide(self.sum(x, axis, keepdims), count)

    def _elementwise(self, op: str, *given: Any) -> Any:
        arrays = [each for each in given if isinstance(each, Array)]
        if not arrays:
            return getattr(Numbers(), op)(*given)
        shape = common([each.shape for each in arrays])
        dtype = "bool" if op in CONDITIONS else arrays[0].dtype
        if op == "divide" and not isinstance(given[1], Array):
            op, given = "multiply", (given[0], combined("reciprocal", given[1]))
        if op == "pow" and not isinstance(given[1], Array):
            return self._power(given[0], as_number(given[1]), shape)
        return self._written(op, given, shape, dtype)

    def _power(self, a: Array, b: Number, shape: Shape) -> Array:
        simple = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal", 1.0: "copy"}
        if b.value in simple:
            return self._written(simple[b.value], [a], shape, a.dtype)
        if b.value == 0.0:
            return self._written("fill", [as_number(1.0)], shape, a.dtype)
        return self._written("pow", [a, b], shape, a.dtype)

    def _written(self, op: str, given: Any, shape: Shape, dtype: Any) -> Array:
        operands = [operand(each, shape, vectors=op == "where", trace=self) for each in given]
        return self.array(self.graph.make(op, operands, shape), dtype)

    def _reduced(self, how: str, x: Array, axis: Any, keepdims: bool) -> Array:
        value, axes = x.value, axes_of(axis, x.ndim)
        kept = tuple(1 if at in axes else extent for at, extent in enumerate(x.shape))
        flat = kept if keepdims else tuple(e for at, e in enumerate(x.shape) if at not in axes)
        if not axes:
            return x
        if value.of_rows and 0 not in axes:
            return self._within_rows(how, x, axes, flat)
        if how != "sum":
            raise Unsupported(f"the {how} over the rows of a batch")
        if len(axes) == x.ndim:
            return self.array(self.graph.make("total", [Operand(value)], flat), x.dtype)
        if axes != set(range(len(axes))) or not value.of_rows:
            raise Unsupported("a sum over these axes")
        inner = math.prod(x.shape[len(axes) :])
        return self.array(self.graph.make("column_sum", [Operand(value)], flat, (inner,)), x.dtype)

    def _within_rows(self, how: str, x: Array, axes: set[int], flat: Shape) -> Array:
        first, last = min(axes), max(axes) + 1
        if axes != set(range(first, last)):
            raise Unsupported("a reduction over axes that are not neighbours")
        inner, value = math.prod(x.shape[first:last]), x.value
        if inner == 1:
            return self.reshape(x, flat)
        if math.prod(x.shape[last:]) > 1:
            value = turned(self.graph, value, first, last)
        return self.array(self.graph.make(f"row_{how}", [Operand(value)], flat, (inner,)), x.dtype)


def operand(given: Any, shape: Shape, vectors: bool, trace: Tracing) -> Operand:
    """How an element-by-element operation with a result of `shape` reads `given`."""
    if not isinstance(given, Array):
        number = as_number(given)
        return Operand(trace.graph.make("fill", [Operand(number)], shape)) if vectors else Operand(
            number
        )  # fmt: skip
    value = given.value
    if value.shape == shape:
        return Operand(value)
    if value.width == 1 and not value.of_rows:
        single = not any(isinstance(each, Number) for each in shape) and math.prod(shape) == 1
        return Operand(value) if single else Operand(value, "tile", 1)
    return spread(trace.graph, value, shape)
