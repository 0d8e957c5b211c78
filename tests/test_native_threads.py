"""The native executor and threads: those that share a step, and those that call one network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pellucid import layers
from pellucid.executors.native.library import problem

if problem() is not None:
    pytest.skip(str(problem()), allow_module_level=True)

from pellucid.executors.native import executor as executor_module
from tests.native import assert_as_exact, by_numpy, network, rows, sparse_rows
from tests.test_native_machine import trained

D = layers.Dense
CALLS, KINDS = 30, ("float32", "float64")


@pytest.mark.parametrize("make_rows", [rows, sparse_rows])
@pytest.mark.parametrize("batch_size", [1, 7, 32, 200])
def test_the_same_bits_for_a_small_batch_of_a_wide_network(
    level: str, batch_size: int, make_rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_module, "CHOOSES", False)
    x, stack = make_rows(2 * batch_size + 1, 700).astype("float32"), [D(600, "tanh"), D(150)]
    one = trained(1, stack, x, batch_size)
    assert all(trained(threads, stack, x, batch_size) == one for threads in (2, 3, 8))


def at_the_same_time(work: Callable[[], Any], threads: int = 4) -> list[Any]:
    """What each of several threads gave, which begin together."""
    together, found = threading.Barrier(threads), []

    def run() -> None:
        together.wait()
        found.append(work())

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(found) == threads, "a thread failed"
    return found


def test_threads_predict_with_one_network() -> None:
    net = network([D(30, "tanh"), D(3)], "mse", width=40)("native", "float32")
    given = [rows(300, 40).astype("float32"), sparse_rows(500, 40).astype("float32")]

    def predict() -> list[Any]:
        return [net.predict(given[turn % 2], verbose=0) for turn in range(CALLS)]

    exact = [[by_numpy(net, dtype).predict(x, verbose=0) for dtype in KINDS] for x in given]
    for found in at_the_same_time(predict):
        for turn, y in enumerate(found):
            assert_as_exact(y, *exact[turn % 2])


def test_threads_share_a_predictor() -> None:
    net = network([D(30, "tanh"), D(3)], "mse", width=40)("native", "float32")
    x, predict = rows(300, 40).astype("float32"), net.predictor()
    expected = [predict(row) for row in x[:CALLS]], predict(x)

    def work() -> Any:
        return [predict(row) for row in x[:CALLS]], predict(x)

    for single, several in at_the_same_time(work):
        assert np.array_equal(single, expected[0])
        assert np.array_equal(several, expected[1])


def test_networks_train_at_the_same_time_with_threads_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(executor_module, "CHOOSES", False)
    x, stack = rows(64, 700).astype("float32"), [D(300, "tanh")]
    make = network([*stack, D(3)], "mse", width=700, threads=3)

    def fitted() -> bytes:
        net = make("native", "float32")
        net.set_weights([np.full_like(each, 0.01) for each in net.get_weights()])
        net.fit(x, x[:, :3], batch_size=16, epochs=3, verbose=0, shuffle=False)
        return b"".join(each.tobytes() for each in net.get_weights())

    assert at_the_same_time(fitted) == [fitted()] * 4
