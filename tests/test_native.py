"""The native executor: equal to the NumPy one on everything that it runs, at every CPU level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import layers, losses, models, optimizers
from pellucid.equations.activations import Activation
from pellucid.equations.losses import Loss
from pellucid.executors.native.library import problem
from pellucid.optimizers import Optimizer

pytestmark = pytest.mark.skipif(problem() is not None, reason=str(problem()))

CLOSE = {"float64": 1e-10, "float32": 1e-4}


def rows(count: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, width))


def both(
    make: Any, x: Any, y: Any, dtype: str = "float64", weight: Any = None, **fit: Any
) -> list[Any]:
    """The same training by both executors: the networks, and their histories."""
    found = []
    for executor in ("numpy", "native"):
        pl.utils.set_random_seed(3)
        net = make(executor, dtype)
        fit = {"batch_size": 8, "epochs": 3, "verbose": 0} | fit
        found.append((net, net.fit(x, y, sample_weight=weight, **fit).history))
    return found


def assert_equal(found: list[Any], x: Any, close: float) -> None:
    (a, first), (b, second) = found
    for one, other in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_allclose(other, one, rtol=close, atol=close * max(1e-3, abs(one).max()))
    for name in first:
        np.testing.assert_allclose(second[name], first[name], rtol=close, atol=close)
    np.testing.assert_allclose(b.predict(x), a.predict(x), rtol=close, atol=close)


def network(
    hidden: list[Any], loss: Any, optimizer: Any = "adam", width: int = 5, **compile: Any
) -> Any:
    """A maker of networks of these layers, for `both`."""

    def make(executor: str, dtype: str) -> Any:
        copies = [type(each)(**each.settings()) for each in hidden]
        net = models.Sequential([layers.Input((width,)), *copies], dtype=dtype)
        settings = optimizer.settings() if isinstance(optimizer, Optimizer) else None
        chosen = type(optimizer)(**settings) if settings is not None else optimizer
        net.compile(chosen, loss, executor=executor, **compile)
        return net

    return make


ACTIVATIONS = sorted({kind.registered_name() for kind in Activation.members()})


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name: str, dtype: str) -> None:
    make = network([layers.Dense(6, name), layers.Dense(3, name), layers.Dense(1)], "mse")
    x, y = rows(30, 5).astype(dtype), rows(30, 1, 1)
    assert_equal(both(make, x, y, dtype), x, CLOSE[dtype])


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
    assert_equal(both(make, rows(30, 5), y, weight=weight), rows(30, 5), 1e-10)


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
    assert_equal(both(make, x, y, dtype), x, CLOSE[dtype])
