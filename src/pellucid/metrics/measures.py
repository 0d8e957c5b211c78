"""Metrics that are the mean of a loss over the rows, and how far numbers go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.equations import crossentropy, margins, regression, similarity
from pellucid.equations.losses import Loss
from pellucid.metrics.base import Averaging, RowMean
from pellucid.metrics.shapes import aligned, paired, spread
from pellucid.settings import option


class OfLoss(RowMean, abstract=True):
    """The mean of a loss, which has the settings of the metric."""

    any_cut = False

    def loss(self) -> Loss:
        raise NotImplementedError

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        truth, prediction = np.asarray(y_true), np.asarray(y_pred)
        if truth.shape == prediction.shape and truth.ndim == 1:
            truth, prediction = truth[:, None], prediction[:, None]
        return np.asarray(self.loss().rows(truth, prediction))


class BinaryCrossentropy(OfLoss):
    """mean −y·log ŷ − (1 − y)·log(1 − ŷ)"""

    from_logits: bool = False
    label_smoothing: float = 0.0

    def loss(self) -> Loss:
        return crossentropy.BinaryCrossentropy(self.from_logits, self.label_smoothing)


class CategoricalCrossentropy(OfLoss):
    """mean −Σ y·log ŷ, for one-hot rows y"""

    from_logits: bool = False
    label_smoothing: float = 0.0

    def loss(self) -> Loss:
        return crossentropy.CategoricalCrossentropy(self.from_logits, self.label_smoothing)


class SparseCategoricalCrossentropy(OfLoss):
    """mean −log ŷ[y], for class numbers y; rows of `ignore_class` do not count"""

    from_logits: bool = False
    ignore_class: int | None = option(default=None, kw_only=True)

    def loss(self) -> Loss:
        return crossentropy.SparseCategoricalCrossentropy(
            self.from_logits, ignore_class=self.ignore_class
        )

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        values = self.values(y_true, y_pred)
        if self.ignore_class is not None:
            counts = np.reshape(y_true, values.shape) != self.ignore_class
            rows = spread(sample_weight, values.shape)
            sample_weight = counts * (1.0 if rows is None else rows)
        self.add(values, sample_weight)


class KLDivergence(OfLoss):
    """mean Σ y·log(y/ŷ)"""

    alias = ("kld", "kl_divergence")

    def loss(self) -> Loss:
        return crossentropy.KLDivergence()


class Poisson(OfLoss):
    """mean ŷ − y·log ŷ"""

    def loss(self) -> Loss:
        return regression.Poisson()


class MeanAbsolutePercentageError(OfLoss):
    """mean 100·|ŷ − y|/|y|"""

    alias = ("mape",)

    def loss(self) -> Loss:
        return regression.MeanAbsolutePercentageError()


class MeanSquaredLogarithmicError(OfLoss):
    """mean (log(1 + ŷ) − log(1 + y))²"""

    alias = ("msle",)

    def loss(self) -> Loss:
        return regression.MeanSquaredLogarithmicError()


class LogCoshError(OfLoss):
    """mean log cosh(ŷ − y)"""

    alias = ("logcosh", "log_cosh")

    def default_name(self) -> str:
        return "logcosh"

    def loss(self) -> Loss:
        return regression.LogCosh()


class Hinge(OfLoss):
    """mean max(1 − y·ŷ, 0)"""

    def loss(self) -> Loss:
        return margins.Hinge()


class SquaredHinge(OfLoss):
    """mean max(1 − y·ŷ, 0)²"""

    def loss(self) -> Loss:
        return margins.SquaredHinge()


class CategoricalHinge(OfLoss):
    """mean max(1 + max (1 − y)·ŷ − Σ y·ŷ, 0)"""

    def loss(self) -> Loss:
        return margins.CategoricalHinge()


class CosineSimilarity(OfLoss):
    """mean cos(y, ŷ): 1 where both have one direction"""

    alias = ("cosine",)

    axis: int = -1

    def loss(self) -> Loss:
        return similarity.CosineSimilarity(axis=self.axis)

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        return -super().values(y_true, y_pred)


class Sum(Averaging):
    """The weighted sum of any values: update_state(values, sample_weight=None)."""

    def update_state(self, values: ArrayLike, sample_weight: ArrayLike | None = None) -> None:  # type: ignore[override]
        self.add(np.asarray(values), sample_weight)

    def result(self) -> float:
        return float(self.total)


class MeanRelativeError(Averaging):
    """mean |ŷ − y|/normalizer, 0 where the normalizer is 0"""

    normalizer: Any

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        truth, prediction = aligned(y_true, y_pred)
        size = np.broadcast_to(np.asarray(self.normalizer, np.float64), truth.shape)
        apart = np.abs(np.subtract(truth, prediction, dtype=np.float64))
        self.add(np.divide(apart, size, out=np.zeros_like(apart), where=size != 0), sample_weight)


class Correlation(RowMean, abstract=True):
    """How far the numbers of a row go together, along `axis`."""

    any_cut = False
    axis: int | Sequence[int] = -1

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        truth, prediction = paired(y_true, y_pred, type(self).__name__)
        return np.asarray(self.along(np.asarray(truth, float), np.asarray(prediction, float)))

    def along(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def apart(self, x: np.ndarray) -> np.ndarray:
        """Each number's distance from the mean."""
        return x - self.mean(x, keepdims=True)

    def mean(self, x: np.ndarray, keepdims: bool = False) -> np.ndarray:
        axes = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        return x.mean(axis=axes, keepdims=keepdims)


