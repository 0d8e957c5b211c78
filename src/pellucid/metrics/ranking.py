"""AUC: how well scores rank positives above negatives, exact at any number of thresholds.

ROC: the chance that a positive scores above a negative, ties counted ½
PR:  Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over the distinct scores (average precision)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pellucid.metrics.base import Metric
from pellucid.metrics.shapes import is_numbered, numbered, one_hot, paired, spread


class AUC(Metric):
    """The area under the ROC or the precision-recall curve; NaN while it is undefined.

    All outputs are ranked together; with average="macro" each class is ranked against the rest,
    class numbers are taken as targets, and the mean is over the classes where the area is defined.
    The scores are kept in memory, so the area is exact.
    """

    any_cut = True

    curve: str = "ROC"
    average: str | None = None

    def check_settings(self) -> None:
        if self.curve not in ("ROC", "PR"):
            raise ValueError(f"AUC got curve={self.curve!r}, expected 'ROC' or 'PR'")
        if self.average not in (None, "macro"):
            raise ValueError(f"AUC got average={self.average!r}, expected None or 'macro'")

    def reset_state(self) -> None:
        self.truths: list[np.ndarray] = []
        self.scores: list[np.ndarray] = []
        self.weights: list[np.ndarray] = []

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        if self.average and is_numbered(y_true, y_pred):
            labels, scores = numbered(y_true, y_pred, "AUC")
            truth = one_hot(labels, scores.shape[-1])
        else:
            truth, scores = paired(y_true, y_pred, "AUC")
            truth = truth > 0.5
        weight = spread(sample_weight, scores.shape[:-1])
        columns = scores.shape[-1]
        self.truths.append(truth.reshape(-1, columns))
        self.scores.append(scores.reshape(-1, columns).copy())
        self.weights.append(
            np.ones(scores.shape[:-1]).ravel() if weight is None else weight.ravel()
        )

    def result(self) -> float:
        if not self.scores:
            return float("nan")
        truth, scores = np.concatenate(self.truths), np.concatenate(self.scores)
        weight = np.concatenate(self.weights)
        self.truths, self.scores, self.weights = [truth], [scores], [weight]
        area = roc_area if self.curve == "ROC" else pr_area
        if self.average is None:
            return area(truth.ravel(), scores.ravel(), np.repeat(weight, scores.shape[1]))
        areas = [area(one, score, weight) for one, score in zip(truth.T, scores.T, strict=True)]
        defined = [value for value in areas if value == value]
        return sum(defined) / len(defined) if defined else float("nan")


def roc_area(truth: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> float:
    tp, fp = _counts_by_threshold(truth, scores, weight)
    if not (len(tp) and tp[-1] and fp[-1]):
        return float("nan")
    height = tp + np.concatenate(([0.0], tp[:-1]))
    return float((np.diff(fp, prepend=0.0) * height).sum() / (2 * tp[-1] * fp[-1]))


def pr_area(truth: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> float:
    tp, fp = _counts_by_threshold(truth, scores, weight)
    if not (len(tp) and tp[-1]):
        return float("nan")
    found = tp + fp
    precision = np.divide(tp, found, out=np.zeros_like(tp), where=found > 0)
    return float((np.diff(tp, prepend=0.0) * precision).sum() / tp[-1])


def _counts_by_threshold(
    truth: np.ndarray, scores: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives with the cut below each distinct score, highest first."""
    order = np.argsort(scores, kind="stable")[::-1]
    ranked = scores[order]
    last_of_ties = np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)]
    tp = np.cumsum(np.where(truth, weight, 0.0)[order])[last_of_ties]
    fp = np.cumsum(np.where(truth, 0.0, weight)[order])[last_of_ties]
    return tp, fp
