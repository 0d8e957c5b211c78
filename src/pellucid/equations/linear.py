"""Matrix products: what a dense layer computes, and its two gradients."""

from __future__ import annotations

from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import PRODUCT, SUM, Equation
from pellucid.equations.reductions import SumTo
from pellucid.equations.spacing import Permute
from pellucid.tensor import Gradients, Shape, Tensor, show_shape, size


class Product(Equation):
    """Z = A·B, with `transposed` "a" for Aᵀ·B and "b" for A·Bᵀ

    Rows are what stands in every axis but the last: a product with A transposed sums over them.

        Z = A·B      dA = dZ·Bᵀ    dB = Aᵀ·dZ
        Z = A·Bᵀ     dA = dZ·B     dB = dZᵀ·A
        Z = Aᵀ·B     dA = B·dZᵀ    dB = A·dZ
    """

    transposed: str = ""

    binds = PRODUCT

    def template(self, style: str) -> str:
        mark, dot = ("ᵀ", "·") if style == "text" else (r"^\top ", "")
        first, second = (mark if self.transposed == side else "" for side in "ab")
        return f"{{a}}{first}{dot}{{b}}{second}"

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        if self.transposed == "a":
            return xp.matmul(rows(xp, a).T, rows(xp, b))
        if self.transposed == "b":
            return xp.matmul(a, b.T)
        return xp.matmul(a, b)

    def gradient(self, dz: Tensor, z: Tensor, a: Tensor, b: Tensor) -> Gradients:
        if self.transposed == "a":
            return Product("b")(b, dz), Product()(a, dz)
        if self.transposed == "b":
            return Product()(dz, b), Product("a")(dz, a)
        return Product("b")(dz, b), Product("a")(a, dz)

    def shape(self, *shapes: Shape) -> Shape:
        a, b = shapes
        value: Shape
        if self.transposed == "a":
            fits, value = a[:-1] == b[:-1], (a[-1], b[-1])
        elif self.transposed == "b":
            fits, value = a[-1] == b[-1], (*a[:-1], b[0])
        else:
            fits, value = a[-1] == b[0] and len(b) == 2, (*a[:-1], b[-1])
        if not fits:
            raise ValueError(
                f"a product of {show_shape(a)} and {show_shape(b)} needs a second factor of two "
                "dimensions whose inner dimension equals that of the first"
            )
        return value

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[0]) * (shapes[1][0 if self.transposed == "b" else -1] or 1)


class Affine(Equation):
    """Z = X·W + b

        dX = dZ·Wᵀ    dW = Xᵀ·dZ    db = Σ dZ

    X (n, …, k), W (k, m), b (m,), Z (n, …, m)
    """

    text, latex = "{x}·{w} + {b}", "{x} {w} + {b}"
    letter = "Z"
    binds = SUM

    def run(self, xp: Namespace, x: Array, w: Array, b: Array) -> Array:
        z = xp.matmul(x, w)
        z += b
        return z

    def gradient(self, dz: Tensor, z: Tensor, x: Tensor, w: Tensor, b: Tensor) -> Gradients:
        return Product("b")(dz, w), Product("a")(x, dz), SumTo()(dz, b)

    def shape(self, *shapes: Shape) -> Shape:
        return Product().shape(shapes[0], shapes[1])

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[0]) * (value[-1] or 1) + size(value)


class RowProduct(Equation):
    """Z = A·B, row by row: a product of matrices for each row of the batch

        dA = dZ·Bᵀ    dB = Aᵀ·dZ

    A (n, …, i, k), B (n, …, k, j), Z (n, …, i, j)
    """

    text, latex = "{a}·{b}", "{a} {b}"
    binds = PRODUCT

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.matmul(a, b)

    def gradient(self, dz: Tensor, z: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return RowProduct()(dz, turned(b)), RowProduct()(turned(a), dz)

    def shape(self, *shapes: Shape) -> Shape:
        a, b = shapes
        if len(a) != len(b) or len(a) < 3 or a[:-2] != b[:-2] or a[-1] != b[-2]:
            raise ValueError(
                f"a product row by row of {show_shape(a)} and {show_shape(b)} needs equal "
                "dimensions but the last two, of which the inner ones are equal"
            )
        return (*a[:-1], b[-1])

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(value) * (shapes[0][-1] or 1)


def turned(x: Tensor) -> Tensor:
    """x with its last two axes exchanged."""
    rank = len(x.shape)
    return Permute((*range(rank - 2), rank - 1, rank - 2))(x)


def rows(xp: Namespace, x: Array) -> Array:
    """x as a matrix: one row for each index of every axis but the last."""
    return x if x.ndim == 2 else xp.reshape(x, (-1, x.shape[-1]))


def product(a: Any, b: Any) -> Tensor:
    return Product()(a, b)


Tensor.operators["product"] = product
