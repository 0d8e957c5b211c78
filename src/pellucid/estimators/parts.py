"""The rows of a training and those held out; and how many threads it may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import is_classifier
from sklearn.model_selection import train_test_split


class Rows(NamedTuple):
    """Rows, their targets, and weights, which are 1 in the mean."""

    X: Any
    y: np.ndarray
    weight: np.ndarray | None
    #: the sum of the weights as they were given
    total: float

    def some(self, at: np.ndarray) -> Rows:
        weight = None if self.weight is None else self.weight[at]
        share = len(at) if weight is None else weight.sum()
        return Rows(self.X[at], self.y[at], weight, self.total * share / len(self.y))

    def as_numbers(self, dtype: str) -> Rows:
        """The rows in numbers of this kind, converted once and not at every step."""
        with np.errstate(over="ignore"):
            return self._replace(X=self.X.astype(dtype, copy=False))

    def dense(self) -> np.ndarray:
        return self.X.toarray() if hasattr(self.X, "toarray") else self.X

    def for_fit(self, targets: Callable[[np.ndarray], np.ndarray]) -> tuple[Any, ...]:
        """As a network takes validation data."""
        known = (self.X, targets(self.y))
        return known if self.weight is None else (*known, self.weight)


class Asked(NamedTuple):
    """Rows as they were given to fit."""

    X: ArrayLike
    y: ArrayLike
    weight: ArrayLike | None = None


def to_look_at(X: ArrayLike | None, y: ArrayLike | None, weight: ArrayLike | None) -> Asked | None:
    """The rows that fit was given to look at after each epoch, if it was."""
    if X is None and y is None and weight is None:
        return None
    if X is None or y is None:
        raise ValueError("validation data are rows and their targets: give both X_val and y_val")
    return Asked(X, y, weight)


def apart(estimator: Any, rows: Rows) -> tuple[Rows, Rows]:
    """The rows to train on, and a share of them that is held out."""
    single = is_classifier(estimator) and rows.y.ndim == 1
    picked = train_test_split(
        np.arange(len(rows.y)),
        random_state=estimator._random_state,
        test_size=estimator.validation_fraction,
        stratify=estimator._given(rows.y) if single else None,
    )
    if len(picked[1]) < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' or the size of your "
            "dataset."
        )
    kept, other = (rows.some(at) for at in picked)
    return kept, other


def threads_for(asked: int | None) -> int | None:
    """As many threads as asked for; one in what runs beside others, such as a parallel search."""
    if asked is not None:
        return asked
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    return 1 if backend.nesting_level else None
