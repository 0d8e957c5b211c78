"""The multi-layer classifier."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    check_classification_targets,
    type_of_target,
    unique_labels,
)
from sklearn.utils.validation import column_or_1d

from pellucid.equations.losses import Loss
from pellucid.estimators.building import loss_of
from pellucid.estimators.mlp import MultiLayer
from pellucid.estimators.parameters import OWN, SKLEARN
from pellucid.estimators.parts import Asked, to_look_at
from pellucid.estimators.protocol import with_callbacks
from pellucid.models.builder import Ending, classes


class MLPClassifier(ClassifierMixin, MultiLayer):
    """A multi-layer network for classes, with scikit-learn's parameters and more.

    `solver`: lbfgs, sgd, adam, or any optimizer of pellucid, by name or as an object. `activation`:
    any activation, or one for each hidden layer. `loss`: log_loss, or any loss of pellucid.
    `class_weight`: a dictionary or "balanced". `dropout` and `batch_normalization` follow each
    hidden layer. `scoring`: what is measured on rows held out. `callbacks`: those of pellucid.
    `network`: a function of the number of features and of the ending (`units`, `activation`) that
    makes any network. `dtype`: what it computes in, "float32" or "float64"; "auto" is float64 for
    lbfgs alone. What comes out has the dtype of X.
    """

    _parameter_constraints = (
        SKLEARN | OWN | {"class_weight": [None, dict, StrOptions({"balanced"})]}
    )
    usual_score = "accuracy"

    def __init__(
        self,
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
        loss: Any = "log_loss",
        class_weight: Any = None,
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
        """Train on rows and their classes; look at X_val after each epoch, if it is given.

        Arguments:
            X: the rows, (n, d).
            y: the class of each row.
            sample_weight: how much each row counts, or None.
            X_val: rows to score after each epoch, or None.
            y_val: their targets.
            sample_weight_val: how much each of them counts.

        Returns: the estimator itself.

        >>> x, y = pellucid.datasets.moons(100)
        >>> pellucid.MLPClassifier((8,), solver="lbfgs", max_iter=1000).fit(x, y).n_features_in_
        2
        """
        looked_at = to_look_at(X_val, y_val, sample_weight_val)
        return self._fit(Asked(X, y, sample_weight), looked_at)

    @available_if(MultiLayer._steps_alone)
    @with_callbacks
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> Self:
        """One epoch on these rows. The first call is told all `classes`.

        Arguments:
            X: the rows, (n, d).
            y: the class of each row.
            sample_weight: how much each row counts, or None.
            classes: all classes; needed at the first call.

        Returns: the estimator itself.

        >>> x, y = pellucid.datasets.moons(100)
        >>> net = pellucid.MLPClassifier((8,)).partial_fit(x, y, classes=[0, 1])
        >>> net.n_features_in_
        2
        """
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        if _check_partial_fit_first_call(self, classes):
            several = type_of_target(y).startswith("multilabel")
            self._learn(np.asarray(y if several else classes))
        return self._fit(Asked(X, y, sample_weight), once=True)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The likeliest class of each row.

        Arguments:
            X: the rows, (n, d).

        Returns: an array (n,).

        >>> x, y = pellucid.datasets.moons(100)
        >>> net = pellucid.MLPClassifier((8,), solver="lbfgs", max_iter=1000).fit(x, y)
        >>> net.predict(x).shape
        (100,)
        """
        found = self._outputs(X)
        return self._label_binarizer.inverse_transform(found.ravel() if self._is_one else found)

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """The probability of each class, in the order of `classes_`; never 0.

        Arguments:
            X: the rows, (n, d).

        Returns: an array (n, classes).

        >>> x, y = pellucid.datasets.moons(100)
        >>> net = pellucid.MLPClassifier((8,), solver="lbfgs", max_iter=1000).fit(x, y)
        >>> net.predict_proba(x).shape
        (100, 2)
        """
        found = self._outputs(X)
        found = np.column_stack([1 - found, found]) if self._is_one else found
        return np.maximum(found, np.finfo(found.dtype).tiny)

    def predict_log_proba(self, X: ArrayLike) -> np.ndarray:
        return np.log(self.predict_proba(X))

    @property
    def _is_one(self) -> bool:
        return self.n_outputs_ == 1

    @property
    def _is_multiclass(self) -> bool:
        return self._label_binarizer.y_type_ == "multiclass"

    def _learn(self, y: np.ndarray) -> None:
        self._label_binarizer = LabelBinarizer().fit(y)
        self.classes_ = self._label_binarizer.classes_

    def _settle(self, y: np.ndarray, learns: bool) -> np.ndarray:
        """The number of each row's class; for several labels, 0 or 1 for each."""
        check_classification_targets(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if learns:
            self._learn(y)
        else:
            self._compare(y)
        encoded = self._label_binarizer.transform(y)
        if self._is_multiclass:
            return encoded.argmax(axis=1)
        return encoded[:, 0] if encoded.shape[1] == 1 else encoded

    def _compare(self, y: np.ndarray) -> None:
        classes = unique_labels(y)
        if self.warm_start and hasattr(self, "network_") and set(classes) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {self.classes_}, `y` has {classes}"
            )
        if len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
            raise ValueError(
                "`y` has classes not in `self.classes_`. "
                f"`self.classes_` has {self.classes_}. 'y' has {classes}."
            )

    def _given(self, y: np.ndarray) -> np.ndarray:
        return y if y.ndim == 2 else self.classes_[y]

    def _ending(self) -> tuple[Ending, float]:
        if self._is_multiclass:
            return classes(len(self.classes_)), 1.0
        count = len(self.classes_) if self._label_binarizer.y_type_ != "binary" else 1
        return Ending(count, "sigmoid", "binary_crossentropy", ("accuracy",)), float(count)

    def _loss(self) -> Loss:
        ending, _ = self._ending()
        return loss_of(self.loss, ending.loss, ("log_loss",))

    def _targets(self, y: np.ndarray) -> np.ndarray:
        """Numbers of classes, or 0 and 1 for each output, whichever the loss takes."""
        if self._is_multiclass and not self._loss().sparse:
            return np.eye(len(self.classes_))[y]
        return y

    def _weighted(self, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        if self.class_weight is not None:
            of_classes = compute_sample_weight(self.class_weight, y)
            weight = of_classes if weight is None else weight * of_classes
        return weight

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
