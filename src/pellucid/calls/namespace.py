"""The array namespace that an equation is recorded with: it writes down what `run` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from pellucid.calls.arrays import Array, Sheet, elementwise, matmul, spread
from pellucid.calls.calls import Option, Shape
from pellucid.calls.numbers import Number, Rows, Scalars, Unrecordable
from pellucid.calls.shapes import axes_of, filled, reduced, size
from pellucid.calls.vocabulary import BINARY, CONDITIONS, UNARY

DTYPES = frozenset(("float32", "float64", "int64", "int32", "uint8", "bool"))
FUNCTIONS = {**UNARY, **BINARY, **CONDITIONS}
Axes = int | Iterable[int] | None


class Namespace:
    """Every function of it writes a call on the sheet, and gives what stands for its value."""

    def __init__(self, sheet: Sheet, by_rows: bool):
        self.sheet, self.by_rows = sheet, by_rows

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in DTYPES:
            return name
        if name not in FUNCTIONS:
            raise Unrecordable(f"xp.{name} is not among the recorded functions")
        return self._function(name)

    def _function(self, name: str) -> Callable[..., Any]:
        def function(*given: Any) -> Any:
            if any(isinstance(each, Array) for each in given):
                return elementwise(self.sheet, name, *given)
            if any(isinstance(each, Number) for each in given):
                return getattr(Scalars(), name)(*given)
            return getattr(np, name)(*given)

        return function

    def write(
        self, function: str, operands: list[Any], shape: Shape, dtype: str, **options: Option
    ) -> Array:
        return self.sheet.write(function, operands, shape, dtype, **options)

    def isdtype(self, dtype: str, kind: str) -> bool:
        return dtype.startswith("float") == (kind == "real floating")

    def asarray(self, x: Any, dtype: str | None = None) -> Any:
        if isinstance(x, (Array, Number)):
            return x
        known = np.asarray(x)
        kind = dtype or (self.sheet.dtype if known.dtype.kind == "f" else str(known.dtype))
        return self.write("constant", [], known.shape, kind, value=nested(known.tolist()))

    def astype(self, x: Any, dtype: str, copy: bool = True) -> Any:
        if not isinstance(x, Array):
            return x
        if x.dtype == str(dtype):
            return Array(self.sheet, x.value)
        return self.write("astype", [x], x.shape, str(dtype))

    def where(self, c: Any, a: Any, b: Any) -> Array:
        return elementwise(self.sheet, "where", c, a, b)

    def clip(self, x: Any, low: float, high: float) -> Any:
        return self.minimum(self.maximum(x, low), high)

    def arange(self, count: int | Rows, dtype: str | None = None) -> Array:
        return self.write("arange", [], (count,), dtype or "int64")

    def full(self, shape: Any, value: Any, dtype: str | None = None) -> Array:
        shape = (shape,) if isinstance(shape, (int, Rows)) else tuple(shape)
        if isinstance(value, Array):
            return spread(value, shape)
        return self.write("full", [value], shape, dtype or self.sheet.dtype)

    def zeros(self, shape: Any, dtype: str | None = None) -> Array:
        return self.full(shape, 0.0, dtype)

    def ones(self, shape: Any, dtype: str | None = None) -> Array:
        return self.full(shape, 1.0, dtype)

    def zeros_like(self, x: Array) -> Array:
        return self.full(x.shape, 0.0, x.dtype)

    def ones_like(self, x: Array) -> Array:
        return self.full(x.shape, 1.0, x.dtype)

    def reshape(self, x: Array, shape: Iterable[int | Rows]) -> Array:
        return x.reshaped(filled(shape, size(x.shape)))

    def expand_dims(self, x: Array, axis: int) -> Array:
        at = axis % (x.ndim + 1)
        return x.reshaped((*x.shape[:at], 1, *x.shape[at:]))

    def broadcast_to(self, x: Any, shape: Iterable[int | Rows]) -> Array:
        return self.full(shape, x)

    def permute_dims(self, x: Array, axes: Sequence[int]) -> Array:
        shape = tuple(x.shape[at] for at in axes)
        return x.seen(self.write("transpose", [x], shape, x.dtype, axes=tuple(axes)))

    def flip(self, x: Array, axis: int) -> Array:
        at = axis % x.ndim
        return x[(*(slice(None),) * at, slice(None, None, -1))]

    def concat(self, arrays: Sequence[Array], axis: int = 0) -> Array:
        first = arrays[0]
        at = axis % first.ndim
        extent = sum(int_of(each.shape[at]) for each in arrays)
        shape = (*first.shape[:at], extent, *first.shape[at + 1 :])
        return self.write("concat", list(arrays), shape, first.dtype, axis=at)

    def stack(self, arrays: Sequence[Array], axis: int = 0) -> Array:
        return self.concat([self.expand_dims(each, axis) for each in arrays], axis)

    def take(self, x: Array, numbers: Array, axis: int = 0) -> Array:
        shape = (*x.shape[:axis], *numbers.shape, *x.shape[axis + 1 :])
        return self.write("take", [x, numbers], shape, x.dtype, axis=axis)

    def matmul(self, a: Any, b: Any) -> Array:
        return matmul(a, b)

    def sum(self, x: Array, axis: Axes = None, keepdims: bool = False) -> Array:
        return self._reduced("sum", x, axis, keepdims)

    def mean(self, x: Array, axis: Axes = None, keepdims: bool = False) -> Array:
        return self._reduced("mean", x, axis, keepdims)

    def max(self, x: Array, axis: Axes = None, keepdims: bool = False) -> Array:
        return self._reduced("max", x, axis, keepdims)

    def min(self, x: Array, axis: Axes = None, keepdims: bool = False) -> Array:
        return self._reduced("min", x, axis, keepdims)

    def _reduced(self, how: str, x: Array, axis: Axes, keepdims: bool) -> Array:
        axes = axes_of(axis, x.ndim)
        shape = reduced(x.shape, axes, keepdims)
        return self.write(how, [x], shape, x.dtype, axis=axes, keepdims=keepdims)


def int_of(extent: int | Rows) -> int:
    if isinstance(extent, Rows):
        raise Unrecordable("arrays are joined along the rows of the batch")
    return extent


def nested(value: Any) -> Any:
    return tuple(map(nested, value)) if isinstance(value, list) else value
