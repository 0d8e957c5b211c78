"""AUC: how well scores rank positives above negatives, exact, or over thresholds as in Keras.

ROC: the chance that a positive scores above a negative, ties counted ½
PR:  Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over the distinct scores (average precision)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.metrics.areas import CURVES, HEIGHTS, area, counted
from pellucid.metrics.base import Metric
from pellucid.metrics.shapes import each_weight, is_numbered, numbered, one_hot, paired
from pellucid.settings import nearest, option


class AUC(Metric):
    """The area under the ROC or the precision-recall curve; NaN while it is undefined.

    All outputs are ranked together; with average="macro" each class is ranked against the rest,
    class numbers are taken as targets, and the mean is over the classes where the area is defined.
    The scores are kept in memory, so the area is exact. With `num_thresholds`, `thresholds` or
    `summation_method` it is what Keras computes over so many thresholds (200), which also has the
    curve "PRGAIN"; `from_logits` takes the sigmoid of scores first. `multi_label` is the mean over
    the outputs, weighted by `label_weights`, which alone weigh the outputs ranked together.
    """

    any_cut = True

    curve: str = "ROC"
    average: str | None = None
    num_thresholds: int | None = option(default=None, kw_only=True)
    summation_method: str | None = option(default=None, kw_only=True)
    thresholds: Sequence[float] | None = option(default=None, kw_only=True)
    multi_label: bool = option(default=False, kw_only=True)
    num_labels: int | None = option(default=None, kw_only=True)
    label_weights: Sequence[float] | None = option(default=None, kw_only=True)
    from_logits: bool = option(default=False, kw_only=True)

    def check_settings(self) -> None:
        if self.curve not in CURVES:
            raise ValueError(f"AUC got curve={self.curve!r}: {nearest(str(self.curve), CURVES)}")
        if self.average not in (None, "macro"):
            raise ValueError(f"AUC got average={self.average!r}, expected None or 'macro'")
        method = self.summation_method
        if method is not None and method not in HEIGHTS:
            raise ValueError(
                f"AUC got summation_method={method!r}: {nearest(str(method), HEIGHTS)}"
            )
        count = self.num_thresholds
        if count is not None and (not isinstance(count, int) or count < 2):
            raise ValueError(f"AUC: num_thresholds is a whole number of 2 or more, got {count!r}")
        for level in self.thresholds if self.thresholds is not None else ():
            if not 0 <= level <= 1:
                raise ValueError(f"AUC: thresholds are from 0 to 1, got {level!r}")
        if self.curve == "PRGAIN" and not self.by_thresholds:
            raise ValueError("AUC: curve='PRGAIN' is known over thresholds: say num_thresholds=200")

    @property
    def by_thresholds(self) -> bool:
        """Whether it is computed over thresholds."""
        given = (self.num_thresholds, self.summation_method, self.thresholds)
        return any(each is not None for each in given)

    def levels(self) -> list[float]:
        """The thresholds within 0 and 1."""
        if self.thresholds is not None:
            return sorted(float(each) for each in self.thresholds)
        count = self.num_thresholds or 200
        return [at / (count - 1) for at in range(1, count - 1)]

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
        weight = each_weight(sample_weight, scores)
        columns = scores.shape[-1]
        if self.num_labels not in (None, columns):
            raise ValueError(f"AUC got num_labels={self.num_labels!r} for {columns} outputs a row")
        scores = 0.5 * (1 + np.tanh(scores / 2)) if self.from_logits else scores.copy()
        self.truths.append(truth.reshape(-1, columns))
        self.scores.append(scores.reshape(-1, columns))
        weight = np.ones((*scores.shape[:-1], 1)) if weight is None else weight
        self.weights.append(weight.reshape(-1, weight.shape[-1]))

    def result(self) -> float:
        if not self.scores:
            return float("nan")
        truth, scores = np.concatenate(self.truths), np.concatenate(self.scores)
        weight = np.concatenate(self.weights)
        self.truths, self.scores, self.weights = [truth], [scores], [weight]
        if self.average is None and not self.multi_label:
            weights = weight * self.label_shares(scores.shape[1])
            return self.area(truth.ravel(), scores.ravel(), weights.ravel())
        columns = np.broadcast_to(weight, scores.shape).T
        each = zip(truth.T, scores.T, columns, self.label_shares(scores.shape[1]), strict=True)
        areas = [(self.area(one, score, w), share) for one, score, w, share in each]
        defined = [(value, share) for value, share in areas if value == value]
        total = sum(share for _, share in defined)
        return sum(value * share for value, share in defined) / total if total else float("nan")

    def label_shares(self, columns: int) -> Any:
        """How much each output counts."""
        if self.label_weights is None:
            return np.ones(columns)
        if len(self.label_weights) != columns:
            raise ValueError(
                f"AUC got {len(self.label_weights)} label_weights for {columns} outputs a row"
            )
        return np.asarray(self.label_weights, np.float64)

    def area(self, truth: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> float:
        """The area of one ranking."""
        if not self.by_thresholds:
            return (roc_area if self.curve == "ROC" else pr_area)(truth, scores, weight)
        counts = counted(truth, scores, weight, self.levels())
        return area(counts, self.curve, self.summation_method or "interpolation")


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
