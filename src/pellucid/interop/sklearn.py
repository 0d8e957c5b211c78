"""Networks from scikit-learn's multi-layer estimators, alone or behind scalers, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import activations, layers
from pellucid.equations.activations import Activation
from pellucid.foreign import quoted
from pellucid.interop.needs import needed
from pellucid.layers.base import Layer
from pellucid.models import Sequential
from pellucid.networks.network import Network
from pellucid.regularizers import L2

#: scikit-learn's activations and ours
ACTIVATIONS = {
    "identity": "linear",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softmax": "softmax",
}
BACK = {ours: theirs for theirs, ours in ACTIVATIONS.items()}
#: layers that do nothing where a network predicts
STILL = (layers.Dropout, layers.GaussianNoise, layers.InputLayer)


def from_sklearn(estimator: Any) -> Sequential:
    """The network that a fitted MLPClassifier, MLPRegressor or Pipeline is, with its weights.

    Scalers of a pipeline become a layer, so that the network takes what the pipeline takes. Of a
    classifier of two classes it gives the probability of the second, of more that of each.
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


def to_sklearn(network: Network) -> Any:
    """A fitted estimator: dense layers with one activation between them, perhaps behind a scaler.

    It goes on training by `partial_fit`.
    """
    parts = [each for each in network.layers if not isinstance(each, STILL)]
    scalers = []
    while parts and isinstance(first := parts[0], layers.Normalization):
        scalers.append(as_scaler(first))
        parts = parts[1:]
    dense = [each for each in parts if isinstance(each, layers.Dense)]
    if len(dense) != len(parts) or not dense or len(network.inputs) > 1:
        other = next((type(each).__name__ for each in parts if each not in dense), "a graph")
        raise ValueError(
            f"scikit-learn's networks are rows of dense layers; this one has {quoted(other)}: "
            "pellucid.MLPClassifier(network=…) takes any"
        )
    made = estimator(network, dense)
    if not scalers:
        return made
    return needed("sklearn.pipeline", "standard").make_pipeline(*scalers, made)


def as_scaler(layer: layers.Normalization) -> Any:
    """A StandardScaler of the same mean and variance."""
    scaler = needed("sklearn.preprocessing", "standard").StandardScaler()
    mean, variance = (np.atleast_1d(np.asarray(each.value, float)) for each in (layer.m, layer.v))
    scaler.mean_, scaler.var_ = mean, variance
    scaler.scale_ = np.maximum(np.sqrt(variance), 1e-7)
    scaler.n_features_in_, scaler.n_samples_seen_ = len(mean), 1
    return scaler


def names_of(dense: list[layers.Dense]) -> list[str]:
    """The activations of the layers, as scikit-learn calls them."""
    found = []
    for layer in dense:
        given: Any = activations.get(layer.activation)
        name = type(given).registered_name() if isinstance(given, Activation) else repr(given)
        if name not in BACK:
            known = ", ".join(BACK)
            raise ValueError(f"scikit-learn has no activation {quoted(name)}: only {known}")
        found.append(BACK[name])
    return found


def estimator(network: Any, dense: list[layers.Dense]) -> Any:
    """The estimator with the weights of the layers."""
    *hidden, last = names_of(dense)
    if len(set(hidden)) > 1 or "softmax" in hidden:
        raise ValueError(
            f"scikit-learn has one activation for all hidden layers, not {', '.join(hidden)}"
        )
    room = needed("sklearn.neural_network", "standard")
    sizes = [layer.units for layer in dense]
    kind = room.MLPClassifier if last in ("softmax", "logistic") else room.MLPRegressor
    if kind is room.MLPRegressor and last != "identity":
        raise ValueError(f"scikit-learn's networks do not end with {last}")
    made = kind(
        hidden_layer_sizes=sizes[:-1], activation=hidden[0] if hidden else "identity", solver="sgd"
    )
    begin(made, network, sizes[-1], dense[0].w.shape[0], last)
    made.coefs_ = [np.array(layer.w.value, network.dtype) for layer in dense]
    made.intercepts_ = [
        np.array(layer.b.value if layer.use_bias else np.zeros(layer.units), network.dtype)
        for layer in dense
    ]
    return made


def begin(made: Any, network: Any, outputs: int, width: int, last: str) -> None:
    """What an estimator holds beside its weights, from a first step on zeros."""
    x = np.zeros((max(2, outputs), width), network.dtype)
    if last == "identity":
        y = np.zeros((len(x), outputs) if outputs > 1 else len(x), network.dtype)
        made.partial_fit(x, y)
    else:
        count = 2 if outputs == 1 else outputs
        names = network.class_names if network.class_names else np.arange(count)
        if last == "logistic" and outputs > 1:
            made.partial_fit(x, np.eye(len(x), outputs, dtype=int), classes=np.arange(outputs))
        else:
            made.partial_fit(x[:count], np.asarray(names), classes=np.asarray(names))
    del made._optimizer
    made.t_ = made.n_iter_ = 0
