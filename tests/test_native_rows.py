"""The prediction for a row does not depend on the batch that it comes in, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import layers
from tests.native import at_every_level

pytestmark = at_every_level
COUNT = 300
STACKS: dict[str, tuple[tuple[int, ...], list[Any]]] = {
    "dense": ((200,), [layers.Dense(70, "relu"), layers.Dense(9, "tanh"), layers.Dense(10)]),
    "one number": ((300,), [layers.Dense(33, "elu"), layers.Dense(1, "sigmoid")]),
    "normalised": ((30,), [layers.Dense(50), layers.BatchNormalization(),
                           layers.LayerNormalization(), layers.Dropout(0.3),
                           layers.Dense(40, "gelu"), layers.Dense(4, "softmax")]),
    "images": ((10, 10, 3), [layers.Conv2D(7, 3, activation="relu"), layers.MaxPooling2D(2),
                             layers.Conv2D(19, 3, padding="same"), layers.Flatten(),
                             layers.Dense(5)]),
    "sequences": ((9, 5), [layers.LSTM(21, return_sequences=True), layers.GRU(11),
                           layers.Dense(3, "softmax")]),
    "words": ((9,), [layers.Embedding(50, 8), layers.SimpleRNN(6), layers.Dense(3, "softmax")]),
}  # fmt: skip


def network(name: str, dtype: str, threads: int) -> Any:
    shape, stack = STACKS[name]
    pl.utils.set_random_seed(1)
    copies = [type(each)(**each.settings()) for each in stack]
    net = pl.Sequential([layers.Input(shape), *copies], dtype=dtype)
    net.compile("adam", "mse", executor="native", threads=threads)
    return net


def rows(name: str, dtype: str, share: float) -> np.ndarray:
    rng, shape = np.random.default_rng(0), (COUNT, *STACKS[name][0])
    if name == "words":
        return rng.integers(0, 50, shape)
    return (rng.normal(size=shape) * (rng.random(shape) < share)).astype(dtype)


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize(("dtype", "threads"), [("float32", 1), ("float32", 2), ("float64", 2)])
@pytest.mark.parametrize("share", [1.0, 0.08])
def test_in_any_batch(name: str, dtype: str, threads: int, share: float) -> None:
    net, x = network(name, dtype, threads), rows(name, dtype, share)
    expected = net.predict(x, batch_size=COUNT, verbose=0)
    for batch in (1, 3, 8, 31, 64, 257):
        assert np.array_equal(net.predict(x, batch_size=batch, verbose=0), expected), batch
    order = np.random.default_rng(3).permutation(COUNT)
    assert np.array_equal(net.predict(x[order], verbose=0), expected[order])


@pytest.mark.parametrize("name", ["dense", "one number", "normalised"])
def test_alone_prepared_and_in_a_sparse_matrix(name: str) -> None:
    sparse = pytest.importorskip("scipy.sparse")
    net, x = network(name, "float32", 1), rows(name, "float32", 0.1)
    expected, predict = net.predict(x, verbose=0), net.predictor()
    assert np.array_equal(net.predict(sparse.csr_matrix(x), verbose=0), expected)
    for count in (1, 2, 5, COUNT):
        assert np.array_equal(predict(x[:count]), expected[:count])


def test_dense_rows_among_empty_ones() -> None:
    """Whether rows go in compressed form is decided by all of them, and changes no bit."""
    net, x = network("dense", "float32", 2), rows("dense", "float32", 1.0)
    x[10:] *= np.random.default_rng(4).random(x[10:].shape) < 0.01
    expected = net.predict(x, verbose=0)
    assert np.array_equal(net.predict(x[:10], verbose=0), expected[:10])
