"""What the tests of the native executor share: the same training by both executors is the same."""

from __future__ import annotations

from typing import Any
from unittest import mock

import numpy as np
import pytest

import pellucid as pl
from pellucid import layers, models
from pellucid.equations import random
from pellucid.executors.native.library import problem
from pellucid.optimizers import Optimizer
from pellucid.randomness import uniform

only_native = pytest.mark.skipif(problem() is not None, reason=str(problem()))
at_every_level = [only_native, pytest.mark.usefixtures("level")]

#: how far the executors may be apart in float64 after 100 steps, as parts of the largest number
CLOSE = 1e-10
#: how many times further from the truth than NumPy's float32 native float32 may be: both are off at
#: random, so that one may be lucky (the most that was seen is 10), while a wrong formula is off by
#: thousands; and how far it may be in any case, in units in the last place of the largest number
TIMES, UNITS, EPSILON = 16, 4, float(np.finfo("float32").eps)
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
    make: Any, x: Any, y: Any, dtype: str = "float64", executor: str = "native", **fit: Any
) -> None:
    """The networks of NumPy's executor and another have the same history, weights and predictions.

    In float32 two ways of rounding grow apart as training goes on, in some networks fast.
    What a float32 training may be off by is therefore measured, on NumPy's, against the same
    training in float64.
    """
    expected, found = (
        trained(started(make, each, dtype), x, y, **fit) for each in ("numpy", executor)
    )
    exact = truth(make, x, y, **fit) if dtype == "float32" else None
    for name in expected:
        if exact is None:
            assert_close(found[name], expected[name], name=name)
        else:
            assert_as_exact(found[name], expected[name], exact[name], name)


def started(make: Any, executor: str, dtype: str) -> Any:
    pl.utils.set_random_seed(3)
    return make(executor, dtype)


def truth(make: Any, x: Any, y: Any, **fit: Any) -> dict[str, Any]:
    """What float32's numbers lead to in float64, by NumPy: the same weights, the same masks."""
    first = started(make, "numpy", "float32").get_weights()
    net = started(make, "numpy", "float64")
    net.set_weights(first)
    with mock.patch.object(random, "uniform", drawn_in_float32):
        return trained(net, x, y, **fit)


def drawn_in_float32(
    seed: int, stream: int, step: int, shape: tuple[int, ...], dtype: Any
) -> np.ndarray:
    return uniform(seed, stream, step, shape, "float32").astype(dtype)


def trained(net: Any, x: Any, y: Any, **fit: Any) -> dict[str, Any]:
    """What 100 steps lead to, or as many as `fit` says."""
    fit = {"batch_size": 8, "verbose": 0} | fit
    count = (x[0] if isinstance(x, tuple) else x).shape[0]
    fit.setdefault("epochs", -(-STEPS // -(-count // fit["batch_size"])))
    history = net.fit(x, y, **fit).history
    predictions = net.predict(x, verbose=0)
    outputs = predictions if isinstance(predictions, (list, tuple)) else [predictions]
    arrays = {f"weights {at}": each for at, each in enumerate(net.get_weights())}
    return history | arrays | {f"output {at}": each for at, each in enumerate(outputs)}


def assert_close(found: Any, expected: Any, close: float = CLOSE, name: str = "") -> None:
    """max |found − expected| ≤ close · max |expected|: the norm by which executors are compared."""
    apart, size = apart_of(found, expected), abs(np.asarray(expected)).max(initial=0)
    assert apart <= close * size, f"{name}: {apart:.1e} apart, where numbers are up to {size:.1e}"


def assert_as_exact(found: Any, numpy: Any, exact: Any, name: str = "") -> None:
    """`found` is no further from `exact` than a few times what NumPy's float32 is."""
    off, other = apart_of(found, exact), apart_of(numpy, exact)
    unit = EPSILON * abs(np.asarray(exact)).max(initial=0)
    assert off <= max(TIMES * other, UNITS * unit), (
        f"{name}: {off:.1e} from float64, where NumPy's float32 is {other:.1e} from it"
    )


def assert_predicted(found: Any, net: Any, x: Any, name: str = "") -> None:
    """`found` is what the network predicts for dense rows, as exactly as NumPy's float32."""
    numpy, exact = (by_numpy(net, dtype).predict(x, verbose=0) for dtype in ("float32", "float64"))
    assert_as_exact(found, numpy, exact, name)


def by_numpy(net: Any, dtype: str, **compile: Any) -> Any:
    """The same network with the same weights, in this dtype, run by NumPy."""
    other = type(net).from_config(net.config() | {"dtype": dtype})
    other.compile("sgd", net.loss, executor="numpy", **compile)
    other.set_weights(net.get_weights())
    return other


def apart_of(one: Any, other: Any) -> float:
    one, other = np.asarray(one), np.asarray(other)
    assert one.shape == other.shape
    return float(abs(one - other).max(initial=0))
