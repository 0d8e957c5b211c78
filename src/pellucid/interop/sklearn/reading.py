"""Networks from scikit-learn's multi-layer estimators, alone or behind scalers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import layers
from pellucid.foreign import quoted
from pellucid.interop.sklearn.back import ACTIVATIONS
from pellucid.interop.sklearn.training import take_training
from pellucid.layers.base import Layer
from pellucid.models import Sequential
from pellucid.regularizers import L2


def from_sklearn(estimator: Any) -> Sequential:
    """The network that a fitted MLPClassifier, MLPRegressor or Pipeline is, with its weights.

    Scalers of a pipeline become a layer, so that the network takes what the pipeline takes. Of a
    classifier of two classes it gives the probability of the second, of more that of each. It is
    compiled to go on training by class numbers where the estimator was, by SGD or Adam.

    Arguments:
        estimator: what was fitted.

    Returns: a network.

    >>> x, y = pellucid.datasets.plane(100)
    >>> fitted = pellucid.MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs").fit(x, y)
    >>> pellucid.from_sklearn(fitted).predict(x, verbose=0).shape
    (100, 1)
    """
    steps = [each for _, each in getattr(estimator, "steps", [("", estimator)])]
    *scalers, mlp = [each for each in steps if each not in (None, "passthrough")]
    if not hasattr(mlp, "coefs_"):
        raise TypeError(
            f"expected an MLPClassifier or an MLPRegressor that is fitted, or a Pipeline that ends "
            f"with one; got {type(mlp).__name__}"
        )
    dtype = "float32" if mlp.coefs_[0].dtype == np.float32 else "float64"
    first = [scaling(each) for each in scalers]
    rows = mlp.batch_size if isinstance(mlp.batch_size, int) else 200
    penalty = L2(0.5 * mlp.alpha / rows) if mlp.alpha else None
    *hidden, last = [each.shape[1] for each in mlp.coefs_]
    dense = [
        layers.Dense(units, ACTIVATIONS[mlp.activation], kernel_regularizer=penalty)
        for units in hidden
    ]
    dense.append(layers.Dense(last, ACTIVATIONS[mlp.out_activation_], kernel_regularizer=penalty))
    inputs = layers.Input((mlp.coefs_[0].shape[0],))
    net = Sequential([inputs, *first, *dense], dtype=dtype)
    for layer, *arrays in zip(dense, mlp.coefs_, mlp.intercepts_, strict=True):
        layer.set_weights(arrays)
    take_training(net, mlp, dense)
    if hasattr(mlp, "classes_") and np.asarray(mlp.classes_).dtype.kind not in "iu":
        net.class_names = [str(each) for each in mlp.classes_]
    return net


def scaling(scaler: Any) -> Layer:
    """A scaler as (X − μ)/σ."""
    kind = type(scaler).__name__
    if kind == "StandardScaler":
        width = scaler.n_features_in_
        mean = np.zeros(width) if scaler.mean_ is None or not scaler.with_mean else scaler.mean_
        scale = np.ones(width) if scaler.scale_ is None else scaler.scale_
    elif kind == "MinMaxScaler" and not scaler.clip:
        mean, scale = -scaler.min_ / scaler.scale_, 1 / scaler.scale_
    elif kind == "MaxAbsScaler":
        mean, scale = np.zeros(scaler.n_features_in_), scaler.scale_
    else:
        raise ValueError(
            f"the step {quoted(kind)} of the pipeline has no layer here: StandardScaler, "
            "MinMaxScaler and MaxAbsScaler have; apply it to the rows before, and give the rest"
        )
    return layers.Normalization(mean=np.asarray(mean), variance=np.square(scale))
