"""Precision and recall: what the counts of right and wrong decisions say.

    precision = TP / (TP + FP)      recall = TP / (TP + FN)      F1 = 2·TP / (2·TP + FP + FN)

Where nothing can be divided by, the value is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.metrics.base import Metric, in_order
from pellucid.metrics.shapes import (
    check_threshold,
    each_weight,
    is_numbered,
    numbered,
    one_hot,
    paired,
)

AVERAGES = ("micro", "macro", "weighted")
#: a threshold, and how many of the highest outputs count
Rule = tuple[float | None, int | None]


class Counting(Metric, abstract=True):
    """Weighted counts of true positives, false positives and false negatives, per class.

    Where it decides by several rules, those of each stand side by side.
    """

    any_cut = True

    def reset_state(self) -> None:
        self.tp = self.fp = self.fn = np.zeros(1)

    def takes_class_numbers(self) -> bool:
        """Whether class numbers may stand for one-hot targets."""
        return True

    def rules(self, classes: int) -> list[Rule]:
        """(threshold, k): an output is positive above the threshold and among the k highest."""
        raise NotImplementedError

    def score(self, tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        truth, scores = self.classes_apart(y_true, y_pred)
        weight = each_weight(sample_weight, scores)
        rules = self.rules(scores.shape[-1])
        found = np.concatenate([_positive(scores, *rule) for rule in rules], axis=-1)
        truth = np.concatenate([truth] * len(rules), axis=-1)
        if weight is not None and weight.shape[-1] > 1:
            weight = np.concatenate([weight] * len(rules), axis=-1)
        self.tp = _count(self.tp, truth & found, weight)
        self.fp = _count(self.fp, ~truth & found, weight)
        self.fn = _count(self.fn, truth & ~found, weight)

    def classes_apart(self, y_true: ArrayLike, y_pred: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Truth (of True and False) and scores, both (…, classes)."""
        kind = type(self).__name__
        if self.takes_class_numbers() and is_numbered(y_true, y_pred):
            labels, scores = numbered(y_true, y_pred, kind)
            return one_hot(labels, scores.shape[-1]), scores
        truth, scores = paired(y_true, y_pred, kind)
        return truth > 0.5, scores

    def per_class(self) -> np.ndarray:
        """The score of each class."""
        return self.score(self.tp, self.fp, self.fn)

    def averaged(self, average: str, *counts: np.ndarray) -> float:
        """The score over the classes, from the three counts of each."""
        if average == "micro":
            return float(self.score(*(each.sum() for each in counts)))
        scores = self.score(*counts)
        if average == "macro":
            return float(scores.mean())
        support = counts[0] + counts[2]
        return float(ratio((scores * support).sum(), support.sum()))


