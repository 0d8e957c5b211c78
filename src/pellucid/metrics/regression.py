"""Metrics of regression: how far predicted numbers are from the true ones."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.metrics.base import Metric, RowMean
from pellucid.metrics.shapes import paired, row_means, spread

#: rows that are merged at a time
BLOCK = 4096


class MeanSquaredError(RowMean):
    """mean (ŷ − y)²"""

    alias = ("mse",)

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        return row_means(_difference(y_true, y_pred, "MeanSquaredError") ** 2)


class MeanAbsoluteError(RowMean):
    """mean |ŷ − y|"""

    alias = ("mae",)

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        return row_means(np.abs(_difference(y_true, y_pred, "MeanAbsoluteError")))


class RootMeanSquaredError(RowMean):
    """√(mean (ŷ − y)²)"""

    alias = ("rmse",)

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        return row_means(_difference(y_true, y_pred, "RootMeanSquaredError") ** 2)

    def result(self) -> float:
        return math.sqrt(super().result())


class R2Score(Metric):
    """1 − Σ(y − ŷ)² / Σ(y − ȳ)²: the share of the variance that is explained.

    Several outputs are averaged alike ("uniform_average") or by their variance
    ("variance_weighted_average"), or with None have a number each. Targets that do not vary give 1
    if all are met, 0 otherwise.
    """

    alias = ("r2",)
    any_cut = True

    class_aggregation: str | None = "uniform_average"
    num_regressors: int = 0

    def check_settings(self) -> None:
        if not isinstance(self.num_regressors, int) or self.num_regressors < 0:
            raise ValueError(
                f"R2Score: num_regressors is a whole number of 0 or more, got "
                f"{self.num_regressors!r}"
            )
        if self.class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise ValueError(
                f"R2Score got class_aggregation={self.class_aggregation!r}, "
                "expected 'uniform_average', 'variance_weighted_average' or None"
            )

    def reset_state(self) -> None:
        self.weight, self.count = 0.0, 0
        self.origin: np.ndarray | None = None
        self.mean = self.variation = self.residual = np.zeros(1)
        self.waiting: list[np.ndarray] = []

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        truth, prediction = paired(y_true, y_pred, "R2Score")
        weight = spread(sample_weight, truth.shape[:-1])
        w = np.ones(math.prod(truth.shape[:-1])) if weight is None else weight.reshape(-1)
        y = np.asarray(truth, np.float64).reshape(len(w), truth.shape[-1])
        self.count += len(w)
        rows = np.concatenate([w[:, None], y, np.reshape(prediction, y.shape)], axis=1)
        self._take(np.concatenate([*self.waiting, rows]))

    def _take(self, rows: np.ndarray) -> None:
        """Rows in blocks that do not depend on how they came; those left over wait for more."""
        whole = len(rows) - len(rows) % BLOCK
        for start in range(0, whole, BLOCK):
            self._merge(rows[start : start + BLOCK])
        self.waiting = [rows[whole:]]

    def _merge(self, rows: np.ndarray) -> None:
        w, columns = rows[:, 0], (rows.shape[1] - 1) // 2
        y, predicted = rows[:, 1 : columns + 1], rows[:, columns + 1 :]
        if not w.sum() > 0:
            return
        # Measured from the first row, so that targets that do not vary leave exactly 0.
        if self.origin is None:
            self.origin = y[0].copy()
        from_origin = y - self.origin
        added, before = float(w.sum()), self.weight
        mean = w @ from_origin / added
        step, self.weight = mean - self.mean, before + added
        between = step**2 * (before * added / self.weight)
        self.variation = self.variation + w @ (from_origin - mean) ** 2 + between
        self.mean = self.mean + step * (added / self.weight)
        self.residual = self.residual + w @ (y - predicted) ** 2

    def result(self) -> Any:
        so_far = copy.copy(self)
        for rows in self.waiting:
            so_far._merge(rows)
        return so_far._score()

    def _score(self) -> Any:
        """R², of which what `num_regressors` columns of chance would explain is taken off."""
        plain, left = self._plain_score(), self.count - self.num_regressors - 1
        if not self.num_regressors or left <= 0:
            return plain
        return 1 - (1 - plain) * (self.count - 1) / left

    def _plain_score(self) -> Any:
        if not self.weight:
            return 0.0
        varies = self.variation > 0
        if self.class_aggregation == "variance_weighted_average" and varies.any():
            return float(1 - self.residual.sum() / self.variation.sum())
        exact = (self.residual == 0).astype(np.float64)
        share = np.divide(self.residual, self.variation, out=1 - exact, where=varies)
        return 1 - share if self.class_aggregation is None else float((1 - share).mean())


def _difference(y_true: ArrayLike, y_pred: ArrayLike, metric: str) -> np.ndarray:
    truth, prediction = paired(y_true, y_pred, metric)
    return np.subtract(prediction, truth, dtype=np.float64)
