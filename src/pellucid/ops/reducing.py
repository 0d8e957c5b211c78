"""Functions that make one number of several, and products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.equations import linear, reductions
from pellucid.ops.applying import Axis, Operand, apply, several, shape_of
from pellucid.ops.elementwise import (
    absolute,
    add,
    divide,
    exp,
    log,
    maximum,
    multiply,
    negative,
    sqrt,
    square,
    subtract,
)
from pellucid.ops.shaping import squeeze
from pellucid.tensor import Symbolic


def sum(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """Σ x over an axis, several, or all"""
    return apply(reductions.Sum(several(axis), keepdims), x)


def mean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """The mean of x over an axis, several, or all"""
    return apply(reductions.Mean(several(axis), keepdims), x)


def max(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """The largest of x over an axis, several, or all; of equal ones each has its share of the
    gradient"""
    return apply(reductions.Largest(several(axis), keepdims), x)


def min(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """The smallest of x over an axis, several, or all"""
    return negative(max(negative(x), axis, keepdims))


def var(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """The mean square distance from the mean"""
    return mean(square(subtract(x, mean(x, axis, keepdims=True))), axis, keepdims)


def std(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """The square root of the variance"""
    return sqrt(var(x, axis, keepdims))


def moments(x: Operand, axes: Axis, keepdims: bool = False) -> tuple[Any, Any]:
    """The mean and the variance over axes"""
    return mean(x, axes, keepdims), var(x, axes, keepdims)


def average(x: Operand, axis: Axis = None, weights: Operand | None = None) -> Any:
    """The mean of x, weighted"""
    if weights is None:
        return mean(x, axis)
    return divide(sum(multiply(x, weights), axis), sum(add(multiply(x, 0.0), weights), axis))


def logsumexp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """log Σ eˣ, which never overflows"""
    top = max(x, axis, keepdims=True)
    total = add(log(sum(exp(subtract(x, top)), axis, keepdims=True)), top)
    gone = tuple(range(len(shape_of(x)))) if axis is None else axis
    return total if keepdims else squeeze(total, gone)


def norm(
    x: Operand, ord: int | str | None = None, axis: Axis = None, keepdims: bool = False
) -> Any:
    """The length √Σ x², or Σ |x| for ord=1"""
    if ord == 1:
        return sum(absolute(x), axis, keepdims)
    if ord not in (None, 2, "euclidean"):
        raise ValueError(f"norm: ord is 1 or 2, got {ord!r}")
    return sqrt(sum(square(x), axis, keepdims))


def normalize(x: Operand, axis: int = -1, order: int = 2, epsilon: float = 1e-12) -> Any:
    """x over its length along an axis"""
    return divide(x, maximum(norm(x, order, axis, keepdims=True), epsilon))


def argmax(x: Operand, axis: int | None = None, keepdims: bool = False) -> Any:
    """The place of the largest number; of arrays, as no gradient goes through it"""
    if isinstance(x, Symbolic):
        raise TypeError(
            "argmax gives a place, through which no gradient goes: take it of what net.predict "
            "gives, or write ops.max or ops.softmax"
        )
    return np.argmax(np.asarray(x), axis=axis, keepdims=keepdims)


def argmin(x: Operand, axis: int | None = None, keepdims: bool = False) -> Any:
    """The place of the smallest number of an array"""
    return argmax(negative(x), axis, keepdims)


def matmul(a: Operand, b: Operand) -> Any:
    """A·B for a matrix B, or row by row, where B has rows too"""
    by_rows = isinstance(b, Symbolic) and len(shape_of(b)) > 2
    return apply(linear.RowProduct() if by_rows else linear.Product(), a, b)


dot = matmul
amax, amin = max, min
