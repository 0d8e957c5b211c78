"""Losses by name, and a user's own as a function of symbolic tensors.

Each is a class, `Huber(delta=2)`, and in snake case a function, `huber(y_true, y_pred)`, that gives
one number for each row. `compile` takes either, or the name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.equations.base import Equation
from pellucid.equations.crossentropy import (
    BinaryCrossentropy, CategoricalCrossentropy, KLDivergence, SparseCategoricalCrossentropy,
)  # fmt: skip
from pellucid.equations.focal import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from pellucid.equations.losses import Loss
from pellucid.equations.margins import CategoricalHinge, Hinge, SquaredHinge
from pellucid.equations.reductions import Mean
from pellucid.equations.regression import (
    Huber, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError,
    MeanSquaredLogarithmicError, Poisson,
)  # fmt: skip
from pellucid.settings import nearest
from pellucid.tensor import Tensor

__all__ = [
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "CategoricalHinge", "Hinge", "Huber", "KLDivergence", "LogCosh",
    "Loss", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "OwnLoss", "Poisson", "SparseCategoricalCrossentropy",
    "SquaredHinge", "get",
]  # fmt: skip


class OwnLoss(Loss, hidden=True):
    """L = mean of a user's `function(y_true, y_pred)`, written on symbolic tensors"""

    function: Callable[[Tensor, Tensor], Tensor]

    def write(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        rows = self.of_rows(y, p)
        if weight is None:
            return Mean()(rows).called("L")
        if len(rows.shape) < len(weight.shape):
            raise ValueError(
                f"the loss function {self.name()!r} gives one number for the whole batch, so rows "
                "cannot be weighted; return one for each row: take means along axis -1 only"
            )
        trailing = tuple(range(len(weight.shape), len(rows.shape)))
        return Mean()(weight * (Mean(trailing)(rows) if trailing else rows)).called("L")

    def of_rows(self, y: Tensor, p: Tensor) -> Tensor:
        value = self.function(y, p)
        if not isinstance(value, Tensor):
            raise TypeError(
                f"the loss function {self.name()!r} must return a symbolic tensor, computed from "
                f"its arguments (y_true, y_pred) by operators and equations; got {value!r}"
            )
        return value

    def name(self) -> str:
        return getattr(self.function, "__name__", repr(self.function))

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
