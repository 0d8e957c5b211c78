"""What the tests of the native executor share: the same training by both executors is the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import layers, models
from pellucid.executors.native.library import problem
from pellucid.optimizers import Optimizer

only_native = pytest.mark.skipif(problem() is not None, reason=str(problem()))
at_every_level = [only_native, pytest.mark.usefixtures("level")]

#: how far the executors may be apart after 100 steps, relative to the largest number of an array
CLOSE = {"float64": 1e-10, "float32": 1e-4}
STEPS = 100


def rows(count: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, width))


def sparse_rows(count: int, width: int) -> np.ndarray:
    x = rows(count, width)
    x[np.random.default_rng(1).random(x.shape) > 0.2] = 0
    return x


def network(
    hidden: list[Any], loss: Any, optimizer: Any = "adam", width: int = 5, **compile: Any
) -> Any:
    """A maker of networks of these layers, for `check`."""

    def make(executor: str, dtype: str) -> Any:
        copies = [type(each)(**each.settings()) for each in hidden]
        net = models.Sequential([layers.Input((width,)), *copies], dtype=dtype)
        settings = optimizer.settings() if isinstance(optimizer, Optimizer) else None
        chosen = type(optimizer)(**settings) if settings is not None else optimizer
        net.compile(chosen, loss, executor=executor, **compile)
        return net

    return make


def check(
    make: Any, x: Any, y: Any, dtype: str = "float64", close: float | None = None, **fit: Any
) -> None:
    """The networks of both executors have the same history, weights and predictions."""
    by_numpy, by_native = (trained(make, each, dtype, x, y, **fit) for each in ("numpy", "native"))
    for name, expected in by_numpy.items():
        assert_close(by_native[name], expected, close or CLOSE[dtype], name)


def trained(make: Any, executor: str, dtype: str, x: Any, y: Any, **fit: Any) -> dict[str, Any]:
    """What 100 steps lead to, or as many as `fit` says."""
    pl.utils.set_random_seed(3)
    net = make(executor, dtype)
    fit = {"batch_size": 8, "verbose": 0} | fit
    count = (x[0] if isinstance(x, tuple) else x).shape[0]
    fit.setdefault("epochs", -(-STEPS // -(-count // fit["batch_size"])))
    history = net.fit(x, y, **fit).history
    predictions = net.predict(x, verbose=0)
    outputs = predictions if isinstance(predictions, (list, tuple)) else [predictions]
    arrays = {f"weights {at}": each for at, each in enumerate(net.get_weights())}
    return history | arrays | {f"output {at}": each for at, each in enumerate(outputs)}


def assert_close(
    found: Any, expected: Any, close: float = CLOSE["float64"], name: str = ""
) -> None:
    """max |found − expected| ≤ close · max |expected|: the norm by which executors are compared."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    apart, size = abs(found - expected).max(initial=0), abs(expected).max(initial=0)
    assert apart <= close * size, f"{name}: {apart:.1e} apart, where numbers are up to {size:.1e}"
