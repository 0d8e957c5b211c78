"""Losses by name, and a user's own as a function of symbolic tensors.

Each is a class, `Huber(delta=2)`, and in snake case a function, `huber(y_true, y_pred)`, that gives
one number for each row. `compile` takes either, or the name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.equations.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from pellucid.equations.focal import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from pellucid.equations.losses import Loss
from pellucid.equations.margins import CategoricalHinge, Hinge, SquaredHinge
from pellucid.equations.reductions import Mean
from pellucid.equations.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Pinball,
    Poisson,
)
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.settings import nearest
from pellucid.tensor import Tensor

__all__ = [
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "CategoricalHinge", "Hinge", "Huber", "KLDivergence", "LogCosh",
    "Loss", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "OwnLoss", "Pinball", "Poisson",
    "SparseCategoricalCrossentropy", "SquaredHinge", "get",
]  # fmt: skip


class OwnLoss(Loss, hidden=True):
    """L = mean of a user's `function(y_true, y_pred)`, written on symbolic tensors"""

    function: Callable[[Tensor, Tensor], Tensor]

    def write(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        if weight is None:
            return Mean()(self.value(y, p, rank=0)).called("L")
        return Mean()(weight * self.of_rows(y, p, len(weight.shape))).called("L")

    def of_rows(self, y: Tensor, p: Tensor, rank: int = 1) -> Tensor:
        """The function's value, as means over all axes but the first `rank`."""
        value = self.value(y, p, rank)
        trailing = tuple(range(rank, len(value.shape)))
        return Mean(trailing)(value) if trailing else value

    def value(self, y: Tensor, p: Tensor, rank: int) -> Tensor:
        value = self.function(y, p)
        if isinstance(value, Tensor) and len(value.shape) >= rank:
            return value
        name = getattr(self.function, "__name__", repr(self.function))
        raise TypeError(
            f"the loss function {name} must return a symbolic tensor with a number for each row, "
            "computed from (y_true, y_pred) by operators and equations (of means, take those "
            f"along axis -1 only); got {value!r}"
        )

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        predictions, targets = Tensor(p.shape), Tensor(y.shape, role="target")
        rows = self.of_rows(targets, predictions)
        return interpret(trace([rows]), {predictions: p, targets: y}, xp)[rows]

    def line(self, p: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        return self.write(y, p, w)


def get(identifier: Any) -> Loss:
    """The loss of a name, an object, a class, or a user's function of (y_true, y_pred)."""
    owner = getattr(identifier, "__self__", None)
    if isinstance(owner, Loss):
        return owner
    if isinstance(identifier, dict) and identifier.get("class") == OwnLoss.__name__:
        return OwnLoss.from_config(identifier["config"])
    is_function = callable(identifier) and not isinstance(identifier, (type, Equation))
    return OwnLoss(identifier) if is_function else Loss.get(identifier)


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in Loss.table:
        raise AttributeError(f"pellucid.losses has no {name!r}: {nearest(name, Loss.table)}")
    return Loss.get(name).rows


def __dir__() -> list[str]:
    return sorted([*Loss.table, *__all__])
