"""Metrics of decisions at one threshold or several: counts, and one rate where another is held.

An output is positive above a threshold. All outputs of a row are counted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from pellucid.metrics.base import Metric
from pellucid.metrics.classification import ratio
from pellucid.metrics.shapes import each_weight, paired
from pellucid.settings import option

#: the counts of right and wrong decisions, by whether it is true and whether it was found
COUNTS = {
    "tp": "true_positives",
    "tn": "true_negatives",
    "fp": "false_positives",
    "fn": "false_negatives",
}


class Cut(Metric, abstract=True):
    """Weighted counts of each kind of decision, for every threshold."""

    def levels(self) -> list[float]:
        """The thresholds."""
        raise NotImplementedError

    def reset_state(self) -> None:
        self.tp, self.fp, self.tn, self.fn = (np.zeros(len(self.levels())) for _ in COUNTS)

    def _by_name(self) -> dict[str, np.ndarray]:
        return {name: getattr(self, short) for short, name in COUNTS.items()}

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        truth, scores = paired(y_true, y_pred, type(self).__name__)
        given = each_weight(sample_weight, scores)
        weight = np.broadcast_to(1.0 if given is None else given, scores.shape)
        chosen = self.looked_at(scores.shape[-1])
        right, scores, weight = truth[..., chosen] > 0.5, scores[..., chosen], weight[..., chosen]
        for at, level in enumerate(self.levels()):
            found = scores > level
            self.tp[at] += weight[right & found].sum()
            self.fp[at] += weight[~right & found].sum()
            self.tn[at] += weight[~right & ~found].sum()
            self.fn[at] += weight[right & ~found].sum()

    def looked_at(self, columns: int) -> slice:
        """The outputs that are counted."""
        return slice(None)


class Counted(Cut, abstract=True):
    """One of the counts, at the threshold ½, or at one or several `thresholds`."""

    thresholds: float | Sequence[float] | None = None

    which: ClassVar[str]

    def check_settings(self) -> None:
        for level in self.levels():
            if level is None or not 0 <= level <= 1:
                raise ValueError(
                    f"{type(self).__name__}: thresholds are from 0 to 1, got {level!r}"
                )

    def levels(self) -> list[float]:
        given = 0.5 if self.thresholds is None else self.thresholds
        return list(given) if isinstance(given, (list, tuple)) else [float(given)]  # type: ignore[arg-type]

    def _by_name(self) -> dict[str, np.ndarray]:
        return {"accumulator": getattr(self, self.which)}

    def result(self) -> float:
        counts = getattr(self, self.which)
        several = isinstance(self.thresholds, (list, tuple))
        return counts.copy() if several else float(counts[0])


class TruePositives(Counted):
    """How many were found that are right"""

    which = "tp"


class FalsePositives(Counted):
    """How many were found that are wrong"""

    which = "fp"


class TrueNegatives(Counted):
    """How many were left out that are wrong"""

    which = "tn"


class FalseNegatives(Counted):
    """How many were left out that are right"""

    which = "fn"


class Held(Cut, abstract=True):
    """The best of one rate over thresholds where another is at least a value."""

    num_thresholds: int = option(default=200, kw_only=True)
    class_id: int | None = option(default=None, kw_only=True)

    least: ClassVar[str]

    def check_settings(self) -> None:
        value = getattr(self, self.least)
        if not 0 <= value <= 1:
            raise ValueError(f"{type(self).__name__}: {self.least} is from 0 to 1, got {value!r}")
        if self.num_thresholds < 1:
            raise ValueError(
                f"{type(self).__name__}: num_thresholds is 1 or more, got {self.num_thresholds!r}"
            )

    def levels(self) -> list[float]:
        count = self.num_thresholds
        between = [at / (count - 1) for at in range(1, count - 1)]
        return [0.5] if count == 1 else [0.0, *between, 1.0]

    def looked_at(self, columns: int) -> slice:
        return slice(None) if self.class_id is None else slice(self.class_id, self.class_id + 1)

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        """What is to be large, and what is held."""
        raise NotImplementedError

    def result(self) -> float:
        wanted, held = self.rates()
        allowed = wanted[held >= getattr(self, self.least)]
        return float(allowed.max()) if len(allowed) else 0.0


class SensitivityAtSpecificity(Held):
    """The highest TP/(TP + FN) where TN/(TN + FP) is at least `specificity`"""

    specificity: float

    least = "specificity"

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        return ratio(self.tp, self.tp + self.fn), ratio(self.tn, self.tn + self.fp)


class SpecificityAtSensitivity(Held):
    """The highest TN/(TN + FP) where TP/(TP + FN) is at least `sensitivity`"""

    sensitivity: float

    least = "sensitivity"

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        return ratio(self.tn, self.tn + self.fp), ratio(self.tp, self.tp + self.fn)


class PrecisionAtRecall(Held):
    """The highest TP/(TP + FP) where TP/(TP + FN) is at least `recall`"""

    recall: float

    least = "recall"

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        return ratio(self.tp, self.tp + self.fp), ratio(self.tp, self.tp + self.fn)


class RecallAtPrecision(Held):
    """The highest TP/(TP + FN) where TP/(TP + FP) is at least `precision`"""

    precision: float

    least = "precision"

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        return ratio(self.tp, self.tp + self.fn), ratio(self.tp, self.tp + self.fp)
