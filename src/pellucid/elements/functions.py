"""The array library of elements: what each array function makes the numbers of its result of.

An equation's `run`, given this namespace and arrays of elements, says of any one number of its
value which numbers it is made of, and how. Functions that only move numbers are NumPy's own, on
arrays of positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.elements import element as elements
from pellucid.elements.arrays import (
    Extents,
    LazyArray,
    Operand,
    as_array,
    broadcast_to,
    filled,
    moved,
    pointwise,
)
from pellucid.elements.element import Element, as_element, constant
from pellucid.elements.operations import DIVIDE, FUNCTIONS, SQUARE, Operation
from pellucid.settings import nearest

Axes = int | tuple[int, ...] | None


def chosen(choose: Callable[..., bool | float]) -> Callable[..., Element]:
    """A function that looks at numbers and gives one that is made of none of them."""

    def choice(*parts: float) -> Element:
        looked_at = tuple(map(as_element, parts))
        seen = tuple(part for part in looked_at if not part.is_constant)
        return constant(float(choose(*parts)), (*elements.reasons(looked_at), *seen))

    return choice


def where(condition: Element, a: Element, b: Element) -> Element:
    seen = () if condition.is_constant else (condition,)
    return (a if condition else b).also((*condition.because, *seen))


def clip(x: Element, low: Element, high: Element) -> Element:
    return elements.smallest([elements.largest([x, low]), high])


def of_one(operation: Operation) -> Callable[[Element], Element]:
    return lambda x: elements.made(operation, x)


#: functions of the numbers at the same place
POINTWISE: dict[str, Callable[..., Element]] = {
    **{name: of_one(operation) for name, operation in FUNCTIONS.items()},
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "remainder": lambda a, b: a % b,
    "negative": lambda x: -x,
    "square": of_one(SQUARE),
    "abs": abs,
    "maximum": lambda a, b: elements.largest([a, b]),
    "minimum": lambda a, b: elements.smallest([a, b]),
    "clip": clip,
    "where": where,
    "sign": chosen(np.sign),
    "greater": chosen(lambda a, b: a > b),
    "greater_equal": chosen(lambda a, b: a >= b),
    "less": chosen(lambda a, b: a < b),
    "less_equal": chosen(lambda a, b: a <= b),
    "equal": chosen(lambda a, b: a == b),
    "not_equal": chosen(lambda a, b: a != b),
}


class Functions:
    """The namespace: the array functions that equations are made of."""

    float32, float64, int64 = np.float32, np.float64, np.int64

    def __getattr__(self, name: str) -> Callable[..., LazyArray]:
        if name not in POINTWISE:
            functions = [each for each in (*POINTWISE, *dir(type(self))) if each[0] != "_"]
            raise AttributeError(
                f"the terms of an equation that calls {name!r} are not known: write its `run` with "
                f"other array functions; {nearest(name, functions)}"
            )
        return lambda *operands: pointwise(POINTWISE[name], *operands)

    def astype(self, x: LazyArray, dtype: Any) -> LazyArray:
        return LazyArray(x.shape, x.at, dtype)

    def chosen(self, numbers: np.ndarray, *by: Operand) -> LazyArray:
        """Numbers that are made of nothing, but would be others for another `by`."""
        reasons = tuple(as_array(each).at(0) for each in by)
        flat = numbers.reshape(-1)
        return LazyArray(
            numbers.shape, lambda at: constant(float(flat[at]), reasons), numbers.dtype
        )

    def sum(self, x: LazyArray, axis: Axes = None, keepdims: bool = False) -> LazyArray:
        return gathered(elements.total, x, axis, keepdims)

    def max(self, x: LazyArray, axis: Axes = None, keepdims: bool = False) -> LazyArray:
        return gathered(elements.largest, x, axis, keepdims)

    def min(self, x: LazyArray, axis: Axes = None, keepdims: bool = False) -> LazyArray:
        return gathered(elements.smallest, x, axis, keepdims)

    def mean(self, x: LazyArray, axis: Axes = None, keepdims: bool = False) -> LazyArray:
        return gathered(mean, x, axis, keepdims)

    def matmul(self, a: LazyArray, b: LazyArray) -> LazyArray:
        """Rows of a times columns of the matrix b, or of a matrix for each of the first axes."""
        inner, width = b.shape[-2:]
        high = a.size // inner if b.ndim == 2 else a.shape[-2]

        def product(position: int) -> Element:
            row, column = divmod(position, width)
            first = row // high * inner * width + column
            return elements.total(
                [a.at(row * inner + at) * b.at(first + at * width) for at in range(inner)]
            )

        return LazyArray((*a.shape[:-1], width), product, a.dtype)

    def take(self, x: LazyArray, which: LazyArray, axis: int) -> LazyArray:
        """Rows of a matrix by number."""
        assert axis == 0
        width = x.shape[1]

        def taken(position: int) -> Element:
            row, column = divmod(position, width)
            name = which.at(row)
            return x.at(int(name) * width + column).also((name,))

        return LazyArray((which.size, width), taken, x.dtype)

    def reshape(self, x: LazyArray, shape: Extents) -> LazyArray:
        return moved(lambda positions: positions.reshape(shape), as_array(x))

    def expand_dims(self, x: LazyArray, axis: int) -> LazyArray:
        return moved(lambda positions: np.expand_dims(positions, axis), x)

    def flip(self, x: LazyArray, axis: int) -> LazyArray:
        return moved(lambda positions: np.flip(positions, axis), x)

    def permute_dims(self, x: LazyArray, axes: Sequence[int]) -> LazyArray:
        return moved(lambda positions: positions.transpose(*axes), x)

    def broadcast_to(self, x: LazyArray, shape: Extents) -> LazyArray:
        return broadcast_to(x, shape)

    def concat(self, arrays: Sequence[LazyArray], axis: int = 0) -> LazyArray:
        return moved(lambda *positions: np.concatenate(positions, axis), *arrays)

    def stack(self, arrays: Sequence[LazyArray], axis: int = 0) -> LazyArray:
        return moved(lambda *positions: np.stack(positions, axis), *arrays)

    def full(self, shape: Extents, value: float, dtype: Any = float) -> LazyArray:
        return filled(shape, value, dtype)

    def zeros(self, shape: Extents, dtype: Any = float) -> LazyArray:
        return filled(shape, 0.0, dtype)

    def zeros_like(self, x: LazyArray) -> LazyArray:
        return filled(x.shape, 0.0, x.dtype)

    def arange(self, count: int, dtype: Any = int) -> LazyArray:
        return LazyArray((count,), constant, dtype)

    def asarray(self, values: Any, dtype: Any = None) -> LazyArray:
        if isinstance(values, LazyArray):
            return values
        array = np.asarray(values, dtype=dtype)
        flat = array.reshape(-1)
        return LazyArray(array.shape, lambda at: constant(float(flat[at])), array.dtype)


def mean(parts: list[Element]) -> Element:
    whole, count = elements.total(parts), float(len(parts))
    return whole if count == 1 else elements.made(DIVIDE, whole, constant(count))


def gathered(
    gather: Callable[[list[Element]], Element], x: LazyArray, axis: Axes, keepdims: bool
) -> LazyArray:
    """One number for all those along some axes."""
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    gone = sorted(each % x.ndim for each in axes)
    kept = [at for at in range(x.ndim) if at not in gone]
    ordered = np.arange(x.size).reshape(x.shape).transpose(*kept, *gone)
    shape = tuple(
        1 if at in gone else extent
        for at, extent in enumerate(x.shape)
        if keepdims or at not in gone
    )
    groups = ordered.reshape(int(np.prod(shape, dtype=int)), -1)
    return LazyArray(shape, lambda at: gather([x.at(each) for each in groups[at]]), x.dtype)


ELEMENTS = Functions()
