"""Regularizers: what is added to the loss to keep weights small."""

from __future__ import annotations

from typing import Annotated, Any

from pellucid.equations.penalties import SumOfAbsolutes, SumOfSquares
from pellucid.settings import Named
from pellucid.tensor import Tensor

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "Regularizer",
    "get",
    "l1",
    "l1_l2",
    "l2",
]


class Regularizer(Named, family="regularizer"):
    """A penalty R(W), written as equations and added to the loss."""

    def write(self, w: Tensor) -> Tensor:
        raise NotImplementedError


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


l1, l2, l1_l2 = L1, L2, L1L2


def get(identifier: RegularizerLike) -> Regularizer | None:
    """The regularizer of a name, an object, a class or a configuration; None for none."""
    return None if identifier is None else Regularizer.get(identifier)


#: what stands for a regularizer, or for none
RegularizerLike = Annotated[Regularizer | type[Regularizer] | str | dict[str, Any] | None, get]
