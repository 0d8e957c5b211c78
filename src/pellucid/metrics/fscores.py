"""F1 and Fβ: a mean of precision and recall, from the counts of right and wrong decisions.

Fβ = (1 + β²)·TP / ((1 + β²)·TP + FP + β²·FN), where nothing can be divided by, 0
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from pellucid.metrics.classification import Counting, Rule, check_average, ratio
from pellucid.metrics.shapes import check_threshold


class FScore(Counting, abstract=True):
    """A mean of precision and recall.

    Without a threshold the highest output of a row is the decision (a single output: above ½).
    The average is over all classes; average=None gives an array, the score of each.
    """

    average: str | None = "macro"
    threshold: float | None = None

    def check_settings(self) -> None:
        if self.average is not None:
            check_average(type(self).__name__, self.average)
        check_threshold(type(self).__name__, self.threshold)
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ValueError(
                f"{type(self).__name__}: threshold is above 0 and at most 1, got {self.threshold!r}"
            )

    def rules(self, classes: int) -> list[Rule]:
        if self.threshold is not None:
            return [(self.threshold, None)]
        return [(0.5, None) if classes == 1 else (None, 1)]

    def result(self) -> Any:
        if self.average is None:
            return self.per_class()
        return self.averaged(self.average, self.tp, self.fp, self.fn)


class F1Score(FScore):
    """2·TP / (2·TP + FP + FN): the harmonic mean of precision and recall.

    Without a threshold the highest output of a row is the decision (a single output: above ½).
    The average is over all classes; average=None gives an array, the score of each.
    """

    alias = ("f1",)

    def score(self, tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
        return ratio(2 * tp, 2 * tp + fp + fn)


class FBetaScore(FScore):
    """(1 + β²)·TP / ((1 + β²)·TP + FP + β²·FN): recall counts β times as much as precision.

    Without a threshold the highest output of a row is the decision (a single output: above ½).
    The average is over all classes; average=None gives an array, the score of each.
    """

    average: str | None = "macro"
    beta: float = 1.0
    threshold: float | None = None

    def check_settings(self) -> None:
        super().check_settings()
        if not isinstance(self.beta, Real) or not self.beta > 0:
            raise ValueError(f"FBetaScore: beta must be above 0, got {self.beta!r}")

    def score(self, tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
        share = self.beta**2
        return ratio((1 + share) * tp, (1 + share) * tp + fp + share * fn)
