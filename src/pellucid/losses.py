"""Losses by name, and a user's own as a function of symbolic tensors.

Each is a class, `Huber(delta=2)`, and in snake case a function, `huber(y_true, y_pred)`, that gives
one number for each row. `compile` takes either, or the name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pellucid.absent import refused
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
from pellucid.equations.reductions import Mean, Sum
from pellucid.equations.regression import (
    MARGIN,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Pinball,
    Poisson,
)
from pellucid.equations.similarity import CategoricalGeneralizedCrossEntropy, CosineSimilarity
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from pellucid.wording import tell

__all__ = [
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "CategoricalHinge",
    "CosineSimilarity", "Dice", "Hinge", "Huber", "KLDivergence", "LogCosh", "Loss",
    "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "OwnLoss", "Pinball", "Poisson", "SparseCategoricalCrossentropy",
    "SquaredHinge", "Tversky", "get",
]  # fmt: skip


class Written(Loss, abstract=True):
    """A loss whose value is written by equations on the targets and the predictions."""

    def value(self, y: Tensor, p: Tensor, rank: int) -> Tensor:
        """A number for each row at least, where `rank` is 1; as it comes where it is 0."""
        raise NotImplementedError

    def line(self, p: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        if w is None:
            return Mean()(self.value(y, p, rank=0)).called("L")
        return Mean()(w * self.of_rows(y, p, len(w.shape))).called("L")

    def of_each(self, y: Tensor, p: Tensor) -> Tensor:
        return self.of_rows(y, p)

    def of_rows(self, y: Tensor, p: Tensor, rank: int = 1) -> Tensor:
        """The value, as means over all axes but the first `rank`."""
        value = self.value(y, p, rank)
        trailing = tuple(range(rank, len(value.shape)))
        return Mean(trailing)(value) if trailing else value

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        predictions, targets = Tensor(p.shape), Tensor(y.shape, role="target")
        rows = self.of_rows(targets, predictions)
        return interpret(trace([rows]), {predictions: p, targets: y}, xp)[rows]


class OwnLoss(Written, hidden=True):
    """L = mean of a user's `function(y_true, y_pred)`, written on symbolic tensors"""

    function: Callable[[Tensor, Tensor], Tensor]

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


class Overlapping(Written, abstract=True):
    """One minus how far two regions overlap; over the whole batch, or over `axis` of it."""

    axis: int | Sequence[int] | None = None

    def value(self, y: Tensor, p: Tensor, rank: int) -> Tensor:
        axes = self.axis if self.axis is None or isinstance(self.axis, int) else tuple(self.axis)
        return self.missed(y, p, Sum(axes))

    def missed(self, y: Tensor, p: Tensor, total: Sum) -> Tensor:
        raise NotImplementedError

    def of_rows(self, y: Tensor, p: Tensor, rank: int = 1) -> Tensor:
        value = self.value(y, p, rank)
        return super().of_rows(y, p, rank) if len(value.shape) >= rank else value


class Dice(Overlapping):
    """L = 1 − 2·Σ Y⊙P/(Σ Y + Σ P + ε), over the whole batch, or over `axis`"""

    axis: int | Sequence[int] | None = None
    expects = "probability"

    def missed(self, y: Tensor, p: Tensor, total: Sum) -> Tensor:
        return 1 - 2 * total(y * p) / (total(y) + total(p) + MARGIN)


class Tversky(Overlapping):
    """L = 1 − t/(t + α·Σ (1 − Y)⊙P + β·Σ Y⊙(1 − P) + ε) for t = Σ Y⊙P

    Over the whole batch, or over `axis`. α = `alpha` weighs what is too much, β = `beta` what is
    missed.
    """

    alpha: float = 0.5
    beta: float = 0.5
    axis: int | Sequence[int] | None = None
    expects = "probability"

    def missed(self, y: Tensor, p: Tensor, total: Sum) -> Tensor:
        shared = total(y * p)
        apart = self.alpha * total(p * (1 - y)) + self.beta * total((1 - p) * y)
        return 1 - shared / (shared + apart + MARGIN)


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
        raise refused("losses", name, Loss.table)
    return Loss.get(name).rows


def __dir__() -> list[str]:
    return sorted([*Loss.table, *__all__])


tell(globals(), "losses")