class PearsonCorrelation(Correlation):
    """mean cov(y, ŷ)/(σ_y·σ_ŷ), within each row"""

    axis: int | Sequence[int] = -1

    def along(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        a, b = self.apart(y), self.apart(p)
        return self.mean(a * b) / np.sqrt(self.mean(a * a) * self.mean(b * b))


def pearson_correlation(
    y_true: ArrayLike, y_pred: ArrayLike, axis: int | Sequence[int] = -1
) -> np.ndarray:
    """cov(y, ŷ)/(σ_y·σ_ŷ), of each row.

    Arguments:
        y_true: what is right.
        y_pred: what was found, of the same shape.
        axis: the axis, or several, along which the numbers are that go together.

    Returns: a number for each row.

    >>> pellucid.metrics.pearson_correlation([[0.0, 1.0, 2.0]], [[0.0, 2.0, 4.0]]).round(6)
    array([1.])
    """
    return PearsonCorrelation(axis=axis).values(y_true, y_pred)


def concordance_correlation(
    y_true: ArrayLike, y_pred: ArrayLike, axis: int | Sequence[int] = -1
) -> np.ndarray:
    """2·cov(y, ŷ)/(σ_y² + σ_ŷ² + (ȳ − ŷ̄)²), of each row.

    Arguments:
        y_true: what is right.
        y_pred: what was found, of the same shape.
        axis: the axis, or several, along which the numbers are that go together.

    Returns: a number for each row.

    >>> pellucid.metrics.concordance_correlation([[0.0, 1.0, 2.0]], [[0.0, 1.0, 2.0]]).round(6)
    array([1.])
    """
    return ConcordanceCorrelation(axis=axis).values(y_true, y_pred)


class ConcordanceCorrelation(Correlation):
    """mean 2·cov(y, ŷ)/(σ_y² + σ_ŷ² + (ȳ − ŷ̄)²), within each row"""

    axis: int | Sequence[int] = -1

    def along(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        a, b = self.apart(y), self.apart(p)
        between = (self.mean(y) - self.mean(p)) ** 2
        size = self.mean(a * a) + self.mean(b * b) + between
        return 2 * self.mean(a * b) / (size + 1e-7)
