"""The multi-layer regressor."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import column_or_1d

from pellucid.equations.losses import Loss
from pellucid.estimators.building import loss_of
from pellucid.estimators.mlp import MultiLayer
from pellucid.estimators.parameters import OWN, SKLEARN
from pellucid.estimators.parts import Asked, to_look_at
from pellucid.estimators.protocol import with_callbacks
from pellucid.models.builder import Ending


class MLPRegressor(RegressorMixin, MultiLayer):
    """A multi-layer network for numbers, with scikit-learn's parameters and more.

    `loss`: squared_error, poisson (for counts, by an exponential at the end), or any loss of
    pellucid. The others are those of `MLPClassifier`.
    """

    _parameter_constraints = SKLEARN | OWN
    usual_score = "r2"

    def __init__(
        self,
        loss: Any = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dropout: float = 0.0,
        batch_normalization: bool = False,
        scoring: Any = None,
        callbacks: Any = None,
        network: Any = None,
        threads: int | None = None,
        dtype: str = "auto",
    ) -> None:
        self._store(locals())

    @with_callbacks
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Train on rows and their numbers; look at X_val after each epoch, if it is given.

        Arguments:
            X: the rows, (n, d).
            y: the number, or the numbers, of each row.
            sample_weight: how much each row counts, or None.
            X_val: rows to score after each epoch, or None.
            y_val: their targets.
            sample_weight_val: how much each of them counts.

        Returns: the estimator itself.

        >>> x, y = pellucid.datasets.plane(100)
        >>> pellucid.MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs").fit(x, y).n_features_in_
        2
        """
        looked_at = to_look_at(X_val, y_val, sample_weight_val)
        return self._fit(Asked(X, y, sample_weight), looked_at)

    @available_if(MultiLayer._steps_alone)
    @with_callbacks
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """One epoch on these rows.

        Arguments:
            X: the rows, (n, d).
            y: the number, or the numbers, of each row.
            sample_weight: how much each row counts, or None.

        Returns: the estimator itself.

        >>> x, y = pellucid.datasets.plane(100)
        >>> net = pellucid.MLPRegressor(hidden_layer_sizes=(8,)).partial_fit(x, y)
        >>> net.n_features_in_
        2
        """
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        return self._fit(Asked(X, y, sample_weight), once=True)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The numbers of each row.

        Arguments:
            X: the rows, (n, d).

        Returns: an array (n,).

        >>> x, y = pellucid.datasets.plane(100)
        >>> net = pellucid.MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs").fit(x, y)
        >>> net.predict(x).shape
        (100,)
        """
        found = self._outputs(X)
        return found.ravel() if self._is_single else found

    def _settle(self, y: np.ndarray, learns: bool) -> np.ndarray:
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if learns or not hasattr(self, "network_"):
            self._width, self._is_single = (1 if y.ndim == 1 else y.shape[1]), y.ndim == 1
        elif self._width != (1 if y.ndim == 1 else y.shape[1]):
            raise ValueError(f"y has {y.shape[1:] or (1,)} numbers a row, expected {self._width}")
        return y.astype(float, copy=False)

    def _ending(self) -> tuple[Ending, float]:
        activation = "exponential" if self.loss == "poisson" else None
        half = 0.5 if self.loss == "squared_error" else 1.0
        return Ending(self._width, activation, "mse", ("mae",)), half * self._width

    def _loss(self) -> Loss:
        return loss_of(self.loss, "mse", ("squared_error",))

    def _targets(self, y: np.ndarray) -> np.ndarray:
        return y

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
