"""A network as a fitted estimator of scikit-learn, perhaps behind a scaler."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import activations, layers
from pellucid.equations.activations import Activation
from pellucid.extras import needed
from pellucid.foreign import quoted
from pellucid.interop.sklearn.training import give_state, settings
from pellucid.training.engine import Engine

#: scikit-learn's activations and ours
ACTIVATIONS = {
    "identity": "linear",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softmax": "softmax",
    "exp": "exponential",
}
BACK = {ours: theirs for theirs, ours in ACTIVATIONS.items()}
#: layers that do nothing where a network predicts
STILL = (layers.Dropout, layers.GaussianNoise, layers.InputLayer)


def to_sklearn(engine: Engine) -> Any:
    """A fitted estimator: dense layers with one activation between them, perhaps behind a scaler.

    It goes on training by `partial_fit`, with the optimizer of the network if that is SGD or Adam.
    """
    network = engine.network
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
    made = estimator(engine, dense)
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


def estimator(engine: Engine, dense: list[layers.Dense]) -> Any:
    """The estimator with the weights of the layers."""
    network = engine.network
    *hidden, last = names_of(dense)
    if len(set(hidden)) > 1 or {"softmax", "exp"} & set(hidden):
        raise ValueError(
            f"scikit-learn has one activation for all hidden layers, not {', '.join(hidden)}"
        )
    room = needed("sklearn.neural_network", "standard")
    sizes = [layer.units for layer in dense]
    kind = room.MLPClassifier if last in ("softmax", "logistic") else room.MLPRegressor
    if kind is room.MLPRegressor and last not in ("identity", "exp"):
        raise ValueError(f"scikit-learn's networks do not end with {last}")
    given = settings(engine) | ({"loss": "poisson"} if last == "exp" else {})
    between = hidden[0] if hidden else "identity"
    made = kind(hidden_layer_sizes=sizes[:-1], activation=between, **given)
    begin(made, network, sizes[-1], dense[0].w.shape[0], last)
    made.coefs_ = [np.array(layer.w.value, network.dtype) for layer in dense]
    made.intercepts_ = [
        np.array(layer.b.value if layer.use_bias else np.zeros(layer.units), network.dtype)
        for layer in dense
    ]
    give_state(made, engine, dense)
    return made


def begin(made: Any, network: Any, outputs: int, width: int, last: str) -> None:
    """What an estimator holds beside its weights, from a first step on zeros."""
    x = np.zeros((max(2, outputs), width), network.dtype)
    if last in ("identity", "exp"):
        y = np.zeros((len(x), outputs) if outputs > 1 else len(x), network.dtype)
        made.partial_fit(x, y)
    else:
        count = 2 if outputs == 1 else outputs
        names = network.class_names if network.class_names else np.arange(count)
        if last == "logistic" and outputs > 1:
            made.partial_fit(x, np.eye(len(x), outputs, dtype=int), classes=np.arange(outputs))
        else:
            made.partial_fit(x[:count], np.asarray(names), classes=np.asarray(names))
    made.t_ = made.n_iter_ = 0
