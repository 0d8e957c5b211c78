"""The native executor on images and sequences: equal to the NumPy one at every CPU level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import layers, ops
from tests.native import at_every_level, check, rows

pytestmark = at_every_level

C, M, A = layers.Conv2D, layers.MaxPooling2D, layers.AveragePooling2D
IMAGES: dict[str, list[Any]] = {
    "one convolution": [C(3, 3, activation="tanh")],
    "same": [C(3, 3, activation="relu", padding="same"), C(4, 2, padding="same")],
    "strides": [C(3, (3, 2), activation="tanh", strides=(2, 3)), C(2, 2)],
    "strides, same": [
        C(3, 3, activation="tanh", strides=2, padding="same"), C(2, 3, strides=(1, 2)),
    ],
    "wide": [C(20, 5, activation="relu", padding="same"), C(17, 3, activation="relu")],
    "a window of one": [C(3, 1, activation="tanh"), C(4, 1, activation="tanh", strides=2)],
    "no bias": [C(3, 3, activation="tanh", use_bias=False), C(2, 3, use_bias=False)],
    "max": [C(3, 3, activation="relu"), M(2), C(4, 2), M(2, strides=1)],
    "max, same": [C(3, 3), M(3, strides=2, padding="same")],
    "max of the input": [M(2), C(3, 2)],
    "average": [C(3, 3, activation="tanh"), A(2), C(4, 2)],
    "average, same": [C(3, 3), A(3, strides=2, padding="same")],
    "batch normalization": [C(3, 3, use_bias=False), layers.BatchNormalization(), C(2, 2)],
    "global average": [C(3, 3, activation="tanh"), layers.GlobalAveragePooling2D()],
}  # fmt: skip


def on(shape: tuple[int, ...], stack: list[Any]) -> Any:
    def make(executor: str, dtype: str) -> Any:
        copies = [type(each)(**each.settings()) for each in stack]
        net = pl.Sequential(
            [layers.Input(shape), *copies, layers.Flatten(), layers.Dense(3)], dtype=dtype
        )
        net.compile("adam", "mse", executor=executor)
        return net

    return make


def check_stack(
    stack: list[Any], shape: tuple[int, ...], dtype: str, count: int, **fit: Any
) -> None:
    x = np.random.default_rng(0).normal(size=(count, *shape)).astype(dtype)
    check(on(shape, stack), x, rows(count, 3, 1).astype(dtype), dtype, **fit)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("stack", IMAGES.values(), ids=IMAGES)
def test_images(stack: list[Any], dtype: str) -> None:
    check_stack(stack, (9, 8, 2), dtype, 20)


@pytest.mark.parametrize("batch_size", [1, 300, 600])
def test_images_in_any_batch(batch_size: int) -> None:
    stack = [C(3, 3, activation="relu"), M(2)]
    check_stack(stack, (9, 8, 1), "float64", 600, batch_size=batch_size, epochs=1)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_change_no_bit_of_a_network_of_images(threads: int) -> None:
    x, y = np.random.default_rng(0).random((600, 28, 28, 1)), rows(600, 3)
    found = []
    for count in (1, threads):
        pl.utils.set_random_seed(3)
        net = on((28, 28, 1), [C(8, 3, activation="relu"), M(2)])("native", "float32")
        net.compile("adam", "mse", executor="native", threads=count)
        net.fit(x, y, batch_size=300, verbose=0)
        found.append(net.get_weights())
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


def test_the_first_of_equal_numbers_is_the_largest() -> None:
    x = np.random.default_rng(0).integers(0, 2, (20, 8, 8, 2))
    stack = [C(3, 1, kernel_initializer="ones"), M(3, strides=2, padding="same")]
    check(on((8, 8, 2), stack), x, rows(20, 3))


R, G, S = layers.SimpleRNN, layers.GRU, layers.LSTM
SEQUENCES: dict[str, list[Any]] = {
    "simple": [R(4)],
    "simple, relu, all states": [R(4, activation="relu", return_sequences=True)],
    "simple, gelu": [R(4, activation="gelu")],
    "lstm": [S(4)],
    "lstm, all states": [S(4, return_sequences=True)],
    "lstm, other activations": [S(3, activation="softsign", recurrent_activation="hard_sigmoid")],
    "no bias": [S(4, use_bias=False)],
    "gru": [G(4)],
    "gru, all states": [G(4, return_sequences=True), R(3)],
    "gru, no bias": [G(4, use_bias=False)],
    "wide simple": [R(37, return_sequences=True), R(16)],
    "wide lstm": [S(21, return_sequences=True), S(16)],
    "wide gru": [G(37, return_sequences=True), G(32)],
    "backwards": [S(4, go_backwards=True, return_sequences=True), G(3, go_backwards=True)],
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("stack", SEQUENCES.values(), ids=SEQUENCES)
def test_sequences(stack: list[Any], dtype: str) -> None:
    check_stack(stack, (7, 3), dtype, 20)


@pytest.mark.parametrize("batch_size", [1, 300, 600])
def test_sequences_in_any_batch(batch_size: int) -> None:
    check_stack([S(4)], (5, 3), "float64", 600, batch_size=batch_size, epochs=1)


@pytest.mark.parametrize("cell", [R, S, G])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit_of_a_recurrence(cell: Any, threads: int) -> None:
    x, y = np.random.default_rng(0).normal(size=(600, 30, 5)), rows(600, 3)
    found = []
    for count in (1, threads):
        pl.utils.set_random_seed(3)
        net = pl.Sequential([layers.Input((30, 5)), cell(33), layers.Dense(3)])
        net.compile("adam", "mse", executor="native", threads=count)
        net.fit(x, y, batch_size=300, epochs=2, verbose=0)
        found.append(net.get_weights())
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("cell", [R, S, G])
def test_a_program_does_not_grow_with_the_sequence(cell: Any) -> None:
    def steps(count: int) -> int:
        net = pl.Sequential([layers.Input((count, 3)), cell(4), layers.Dense(2)])
        net.compile("adam", "mse", executor="native")
        net.fit(np.zeros((8, count, 3)), np.zeros((8, 2)), verbose=0)
        return len(net.executor_report().splitlines())

    assert steps(3) == steps(30)


PICKS: dict[str, Any] = {
    "every other": lambda x: x[:, ::2],
    "of several axes": lambda x: x[:, 1:6:2, -1],
    "from the end": lambda x: x[:, -3:, 1:],
    "one number": lambda x: x[:, 2, 1:2],
    "sum over steps": lambda x: ops.sum(x, axis=1) * ops.sum(x, axis=2, keepdims=True)[:, 2],
    "each step by their mean": lambda x: x * ops.mean(x, axis=1, keepdims=True),
    "twice": lambda x: x[:, 1:][:, ::3] * x[:, :-1, :][:, ::3],
}


@pytest.mark.parametrize("pick", PICKS.values(), ids=PICKS)
def test_picked(pick: Any) -> None:
    def loss(y: Any, p: Any) -> Any:
        return (pick(y) - pick(p)) ** 2

    def make(executor: str, dtype: str) -> Any:
        net = pl.Sequential([layers.Dense(3, "tanh", input_shape=(8, 3))], dtype=dtype)
        net.compile("adam", loss, executor=executor)
        return net

    x, y = np.random.default_rng(0).normal(size=(2, 20, 8, 3))
    check(make, x, y)
