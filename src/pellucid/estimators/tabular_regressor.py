"""The regressor for tables: numbers, their quantiles, and intervals that hold what they promise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils._param_validation import StrOptions

from pellucid.equations.losses import Loss
from pellucid.estimators.protocol import with_callbacks
from pellucid.estimators.reading import Rows
from pellucid.estimators.tabular import CONSTRAINTS, Tabular
from pellucid.losses import MeanAbsoluteError, MeanSquaredError, Pinball


class TabularRegressor(RegressorMixin, Tabular):
    """Small networks for tables, strong without tuning, whose mean foretells numbers.

    `loss`: "squared_error", "absolute_error", or "pinball", which predicts `quantiles`. Predictions
    stay within the targets of training. The other parameters are those of `TabularClassifier`; the
    preset "standard" is five networks.
    """

    _parameter_constraints = CONSTRAINTS | {
        "loss": [StrOptions({"squared_error", "absolute_error", "pinball"})],
        "quantiles": ["array-like"],
    }
    _recipe = 1

    def __init__(
        self,
        *,
        loss: str = "squared_error",
        quantiles: Any = (0.05, 0.5, 0.95),
        preset: str = "standard",
        n_members: int | None = None,
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
        """Train on the rows of a table and their numbers.

        Arguments:
            X: the rows, (n, d).
            y: the number of each row.
            sample_weight: how much each row counts, or None.

        Returns: the estimator itself.

        >>> x, y = pellucid.datasets.plane(100)
        >>> net = pellucid.TabularRegressor(max_epochs=2, hidden_layer_sizes=(8,)).fit(x, y)
        >>> net.n_features_in_
        2
        """
        return self._fit(X, y, sample_weight, numeric=True)

    def predict(self, X: Any) -> np.ndarray:
        """The number of each row; with `loss="pinball"` the quantile that is nearest the median.

        Arguments:
            X: the rows, (n, d).

        Returns: an array (n,).

        >>> x, y = pellucid.datasets.plane(100)
        >>> net = pellucid.TabularRegressor(max_epochs=2, hidden_layer_sizes=(8,)).fit(x, y)
        >>> net.predict(x).shape
        (100,)
        """
        found = self._numbers(X)
        return found[:, np.argmin(np.abs(self._levels - 0.5))]

    def predict_quantiles(self, X: Any) -> np.ndarray:
        """A column for each of `quantiles`, in their order.

        Arguments:
            X: the rows, (n, d).

        Returns: an array (n, quantiles).

        >>> x, y = pellucid.datasets.plane(100)
        >>> net = pellucid.TabularRegressor(loss="pinball", max_epochs=2, hidden_layer_sizes=(8,))
        >>> net.fit(x, y).predict_quantiles(x).shape
        (100, 3)
        """
        if self.loss != "pinball":
            raise ValueError(
                f"quantiles are predicted with loss='pinball', and this one has {self.loss!r}"
            )
        return self._numbers(X)

    def predict_interval(self, X: Any, coverage: float = 0.9) -> np.ndarray:
        """Two columns, between which the number lies with a probability of `coverage` or more.

        They are conformal: as wide as the errors on the rows held out say, around the prediction,
        or around the outer quantiles with `loss="pinball"`. (The errors are those of the networks
        that had not seen the row. Several err less together than one of them, which makes intervals
        a little wide; the best epoch was chosen on the same rows, which makes them a little narrow
        where these are few.)

        Arguments:
            X: the rows, (n, d).
            coverage: how probable it is, from 0 to 1.

        Returns: an array (n, 2).

        >>> x, y = pellucid.datasets.plane(100)
        >>> net = pellucid.TabularRegressor(max_epochs=2, hidden_layer_sizes=(8,)).fit(x, y)
        >>> net.predict_interval(x).shape
        (100, 2)
        """
        found = self._numbers(X)
        margin = margin_for(self._scores, coverage)
        low, high = found.min(axis=1) - margin, found.max(axis=1) + margin
        return np.stack([np.minimum(low, high), np.maximum(low, high)], axis=1)

    @property
    def _levels(self) -> np.ndarray:
        return np.asarray(self.quantiles, float) if self.loss == "pinball" else np.array([0.5])

    def _learn(self, y: np.ndarray) -> np.ndarray:
        levels = self._levels
        if levels.ndim != 1 or not len(levels) or not ((levels > 0) & (levels < 1)).all():
            raise ValueError(f"quantiles are numbers between 0 and 1, got {self.quantiles!r}")
        y = y.astype(float)
        self._range = float(y.min()), float(y.max())
        self._mean, deviation = float(y.mean()), float(y.std())
        self._deviation = deviation if deviation > 1e-12 * max(1.0, abs(self._mean)) else 1.0
        scaled = ((y - self._mean) / self._deviation).astype(np.float32)
        return np.repeat(scaled[:, None], len(levels), axis=1)

    def _of_categories(self, y: np.ndarray) -> tuple[np.ndarray, str]:
        return y[:, 0], "continuous"

    def _ending(self) -> tuple[int, str | None, Loss]:
        known: dict[str, Loss] = {
            "squared_error": MeanSquaredError(),
            "absolute_error": MeanAbsoluteError(),
            "pinball": Pinball(self._levels.tolist()),
        }
        return len(self._levels), None, known[self.loss]

    def _measure(self, held: Rows) -> Callable[[np.ndarray], float]:
        _, _, loss = self._ending()
        return lambda p: float(np.average(loss.rows(held.y, p), weights=held.weight))

    def _numbers(self, X: Any) -> np.ndarray:
        return self._unscaled(self._outputs(X))

    def _unscaled(self, outputs: np.ndarray) -> np.ndarray:
        """Numbers as those of training, quantiles in their order."""
        order = np.argsort(self._levels)
        outputs[:, order] = np.sort(outputs, axis=1)
        return np.clip(outputs * self._deviation + self._mean, *self._range)

    def _calibrate(self, held: Rows, predicted: np.ndarray) -> None:
        """How far outside of its prediction, or its quantiles, each row held out is."""
        found = self._unscaled(predicted.copy())
        y = held.y[:, 0].astype(float) * self._deviation + self._mean
        self._scores = np.sort(np.maximum(found.min(axis=1) - y, y - found.max(axis=1)))


def margin_for(scores: ArrayLike, coverage: float) -> float:
    """The margin that so great a share of new rows keeps to, after these sorted scores."""
    if not 0 < coverage < 1:
        raise ValueError(f"coverage is a share between 0 and 1, got {coverage!r}")
    known = np.asarray(scores)
    at = int(np.ceil((len(known) + 1) * coverage)) - 1
    return float(known[at]) if at < len(known) else np.inf
