"""The classifier for tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from pellucid.equations.losses import Loss
from pellucid.estimators.protocol import with_callbacks
from pellucid.estimators.reading import Rows
from pellucid.estimators.tabular import CONSTRAINTS, Tabular
from pellucid.losses import SparseCategoricalCrossentropy
from pellucid.models.recipe import SMOOTHING


class TabularClassifier(ClassifierMixin, Tabular):
    """Small networks for tables, strong without tuning, whose mean foretells classes.

    Tables may be of pandas, polars or Arrow, or arrays: numbers, categories, text of few values,
    dates, truth values, with gaps. Layers and training are RealMLP's (TD-S). Each row is held out
    for one of the networks (of more than ten, for each tenth), which says at each epoch what it
    would be; the networks stay as they were after the epoch at which this was best. Of very few
    rows, and with `validation_fraction`, a share is held out for all. What is None is the preset's.

    `preset`: "standard" is four networks, "strong" ten, in two to three times the time, and
    "realmlp" is one, RealMLP-TD as published. `n_members`: how many networks; 1 is one of the
    published size, RealMLP-TD-S. `validation_fraction`: a share of the rows to hold out of all
    networks, in place of a part for each; it is a fifth for one alone. `metric`: what the best
    epoch is chosen by, "error" (of the likeliest class), or "log_loss" where probabilities matter
    (targets are not smoothed then). `max_seconds`: about how long fit may take; the course of
    training is shortened to it. `batch_size`: "auto" is 64; 256 for networks of the published size,
    of more than 512 rows. `early_stopping` ends it after epoch 2·b + 20 for the best epoch b: each
    wave of the learning rate is twice as long as the one before, so that later ones are seldom
    better then.
    """

    _parameter_constraints = CONSTRAINTS | {
        "metric": [StrOptions({"error", "log_loss"})],
        "class_weight": [None, dict, StrOptions({"balanced"})],
    }
    _recipe = 0

    def __init__(
        self,
        *,
        preset: str = "standard",
        n_members: int | None = None,
        metric: str = "error",
        class_weight: Any = None,
        hidden_layer_sizes: Any = None,
        max_epochs: int | None = None,
        max_seconds: float | None = None,
        early_stopping: bool = True,
        validation_fraction: float | None = None,
        batch_size: int | str = "auto",
        learning_rate: float | None = None,
        random_state: Any = None,
        threads: int | None = None,
    ) -> None:
        self._store(locals())

    @with_callbacks
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on the rows of a table and their classes.

        Arguments:
            X: the rows, (n, d).
            y: the class of each row.
            sample_weight: how much each row counts, or None.

        Returns: the estimator itself.

        >>> x, y = pellucid.datasets.moons(100)
        >>> net = pellucid.TabularClassifier(max_epochs=2, hidden_layer_sizes=(8,)).fit(x, y)
        >>> net.n_features_in_
        2
        """
        return self._fit(X, y, sample_weight, numeric=False)

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest class of each row.

        Arguments:
            X: the rows, (n, d).

        Returns: an array (n,).

        >>> x, y = pellucid.datasets.moons(100)
        >>> net = pellucid.TabularClassifier(max_epochs=2, hidden_layer_sizes=(8,)).fit(x, y)
        >>> net.predict(x).shape
        (100,)
        """
        found = self._outputs(X)
        return self.classes_[found[:, : len(self.classes_)].argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, in the order of `classes_`.

        Arguments:
            X: the rows, (n, d).

        Returns: an array (n, classes).

        >>> x, y = pellucid.datasets.moons(100)
        >>> net = pellucid.TabularClassifier(max_epochs=2, hidden_layer_sizes=(8,)).fit(x, y)
        >>> net.predict_proba(x).shape
        (100, 2)
        """
        found = self._outputs(X)
        found = found[:, : len(self.classes_)]
        return found / found.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        return np.log(np.maximum(self.predict_proba(X), np.finfo(float).tiny))

    def _learn(self, y: np.ndarray) -> np.ndarray:
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        return codes.astype(np.int64)

    def _classes(self, y: np.ndarray) -> np.ndarray | None:
        return y

    def _weighted(self, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        if self.class_weight is None:
            return weight
        of_classes = compute_sample_weight(self.class_weight, y)
        return of_classes if weight is None else weight * of_classes

    def _of_categories(self, y: np.ndarray) -> tuple[np.ndarray, str]:
        return y, "multiclass" if len(self.classes_) > 2 else "continuous"

    def _ending(self) -> tuple[int, str | None, Loss]:
        smoothing = SMOOTHING if self.metric == "error" else 0.0
        loss = SparseCategoricalCrossentropy(label_smoothing=smoothing)
        return max(2, len(self.classes_)), "softmax", loss

    def _measure(self, held: Rows) -> Callable[[np.ndarray], float]:
        y, at = held.y, np.arange(held.height)
        if self.metric == "error":
            return lambda p: float(np.average(p.argmax(axis=1) != y, weights=held.weight))
        least = np.finfo(float).tiny
        return lambda p: float(
            np.average(-np.log(np.maximum(p[at, y], least)), weights=held.weight)
        )
