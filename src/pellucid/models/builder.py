"""A multi-layer network by its sizes: hidden layers of some widths, and an ending for the target.

`pellucid train` builds its networks here, and so may whatever else knows its target: a table of
classes or of numbers says what the last layer, the loss and the metrics are to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pellucid import layers
from pellucid.activations import ActivationLike
from pellucid.models.sequential import Sequential
from pellucid.regularizers import L2


class Ending(NamedTuple):
    """How a network ends: units and activation of the last layer, the loss and the metrics."""

    units: int
    activation: str | None
    loss: str
    metrics: tuple[str, ...]


def numbers(count: int = 1) -> Ending:
    """The ending for `count` numbers in each row."""
    return Ending(count, None, "mse", ("mae",))


def classes(count: int) -> Ending:
    """The ending for one of `count` classes, numbered from 0, in each row."""
    if count == 2:
        return Ending(1, "sigmoid", "binary_crossentropy", ("accuracy",))
    return Ending(count, "softmax", "sparse_categorical_crossentropy", ("accuracy",))


def multilayer(
    shape: Sequence[int],
    widths: Sequence[int],
    ending: Ending,
    *,
    activation: ActivationLike = "relu",
    dropout: float = 0.0,
    l2: float = 0.0,
    before: Sequence[layers.Layer] = (),
    name: str | None = None,
) -> Sequential:
    """A network of rows of `shape`: the layers `before`, dense layers of `widths`, the ending.

    `activation` and `dropout` follow each hidden layer; `l2` is the penalty on every kernel. To
    train it: `net.compile(optimizer, ending.loss, metrics=ending.metrics)`.
    """
    penalty = L2(l2) if l2 else None
    net = Sequential([layers.Input(shape), *before], name=name)
    for units in widths:
        net.add(layers.Dense(units, activation, kernel_regularizer=penalty))
        if dropout:
            net.add(layers.Dropout(dropout))
    net.add(layers.Dense(ending.units, ending.activation, kernel_regularizer=penalty))
    return net
