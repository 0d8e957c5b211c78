"""The network of a multi-layer estimator: its layers, its loss and its optimizer, by parameters."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid import layers, losses, optimizers
from pellucid.equations.losses import Loss
from pellucid.models import Model, Sequential
from pellucid.models.builder import Ending
from pellucid.optimizers import Optimizer
from pellucid.randomness import drawing_from
from pellucid.regularizers import L2
from pellucid.settings import nearest

#: scikit-learn's names of activations, and ours
ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}


class Shape(NamedTuple):
    """What the data are like: columns, the kind of their numbers, what a batch's rows weigh."""

    features: int
    dtype: str
    weight: float


def hidden_sizes(given: Any) -> list[int]:
    sizes = [int(each) for each in (given if hasattr(given, "__iter__") else [given])]
    if any(size <= 0 for size in sizes):
        raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
    return sizes


def activations(given: Any, count: int) -> list[Any]:
    """The activation of each hidden layer: one for all, or a list of as many."""
    several = isinstance(given, (list, tuple, np.ndarray))
    if several and len(given) != count:
        raise ValueError(
            f"activation names {len(given)} for {count} hidden layers: give one for each, or one"
        )
    chosen = list(given) if several else [given] * count
    return [ACTIVATIONS.get(each, each) if isinstance(each, str) else each for each in chosen]


#: what a network that is given settles itself
SETTLED = ("hidden_layer_sizes", "activation", "alpha", "dropout", "batch_normalization")


def built(
    estimator: Any, shape: Shape, ending: Ending, rng: np.random.RandomState
) -> tuple[Model, int]:
    """A network of the estimator's parameters, with weights drawn by `rng`; and a seed for it."""
    if estimator.network is not None:
        seed = int(rng.randint(2**31 - 1))
        with drawing_from(seed):
            return made_by(estimator, shape, ending), seed
    penalty = L2(0.5 * estimator.alpha / shape.weight) if estimator.alpha else None
    inputs = layers.Input((shape.features,))
    with drawing_from(0):
        net = Sequential([inputs, *stack(estimator, ending, penalty)], dtype=shape.dtype)
        draw_as_sklearn(net, estimator.activation, rng)
    return net, int(rng.randint(2**31 - 1))


def stack(estimator: Any, ending: Ending, penalty: L2 | None) -> Iterator[layers.Layer]:
    sizes = hidden_sizes(estimator.hidden_layer_sizes)
    for units, activation in zip(sizes, activations(estimator.activation, len(sizes)), strict=True):
        if estimator.batch_normalization:
            yield layers.Dense(units, kernel_regularizer=penalty)
            yield layers.BatchNormalization()
            yield layers.Activation(activation)
        else:
            yield layers.Dense(units, activation, kernel_regularizer=penalty)
        if estimator.dropout:
            yield layers.Dropout(estimator.dropout)
    yield layers.Dense(ending.units, ending.activation, kernel_regularizer=penalty)


def made_by(estimator: Any, shape: Shape, ending: Ending) -> Model:
    """The network that the estimator's own function makes."""
    defaults = inspect.signature(type(estimator)).parameters
    changed = [name for name in SETTLED if getattr(estimator, name) != defaults[name].default]
    if changed:
        raise ValueError(
            f"network= makes the network, and {changed[0]}= is for one that is made here: "
            "leave one of them out"
        )
    net = estimator.network(shape.features, ending)
    if not isinstance(net, Model):
        raise TypeError(
            f"network(n_features, ending) gives a pellucid network, got {type(net).__name__}"
        )
    if not net.built:
        net.build((None, shape.features))
    found = tuple(net.outputs[0].shape[1:])
    if found != (ending.units,):
        raise ValueError(
            f"the network gives {found} numbers a row, expected ({ending.units},): "
            "end it with layers.Dense(ending.units, ending.activation)"
        )
    return net


def dense_layers(net: Model) -> list[layers.Dense]:
    return [layer for layer in net.layers if isinstance(layer, layers.Dense)]


def draw_as_sklearn(net: Model, activation: Any, rng: np.random.RandomState) -> None:
    """Weights and biases as scikit-learn draws them: from the same seed the same."""
    factor = 2.0 if activation == "logistic" else 6.0
    for layer in dense_layers(net):
        shapes = [weight.shape for weight in layer.weights]
        bound = np.sqrt(factor / sum(shapes[0]))
        layer.set_weights([rng.uniform(-bound, bound, shape) for shape in shapes])


def optimizer_of(estimator: Any) -> Optimizer:
    rate = float(estimator.learning_rate_init)
    if estimator.solver == "sgd":
        nesterov = estimator.nesterovs_momentum and estimator.momentum > 0
        return optimizers.SGD(rate, momentum=float(estimator.momentum), nesterov=nesterov)
    if estimator.solver == "adam":
        return optimizers.Adam(
            rate,
            beta_1=estimator.beta_1,
            beta_2=estimator.beta_2,
            epsilon=estimator.epsilon,
        )
    if isinstance(estimator.solver, str):
        return Optimizer.find(estimator.solver)(learning_rate=rate)
    return copied(Optimizer.get(estimator.solver))


def copied(optimizer: Optimizer) -> Optimizer:
    return type(optimizer).from_config(optimizer.config())


def loss_of(given: Any, usual: str, names: Sequence[str]) -> Loss:
    """The usual loss where scikit-learn's names are given, else the one that is named."""
    if isinstance(given, str) and given not in {*names, *Loss.table}:
        raise ValueError(f"unknown loss {given!r}: {nearest(given, {*names, *Loss.table})}")
    return losses.get(usual if isinstance(given, str) and given in names else given)
