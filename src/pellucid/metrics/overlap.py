"""How far regions overlap: the intersection of what is true and what was found, over their union.

IoU = TP/(TP + FP + FN), of each class. Where the true or the found one is none of the classes,
nothing is counted, as in Keras.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from pellucid.metrics.base import Metric
from pellucid.metrics.classification import ratio
from pellucid.settings import option


class Overlap(Metric, abstract=True):
    """Weighted counts of pairs (true class, found class)."""

    ignore_class: int | None = option(default=None, kw_only=True)
    sparse_y_true: bool = option(default=True, kw_only=True)
    sparse_y_pred: bool = option(default=True, kw_only=True)
    axis: int = option(default=-1, kw_only=True)

    def classes(self) -> int:
        raise NotImplementedError

    def wanted(self) -> Sequence[int] | None:
        """The classes that the mean is over; None for all that occur."""
        raise NotImplementedError

    def found(self, y_pred: np.ndarray) -> np.ndarray:
        """The class that was found, at each place."""
        return y_pred if self.sparse_y_pred else y_pred.argmax(self.axis)

    def reset_state(self) -> None:
        self.pairs = np.zeros((self.classes(), self.classes()))

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        truth = np.asarray(y_true)
        truth = truth if self.sparse_y_true else truth.argmax(self.axis)
        found = self.found(np.asarray(y_pred))
        truth, found = truth.ravel().astype(np.intp), found.ravel().astype(np.intp)
        weight = np.ones(len(truth)) if sample_weight is None else np.asarray(sample_weight)
        weight = np.broadcast_to(weight.ravel(), truth.shape) if weight.size > 1 else weight
        count = self.classes()
        kept = (truth >= 0) & (truth < count) & (found >= 0) & (found < count)
        kept &= True if self.ignore_class is None else truth != self.ignore_class
        np.add.at(
            self.pairs, (truth[kept], found[kept]), np.broadcast_to(weight, truth.shape)[kept]
        )

    def result(self) -> float:
        both = np.diag(self.pairs)
        union = self.pairs.sum(0) + self.pairs.sum(1) - both
        overlap, wanted = ratio(both, union), self.wanted()
        if wanted is not None:
            overlap, union = overlap[list(wanted)], union[list(wanted)]
        count = np.count_nonzero(union)
        return float(overlap.sum() / count) if count else 0.0


class IoU(Overlap):
    """The mean IoU of the classes `target_class_ids`"""

    num_classes: int
    target_class_ids: Sequence[int]

    def classes(self) -> int:
        return self.num_classes

    def check_settings(self) -> None:
        if max(self.target_class_ids) >= self.num_classes:
            raise ValueError(
                f"{type(self).__name__}: the class {max(self.target_class_ids)} is not among "
                f"{self.num_classes}, which are counted from 0"
            )

    def wanted(self) -> Sequence[int]:
        return self.target_class_ids


class BinaryIoU(Overlap):
    """The mean IoU of 0 and 1, or of one of them, where a number above `threshold` is 1"""

    target_class_ids: Sequence[int] = (0, 1)
    threshold: float = 0.5

    def classes(self) -> int:
        return 2

    def wanted(self) -> Sequence[int]:
        return self.target_class_ids

    def found(self, y_pred: np.ndarray) -> np.ndarray:
        return y_pred >= self.threshold


class MeanIoU(Overlap):
    """The mean IoU of all classes"""

    num_classes: int

    def classes(self) -> int:
        return self.num_classes

    def wanted(self) -> None:
        return None


class OneHotIoU(IoU):
    """The mean IoU of the classes `target_class_ids`, of one-hot rows and scores"""

    num_classes: int
    target_class_ids: Sequence[int]
    sparse_y_true: bool = option(default=False, kw_only=True)
    sparse_y_pred: bool = option(default=False, kw_only=True)


class OneHotMeanIoU(MeanIoU):
    """The mean IoU of all classes, of one-hot rows and scores"""

    num_classes: int
    sparse_y_true: bool = option(default=False, kw_only=True)
    sparse_y_pred: bool = option(default=False, kw_only=True)
