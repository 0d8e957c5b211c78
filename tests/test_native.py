"""The native executor: equal to the NumPy one on everything that it runs, at every CPU level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import layers, losses, optimizers
from pellucid.equations.activations import Activation
from pellucid.equations.losses import Loss
from pellucid.optimizers import Optimizer
from tests.native import at_every_level, check, network, rows

pytestmark = at_every_level

ACTIVATIONS = sorted({kind.registered_name() for kind in Activation.members()})


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name: str, dtype: str) -> None:
    make = network([layers.Dense(6, name), layers.Dense(4, name), layers.Dense(1)], "mse")
    x, y = rows(30, 5).astype(dtype), rows(30, 1, 1)
    check(make, x, y, dtype)


TARGETS: dict[str, Any] = {
    "classes": lambda: np.arange(30) % 3,
    "one-hot": lambda: np.eye(3)[np.arange(30) % 3],
    "probability": lambda: np.random.default_rng(2).random((30, 3)),
    "sign": lambda: np.sign(rows(30, 3, 4)),
    "positive": lambda: abs(rows(30, 3, 5)) + 0.1,
    "any": lambda: rows(30, 3, 6),
}
LOSSES = sorted({kind.registered_name() for kind in Loss.members()})


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
@pytest.mark.parametrize("name", LOSSES)
def test_loss(name: str, last: str, weighted: bool) -> None:
    loss = losses.get(name)
    make = network([layers.Dense(6, "tanh"), layers.Dense(3, last)], name, "sgd")
    weight = np.linspace(0.5, 2, 30) if weighted else None
    y = TARGETS[loss.expects]()
    check(make, rows(30, 5), y, sample_weight=weight)


OPTIMIZERS = [
    optimizers.SGD(0.1), optimizers.SGD(0.1, momentum=0.9), optimizers.SGD(0.1, 0.9, nesterov=True),
    optimizers.Adam(), optimizers.Adam(amsgrad=True), optimizers.AdamW(), optimizers.Nadam(),
    optimizers.Adamax(), optimizers.Adagrad(), optimizers.Adadelta(), optimizers.Lion(),
    optimizers.RMSprop(), optimizers.RMSprop(centered=True, momentum=0.9),
    optimizers.Adam(clipnorm=0.1), optimizers.Adam(clipvalue=0.01),
    optimizers.Adam(global_clipnorm=0.1, weight_decay=0.1),
    optimizers.Adam(use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_optimizer(optimizer: Optimizer, dtype: str) -> None:
    make = network([layers.Dense(6, "tanh"), layers.Dense(1)], "mse", optimizer)
    x, y = rows(30, 5).astype(dtype), rows(30, 1, 1)
    check(make, x, y, dtype)
