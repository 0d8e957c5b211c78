"""The network and the rows that jobs train on."""

from __future__ import annotations

import numpy as np

import pellucid as pl
from pellucid import Sequential, layers
from pellucid.optimizers import Adam

FIT = {"batch_size": 16, "epochs": 4, "verbose": 0}


def data(count=72):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 5)), rng.normal(size=(count, 3)), rng.random(count)


def network(executor="jax", dtype="float64", **settings):
    pl.set_random_seed(3)
    net = Sequential(
        [
            layers.Input((5,)),
            layers.Dense(8, "relu", name="first"),
            layers.BatchNormalization(),
            layers.Dropout(0.4),
            layers.Dense(3, name="last"),
        ],
        dtype=dtype,
    )
    net.compile(Adam(0.01, **settings), "mse", metrics=["mae"], executor=executor)
    return net


def pairs(count):
    return data(count)[:2]


def small(executor="jax", dtype="float32", **settings):
    """One that XLA compiles in a moment."""
    pl.set_random_seed(4)
    hidden, last = layers.Dense(6, "tanh", name="first"), layers.Dense(3, name="last")
    net = Sequential([layers.Input((5,)), hidden, last], dtype=dtype)
    net.compile("adam", "mse", executor=executor, **settings)
    return net


def trained(net, count=72, **fit):
    """The history, the weights and predictions, by names."""
    x, y, weight = data(count)
    held = data(9)
    asked = FIT | {"sample_weight": weight, "validation_data": held[:2]} | fit
    history = net.fit(x, y, **asked).history
    arrays = {f"weights {at}": each for at, each in enumerate(net.get_weights())}
    return history | arrays | {"output": net.predict(x[:7], verbose=0)}


def apart(found, expected):
    """How far numbers are from those expected, as part of the largest."""
    assert found.keys() == expected.keys(), (list(found), list(expected))
    return max(
        float(np.abs(np.asarray(each) - found[name]).max() / max(np.abs(each).max(), 1e-300))
        for name, each in expected.items()
    )
