"""Constraints: what a weight is brought back to after each step, so that it keeps within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np

from pellucid.equations.arithmetic import Sqrt, Square
from pellucid.equations.choices import Maximum, Minimum
from pellucid.equations.reductions import Sum
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.settings import Named
from pellucid.tensor import Symbolic, Tensor
from pellucid.wording import tell

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "unit_norm",
]

#: keeps a length off 0 where it is divided by, as in Keras
MARGIN = 1e-7
Axis = int | Sequence[int]


class Constraint(Named, family="constraint"):
    """W ← what is nearest to W within bounds, written as equations.

    One of your own has a method `write(self, w)`, or, as in Keras, `__call__(self, w)`, made of
    operators and pellucid.ops.
    """

    def write(self, w: Tensor) -> Tensor:
        raise NotImplementedError

    def __call__(self, w: Any) -> Any:
        """The constrained weight, of an array or written on a symbolic tensor."""
        if isinstance(w, Symbolic):
            return self.write(w.tensor)
        array = np.asarray(w)
        given = Tensor(array.shape)
        kept = self.write(given)
        return interpret(trace([kept]), {given: array}, np)[kept]


class NonNeg(Constraint):
    """W ← max(W, 0)"""

    alias = ("non_neg", "nonneg")

    def write(self, w: Tensor) -> Tensor:
        return Maximum()(w, 0)


class ByLength(Constraint, abstract=True):
    """W ← W · (the length that it should have)/(its length along `axis`)"""

    axis: Axis = 0

    def wanted(self, length: Tensor) -> Tensor | float:
        """The length that a vector of this length should have."""
        raise NotImplementedError

    def write(self, w: Tensor) -> Tensor:
        axes = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        length = Sqrt()(Sum(axes, keepdims=True)(Square()(w)))
        return w * (self.wanted(length) / (length + MARGIN))


class MaxNorm(ByLength):
    """W ← W · min(|W|, max_value)/|W|, its length along `axis`: 0 for the inputs of each unit"""

    max_value: float = 2
    axis: Axis = 0

    def wanted(self, length: Tensor) -> Tensor:
        return Minimum()(length, self.max_value)


class UnitNorm(ByLength):
    """W ← W/|W|, its length along `axis`: 0 for the inputs of each unit"""

    axis: Axis = 0

    def wanted(self, length: Tensor) -> float:
        return 1.0


class MinMaxNorm(ByLength):
    """W ← W · L/|W|, for L = rate · |W| kept within the two values + (1 − rate) · |W|"""

    min_value: float = 0.0
    max_value: float = 1.0
    rate: float = 1.0
    axis: Axis = 0

    def wanted(self, length: Tensor) -> Tensor:
        kept = Minimum()(Maximum()(length, self.min_value), self.max_value)
        return kept if self.rate == 1 else self.rate * kept + (1 - self.rate) * length


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm


def get(identifier: ConstraintLike) -> Callable[[Tensor], Tensor] | None:
    """The constraint of a name, an object, a class, or a function of a weight; None for none."""
    plain = isinstance(identifier, (type, str, dict, Constraint))
    if identifier is None or (callable(identifier) and not plain):
        return identifier  # type: ignore[return-value]
    return Constraint.get(identifier)


#: what stands for a constraint, or for none
ConstraintLike = Annotated[
    Constraint | type[Constraint] | Callable[[Tensor], Tensor] | str | dict[str, Any] | None,
    get,
]

tell(globals(), "constraints")
