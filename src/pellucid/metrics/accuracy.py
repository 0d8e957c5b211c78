"""Accuracy: the share of rows whose predicted class is the true one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from pellucid.metrics.base import Metric, RowMean
from pellucid.metrics.shapes import check_threshold, mismatch, numbered, paired, row_means
from pellucid.settings import option

#: What compile(metrics=[…]) takes for "the accuracy that fits this network".
ACCURACY_NAMES = frozenset({"accuracy", "acc"})


class EachRight(RowMean, abstract=True):
    """The share of what is right, where each number of a row is so by itself, or may be weighed."""

    def each(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        """Which numbers are right."""
        raise NotImplementedError

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        return row_means(self.each(y_true, y_pred))

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        shape = () if sample_weight is None else np.shape(sample_weight)
        if len(shape) > 1 and len(shape) == np.ndim(y_pred) and shape[-1] > 1:
            self.add(self.each(y_true, y_pred), sample_weight)
        else:
            super().update_state(y_true, y_pred, sample_weight)


class Accuracy(EachRight):
    """The share of predicted labels that equal the true ones; both are labels, not scores."""

    alias = ("acc",)

    def each(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        truth, labels = paired(y_true, y_pred, "Accuracy")
        if labels.dtype.kind == "f" and not np.array_equal(labels, np.rint(labels)):
            raise ValueError(
                "Accuracy compares labels, and these predictions are scores. "
                "compile(metrics=['accuracy']) chooses the accuracy that fits the network; "
                "for probabilities of one output use metrics.BinaryAccuracy()"
            )
        return truth == labels


class BinaryAccuracy(EachRight):
    """The share of outputs on the right side: [y > ½] = [ŷ > threshold]."""

    threshold: float = 0.5

    def check_settings(self) -> None:
        check_threshold("BinaryAccuracy", self.threshold)

    def each(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        truth, score = paired(y_true, y_pred, "BinaryAccuracy")
        return (truth > 0.5) == (score > self.threshold)


class CategoricalAccuracy(RowMean):
    """The share of rows with argmax y = argmax ŷ; y has a column for each class."""

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        truth, scores = _one_hot_pair(y_true, y_pred, "CategoricalAccuracy")
        return truth.argmax(-1) == scores.argmax(-1)


class SparseCategoricalAccuracy(RowMean):
    """The share of rows with y = argmax ŷ; y holds class numbers."""

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        labels, scores = numbered(y_true, y_pred, "SparseCategoricalAccuracy")
        return labels == scores.argmax(-1)


class TopKCategoricalAccuracy(RowMean):
    """The share of rows whose true class has one of the k highest scores; ties count as in."""

    k: int = 5

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        truth, scores = _one_hot_pair(y_true, y_pred, "TopKCategoricalAccuracy")
        return _in_top(self.k, truth.argmax(-1), scores)


class SparseTopKCategoricalAccuracy(RowMean):
    """As top-k categorical accuracy; y holds class numbers.

    With `from_sorted_ids` ŷ are no scores but the numbers of classes, the best first.
    """

    k: int = 5
    from_sorted_ids: bool = option(default=False, kw_only=True)

    def values(self, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
        if self.from_sorted_ids:
            ids = np.asarray(y_pred)
            return (np.reshape(y_true, ids.shape[:-1])[..., None] == ids[..., : self.k]).any(-1)
        labels, scores = numbered(y_true, y_pred, "SparseTopKCategoricalAccuracy")
        return _in_top(self.k, labels, scores)


def _one_hot_pair(
    y_true: ArrayLike, y_pred: ArrayLike, metric: str
) -> tuple[np.ndarray, np.ndarray]:
    truth, scores = paired(y_true, y_pred, metric)
    if scores.shape[-1] == 1:
        raise mismatch(truth, scores, metric)
    return truth, scores


def _in_top(k: int, labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    classes = scores.shape[-1]
    if not 1 <= k <= classes:
        raise ValueError(
            f"top-k accuracy got k={k} for {classes} classes, expected 1 to {classes}: "
            f"give it a smaller k, such as k={max(1, classes // 2)}"
        )
    known = (labels >= 0) & (labels < classes)
    chosen = np.where(known, labels, 0).astype(np.intp)[..., None]
    not_above = (scores <= np.take_along_axis(scores, chosen, -1)).sum(-1)
    return known & (not_above > classes - k)


def resolve_accuracy(
    output_shape: Sequence[int | None],
    loss: str = "",
    sparse_targets: bool = False,
    *,
    from_logits: bool = False,
    name: str = "accuracy",
) -> Metric:
    """The accuracy that "accuracy" means for a network's output, loss and targets.

    `sparse_targets` says that the targets are class numbers. Outputs that are not probabilities
    (logits, hinge margins) are cut at 0.
    """
    margin = loss in ("hinge", "squared_hinge")
    if output_shape[-1] == 1 or margin or loss.startswith("binary"):
        return BinaryAccuracy(0.0 if from_logits or margin else 0.5, name=name)
    if sparse_targets or loss.startswith("sparse"):
        return SparseCategoricalAccuracy(name=name)
    return CategoricalAccuracy(name=name)
