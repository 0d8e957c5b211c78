"""Areas under curves that are known at some thresholds only, as Keras computes them.

At each threshold, from below all scores to above all of them, decisions are counted; between two
thresholds the area is a rectangle, or what is interpolated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from pellucid.metrics.classification import ratio

#: how far the outermost thresholds stand outside of 0 and 1
OUTSIDE = 1e-7


class Counts(NamedTuple):
    """Weighted decisions at each threshold: those that are right and wrong, found and left out."""

    tp: np.ndarray
    fp: np.ndarray
    tn: np.ndarray
    fn: np.ndarray


def counted(
    truth: np.ndarray, scores: np.ndarray, weight: np.ndarray, levels: Sequence[float]
) -> Counts:
    """The decisions where what scores above a level is found."""
    found = [scores > level for level in (-OUTSIDE, *levels, 1.0 + OUTSIDE)]
    tp = np.array([weight[each & truth].sum() for each in found])
    fp = np.array([weight[each & ~truth].sum() for each in found])
    return Counts(tp, fp, weight[~truth].sum() - fp, weight[truth].sum() - tp)


def roc(of: Counts) -> tuple[np.ndarray, np.ndarray]:
    """What was found of the wrong ones, and of the right ones."""
    return ratio(of.fp, of.fp + of.tn), ratio(of.tp, of.tp + of.fn)


def precision_recall(of: Counts) -> tuple[np.ndarray, np.ndarray]:
    return ratio(of.tp, of.tp + of.fn), ratio(of.tp, of.tp + of.fp)


def gains(of: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision beside those of finding everything, on a harmonic scale."""
    scale = ratio(of.tp + of.fn, of.tn + of.fp)
    recall = 1.0 - scale * ratio(of.fn, of.tp)
    precision = 1.0 - scale * ratio(of.fp, of.tp)
    none = of.tp == 0
    return np.maximum(np.where(none, 0.0, recall), 0.0), np.where(none, 1.0, precision)


Curve = Callable[[Counts], tuple[np.ndarray, np.ndarray]]
CURVES: dict[str, Curve] = {"ROC": roc, "PR": precision_recall, "PRGAIN": gains}
#: the height of a rectangle, from those at its two ends
HEIGHTS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "interpolation": lambda one, other: (one + other) / 2,
    "minoring": np.minimum,
    "majoring": np.maximum,
}


def area(of: Counts, curve: str, method: str) -> float:
    """The area under a curve."""
    if (curve, method) == ("PR", "interpolation"):
        return interpolated(of)
    x, y = CURVES[curve](of)
    return float((-np.diff(x) * HEIGHTS[method](y[:-1], y[1:])).sum())


def interpolated(of: Counts) -> float:
    """Σ s·(ΔTP + c·log(Pₐ/P_b))/(TP + FN), where TP = c + s·P between two thresholds a and b

    P = TP + FP are those that were found (Davis and Goadrich, 2006).
    """
    positive = of.tp + of.fp
    right, found = -np.diff(of.tp), -np.diff(positive)
    slope = ratio(right, np.maximum(found, 0))
    at_zero = of.tp[1:] - slope * positive[1:]
    both = (positive[:-1] > 0) & (positive[1:] > 0)
    factor = np.divide(positive[:-1], positive[1:], out=np.ones_like(right), where=both)
    parts = slope * (right + at_zero * np.log(factor))
    return float(ratio(parts, np.maximum(of.tp[1:] + of.fn[1:], 0)).sum())
