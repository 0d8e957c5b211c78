"""Looking up rows of a table by number, and the gradient that goes back to those rows."""

from __future__ import annotations

import numpy as np

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.equations.linear import rows
from pellucid.tensor import Gradients, Shape, Tensor, size


class Lookup(Equation):
    """E = W[X];  dW = Σ dE over the places where X names the row

    X (n, …) of whole numbers, W (k, m), E (n, …, m)
    """

    text, latex = "{w}[{x}]", "{w}[{x}]"
    letter = "E"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, x: Array, w: Array) -> Array:
        if isinstance(x, np.ndarray) and x.size and x.max() >= len(w):
            raise ValueError(
                f"x names row {x.max()}, but the embedding has rows 0 to {len(w) - 1}: "
                f"make it with input_dim={int(x.max()) + 1} or more"
            )
        found = xp.take(w, xp.reshape(whole(x), (-1,)), axis=0)
        return xp.reshape(found, (*x.shape, w.shape[1]))

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor, w: Tensor) -> Gradients:
        return None, LookupGradient()(dy, x, w)

    def shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0], shapes[1][1])


class LookupGradient(Equation):
    """dW[k] = Σ dE over the places where X = k"""

    text, latex = "Σ {de} by {x}", r"\sum {de} \text{{ by }} {x}"
    encloses = True

    def run(self, xp: Namespace, de: Array, x: Array, w: Array) -> Array:
        numbers = xp.reshape(whole(x), (-1,))
        return added_by_number(xp, w.shape[0], numbers, rows(xp, de))

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[2]

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return size(shapes[0])


def whole(x: Array) -> Array:
    """Numbers of rows, also where a layer has computed them: NumPy wants them to be whole."""
    return x.astype(np.int64) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x


def added_by_number(xp: Namespace, count: int, numbers: Array, values: Array) -> Array:
    """`count` rows; row k is the sum of the rows of `values` whose number is k."""
    if isinstance(values, np.ndarray):
        return added_in_order(count, np.asarray(numbers), values)
    each = xp.arange(count, dtype=numbers.dtype)
    one_hot = xp.astype(xp.equal(each[:, None], numbers[None, :]), values.dtype)
    return xp.matmul(one_hot, values)


def added_in_order(count: int, numbers: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The same in NumPy: sort the rows by their number, then add up each run of equal numbers."""
    total = np.zeros((count, *values.shape[1:]), values.dtype)
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(np.concat([[True], ordered[1:] != ordered[:-1]])[: len(numbers)])
    total[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return total
