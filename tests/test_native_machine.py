"""The native executor on its machine: threads, forks, CPU levels, random numbers, single rows."""

from __future__ import annotations

import multiprocessing
import os
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import layers
from pellucid.executors.executor import Asked
from pellucid.executors.native.library import problem
from pellucid.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from pellucid.randomness import permutation, uniform
from tests.native import assert_predicted, check, network, rows, sparse_rows

if problem() is not None:
    pytest.skip(str(problem()), allow_module_level=True)

from pellucid.executors.native import executor as executor_module
from pellucid.executors.native import shuffling

D = layers.Dense


def trained(threads: int | None, stack: list[Any], x: np.ndarray, batch_size: int = 1000) -> bytes:
    pl.utils.set_random_seed(3)
    copies = [type(each)(**each.settings()) for each in stack]
    net = pl.Sequential([layers.Input(x.shape[1:]), *copies, D(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy", executor="native", threads=threads)
    net.fit(x, np.arange(len(x)) % 3, batch_size=batch_size, epochs=2, verbose=0)
    return b"".join(each.tobytes() for each in net.get_weights()) + net.predict(x).tobytes()


@pytest.mark.parametrize("mostly_zeros", [False, True])
@pytest.mark.parametrize(
    "stack", [[D(8, "relu")], [D(8), layers.BatchNormalization(), layers.Dropout(0.3)]]
)
def test_the_same_bits_on_any_number_of_threads(
    stack: list[Any], mostly_zeros: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_module, "CHOOSES", False)
    x = (sparse_rows if mostly_zeros else rows)(3000, 40).astype("float32")
    one = trained(1, stack, x)
    assert all(trained(threads, stack, x) == one for threads in (2, 3, 8))


@pytest.mark.parametrize("mostly_zeros", [False, True])
@pytest.mark.parametrize("width", [40, 500])
@pytest.mark.parametrize(
    "stack", [[D(400, "relu"), D(200)], [D(300), layers.BatchNormalization(), layers.Dropout(0.3)]]
)
def test_threads_share_a_small_batch_with_the_same_bits(
    stack: list[Any], width: int, mostly_zeros: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_module, "CHOOSES", False)
    x = (sparse_rows if mostly_zeros else rows)(300, width).astype("float32")
    one = trained(1, stack, x, 128)
    assert all(trained(threads, stack, x, 128) == one for threads in (2, 3, 8))


@pytest.mark.parametrize("make_rows", [rows, sparse_rows])
def test_many_tiles_are_the_whole_batch(make_rows: Any) -> None:
    x = make_rows(3000, 40)
    # a bias before the normalization would be moved by rounding alone: its gradient is 0
    stack = [D(8, use_bias=False), layers.BatchNormalization(), layers.Dropout(0.3), D(4)]
    make = network(stack, "mse", width=40)
    check(make, x, rows(3000, 4, 1), batch_size=1500)


def in_child(queue: Any, x: np.ndarray) -> None:
    queue.put(trained(4, [D(8, "relu")], x))


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX's, where a test has loaded it
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_has_threads_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_module, "CHOOSES", False)
    x = rows(3000, 40).astype("float32")
    here = trained(4, [D(8, "relu")], x)
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = context.Process(target=in_child, args=(queue, x))
        child.start()
    there = queue.get()
    child.join(60)
    assert child.exitcode == 0
    assert there == here == trained(4, [D(8, "relu")], x)


def test_two_python_threads_train_two_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_module, "CHOOSES", False)
    x = rows(3000, 40).astype("float32")
    make = network([D(8, "relu"), D(3)], "mse", SGD(0.01), width=40)

    def fitted(net: Any) -> bytes:
        net.fit(x, rows(3000, 3), batch_size=1000, epochs=5, verbose=0, shuffle=False)
        return b"".join(each.tobytes() for each in net.get_weights())

    def fresh() -> Any:
        pl.utils.set_random_seed(1)
        return make("native", "float32")

    expected, found = fitted(fresh()), []
    workers = [threading.Thread(target=lambda n: found.append(fitted(n)), args=(fresh(),))
               for _ in range(3)]  # fmt: skip
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert found == [expected] * 3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_level_of_cpu(level: str, dtype: str) -> None:
    make = network([D(21, "gelu"), layers.Dropout(0.2), D(3, "softmax")],
                   "sparse_categorical_crossentropy", width=70)  # fmt: skip
    for x in (rows(300, 70), sparse_rows(300, 70)):
        x = x.astype(dtype)
        check(make, x, np.arange(300) % 3, dtype, batch_size=32)


def test_an_unknown_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PELLUCID_CPU", "quantum")
    net = network([D(2)], "mse")("native", "float32")
    with pytest.raises(ValueError, match="quantum"):
        net.fit(rows(8, 5), rows(8, 2), verbose=0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("count", [7, 700])
def test_dropout_draws_the_same_numbers(dtype: str, count: int) -> None:
    net = pl.Sequential([layers.Dropout(0.5, input_shape=(13,))], dtype=dtype)
    net.compile(SGD(0.0), "mse", executor="native")
    engine = net._ready()
    x = np.ones((count, 13), dtype)
    executor = engine.native("train")
    engine.memory.steps = 5
    found = executor.run(executor.fed([x, x]), Asked(None, 0, count, count, np.zeros(1))).outputs[0]
    mask = uniform(engine.memory.seed, 1, 5, (count, 13), dtype) >= 0.5
    np.testing.assert_array_equal(found, 2.0 * mask)


@pytest.mark.parametrize("count", [*range(70), 1000, 4096, 4097, 70_000])
def test_orders_of_rows_are_those_of_numpy(count: int) -> None:
    assert shuffling.as_numpy()
    for seed, step in [(3, 0), (2**63 - 1, 1), (0, 2**40)]:
        found = shuffling.permutation(seed, 1, step, count)
        np.testing.assert_array_equal(found, permutation(seed, 1, step, count))


def test_numpy_draws_an_order_that_the_kernels_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shuffling, "compiled", lambda *_: pytest.fail("drawn by the kernels"))
    monkeypatch.setattr(shuffling, "MOST", 9)
    np.testing.assert_array_equal(shuffling.permutation(3, 0, 1, 10), permutation(3, 0, 1, 10))
    monkeypatch.setattr(shuffling, "as_numpy", lambda: False)
    np.testing.assert_array_equal(shuffling.permutation(3, 0, 1, 5), permutation(3, 0, 1, 5))


@pytest.mark.parametrize(
    ("optimizer", "rates"),
    [
        *((each, None) for each in (SGD(), SGD(momentum=0.9), Adam(), AdamW(), RMSprop())),
        (Adagrad(), None),
        (Adam(), {"kernel": 0.5, "bias": 0.1}),
    ],
)
def test_common_updates_are_compiled_as_a_whole(
    optimizer: Optimizer, rates: dict[str, float] | None
) -> None:
    hidden = [D(6, "tanh", rates=rates), D(4)]
    engine = network(hidden, "mse", optimizer)("native", "float32")._ready()
    executor = engine.native("train")
    assert any(kernel.frozen is not None for kernel in executor.compiled.kernels)


def test_a_predictor_takes_a_row_or_rows() -> None:
    x = sparse_rows(30, 40).astype("float32")
    for executor in ("native", "numpy"):
        net = network([D(8, "tanh"), D(3)], "mse", width=40)(executor, "float32")
        predict = net.predictor()
        assert_predicted(predict(x), net, x)
        assert_predicted(predict(x[3])[None], net, x[3:4])
        net.fit(x, rows(30, 3), verbose=0)
        assert_predicted(predict(x), net, x)
    with pytest.raises(ValueError, match="expects"):
        network([D(3)], "mse")("native", "float32").predictor()(np.ones(6))


@pytest.mark.parametrize("executor", ["native", "numpy"])
def test_masks_are_refused_as_everywhere(executor: str) -> None:
    net = network([D(3)], "mse", width=4)(executor, "float32")
    x = np.ma.masked_array(np.ones((2, 4), "float32"), mask=np.eye(2, 4))
    for ask in (net.predictor(), net.predict, net):
        with pytest.raises(TypeError, match=r"masked; fill .* `x.filled\(0\)`"):
            ask(x)


@pytest.mark.parametrize(
    "form", [np.asfortranarray, np.float64, np.ndarray.tolist, lambda x: x[:, ::-1][:, ::-1]]
)
def test_a_predictor_takes_rows_in_any_form(form: Callable[[np.ndarray], Any]) -> None:
    net = network([D(3)], "mse", width=4)("native", "float32")
    x, predict = rows(5, 4).astype("float32"), net.predictor()
    np.testing.assert_array_equal(predict(form(x)), predict(x))
    assert predict(x[:0]).shape == (0, 3)
