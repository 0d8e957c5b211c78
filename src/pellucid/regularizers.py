"""Regularizers: what is added to the loss to keep weights small."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from pellucid.equations.arithmetic import Absolute, Sqrt, Square
from pellucid.equations.choices import Maximum
from pellucid.equations.linear import Product
from pellucid.equations.penalties import SumOfAbsolutes, SumOfSquares
from pellucid.equations.reductions import Sum
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.settings import Named, nearest
from pellucid.tensor import Symbolic, Tensor, show_shape
from pellucid.wording import tell

#: the least length² that a vector is divided by
LEAST = 1e-12

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
]


class Regularizer(Named, family="regularizer"):
    """A penalty R(W), written as equations and added to the loss."""

    def write(self, w: Tensor) -> Tensor:
        raise NotImplementedError

    def __call__(self, w: Any) -> Any:
        """The penalty on an array, or written on a symbolic tensor."""
        if isinstance(w, Symbolic):
            return self.write(w.tensor)
        array = np.asarray(w, None if np.asarray(w).dtype.kind == "f" else "float32")
        given = Tensor(array.shape)
        penalty = self.write(given)
        return interpret(trace([penalty]), {given: array}, np)[penalty]


class L1(Regularizer):
    """R = λ·Σ |W|, which makes weights exactly 0"""

    l1: float = 0.01

    def write(self, w: Tensor) -> Tensor:
        return SumOfAbsolutes(self.l1)(w)


class L2(Regularizer):
    """R = λ·Σ W², which keeps every weight small"""

    l2: float = 0.01

    def write(self, w: Tensor) -> Tensor:
        return SumOfSquares(self.l2)(w)


class L1L2(Regularizer):
    """R = λ₁·Σ |W| + λ₂·Σ W²"""

    alias = ("l1_l2",)

    l1: float = 0.0
    l2: float = 0.0

    def write(self, w: Tensor) -> Tensor:
        if not (self.l1 and self.l2):
            return L1(self.l1).write(w) if self.l1 else L2(self.l2).write(w)
        return L1(self.l1).write(w) + L2(self.l2).write(w)


class OrthogonalRegularizer(Regularizer):
    """R = λ·mean |cos| of every pair of rows of W, or of columns, which makes them orthogonal"""

    alias = ("orthogonal",)

    factor: float = 0.01
    mode: str = "rows"

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        if self.mode not in ("rows", "columns"):
            known = nearest(str(self.mode), ("rows", "columns"))
            raise ValueError(f"OrthogonalRegularizer: unknown mode {self.mode!r}: {known}")

    def write(self, w: Tensor) -> Tensor:
        if len(w.shape) != 2:
            raise ValueError(
                f"OrthogonalRegularizer goes over the rows or the columns of a matrix, got "
                f"{show_shape(w.shape)}"
            )
        by_rows = self.mode == "rows"
        length = Sqrt()(Maximum()(Sum(1 if by_rows else 0, keepdims=True)(Square()(w)), LEAST))
        unit, count = w / length, w.shape[0 if by_rows else 1] or 1
        agree = Product("b" if by_rows else "a")(unit, unit)
        apart = Sum()(Absolute()(agree)) - Sum()(Square()(unit))
        return self.factor / max(1, count * (count - 1)) * apart


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer


def get(identifier: RegularizerLike) -> Regularizer | None:
    """The regularizer of a name, an object, a class or a configuration; None for none."""
    return None if identifier is None else Regularizer.get(identifier)


#: what stands for a regularizer, or for none
RegularizerLike = Annotated[Regularizer | type[Regularizer] | str | dict[str, Any] | None, get]

tell(globals(), "regularizers")