class Pointed(Counting, abstract=True):
    """What precision and recall share.

    Without `average` all outputs are counted together, each positive above `thresholds` (½), or
    where it is among the `top_k` highest; `class_id` counts one class alone. Of a list of
    thresholds the result is an array, a number for each. With an average
    ("micro", "macro", "weighted") each class is scored, the highest output of a row is the
    decision unless `thresholds` or `top_k` is given, and class numbers are taken as targets.
    """

    thresholds: float | Sequence[float] | None = None
    top_k: int | None = None
    class_id: int | None = None
    average: str | None = None

    def check_settings(self) -> None:
        kind = type(self).__name__
        for level in self.levels():
            check_threshold(kind, level)
        if self.class_id is not None and not isinstance(self.class_id, Integral):
            raise TypeError(
                f"{kind} takes the number of a class as class_id, got {self.class_id!r}"
            )
        if self.average is not None:
            check_average(kind, self.average)
            if self.class_id is not None:
                raise ValueError(f"{kind} takes class_id or average, not both: leave one out")

    def takes_class_numbers(self) -> bool:
        return not (self.average is self.class_id is self.top_k is None)

    def classes_apart(self, y_true: ArrayLike, y_pred: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Truth and scores; with `top_k` numbers by themselves are one row."""
        if self.top_k is not None and np.ndim(y_pred) == np.ndim(y_true) == 1:
            y_true, y_pred = np.asarray(y_true)[None], np.asarray(y_pred)[None]
        return super().classes_apart(y_true, y_pred)

    def levels(self) -> list[Any]:
        """The thresholds, or None for what there is without one."""
        return list(self.thresholds) if self.several else [self.thresholds]  # type: ignore[arg-type]

    @property
    def several(self) -> bool:
        """Whether it has a list of thresholds."""
        return isinstance(self.thresholds, (list, tuple, np.ndarray))

    def rules(self, classes: int) -> list[Rule]:
        if self.thresholds is not None or self.top_k is not None:
            return [(level, self.top_k) for level in self.levels()]
        return [(0.5, None) if self.average is None or classes == 1 else (None, 1)]

    def by_level(self, counts: np.ndarray) -> np.ndarray:
        """One of the counts, a row for each threshold, a column for each class."""
        levels = len(self.levels())
        return counts.reshape(levels, -1) if len(counts) >= levels else np.zeros((levels, 1))

    def counted(self, counts: np.ndarray) -> np.ndarray:
        """One of the counts, for each threshold: of the class that is looked at, or of all."""
        by_level = self.by_level(counts)
        seen = self.class_id is not None and self.class_id < by_level.shape[1]
        return by_level[:, self.class_id] if seen else by_level.sum(1)

    @property
    def true_positives(self) -> np.ndarray:
        """How many were found that are right, for each threshold."""
        return self.counted(self.tp)

    def result(self) -> Any:
        counts = (self.by_level(each) for each in (self.tp, self.fp, self.fn))
        found = [self.of_level(*each) for each in zip(*counts, strict=True)]
        return np.array(found) if self.several else found[0]

    def of_level(self, *counts: np.ndarray) -> float:
        """The score at one threshold, from the counts of each class."""
        if self.class_id is None:
            return self.averaged(self.average or "micro", *counts)
        scores = self.score(*counts)
        if not 0 <= self.class_id < len(scores):
            raise ValueError(
                f"{type(self).__name__} is to look at class {self.class_id}, but there are "
                f"{len(scores)}, counted from 0: give another class_id"
            )
        return float(scores[self.class_id])


class Precision(Pointed):
    """TP / (TP + FP): the share of what was found that is right."""

    def score(self, tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
        return ratio(tp, tp + fp)

    @property
    def false_positives(self) -> np.ndarray:
        """How many were found that are wrong, for each threshold."""
        return self.counted(self.fp)

    def _by_name(self) -> dict[str, np.ndarray]:
        return {
            "true_positives": self.true_positives,
            "false_positives": self.false_positives,
        }


class Recall(Pointed):
    """TP / (TP + FN): the share of what is right that was found."""

    def score(self, tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
        return ratio(tp, tp + fn)

    @property
    def false_negatives(self) -> np.ndarray:
        """How many were left out that are right, for each threshold."""
        return self.counted(self.fn)

    def _by_name(self) -> dict[str, np.ndarray]:
        return {
            "true_positives": self.true_positives,
            "false_negatives": self.false_negatives,
        }


def check_average(kind: str, average: Any) -> None:
    if average not in AVERAGES:
        raise ValueError(
            f"{kind} got average={average!r}, expected one of {', '.join(map(repr, AVERAGES))}; "
            "a value for each class is given by .per_class()"
        )


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, 0 where whole is 0."""
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=np.asarray(whole) != 0)


def _positive(scores: np.ndarray, threshold: float | None, k: int | None) -> np.ndarray:
    above = np.ones(scores.shape, bool) if threshold is None else scores > threshold
    if k is not None:
        highest = np.argsort(-np.asarray(scores, np.float64), axis=-1, kind="stable")[..., :k]
        among = np.zeros(scores.shape, bool)
        np.put_along_axis(among, highest, True, axis=-1)
        above &= among
    return above


def _count(before: np.ndarray, chosen: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    columns = chosen.reshape(-1, chosen.shape[-1])
    before = before if before.any() else np.zeros(columns.shape[1:])
    if weight is None:
        return before + columns.sum(0, dtype=np.float64)
    return in_order(
        np.broadcast_to(before, columns.shape[1:]), weight.reshape(-1, weight.shape[-1]) * columns
    )
