"""The native executor on what networks are made of besides dense layers, and on any data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Input, Model, layers, ops
from pellucid.optimizers import SGD
from pellucid.training.nonfinite import NonFiniteError
from tests.native import assert_close, at_every_level, check, network, rows

pytestmark = at_every_level

D = layers.Dense
STACKS: dict[str, list[Any]] = {
    "dropout": [D(6, "relu"), layers.Dropout(0.4), D(4)],
    "two dropouts": [layers.Dropout(0.2, seed=5), D(6, "tanh"), layers.Dropout(0.4), D(4)],
    "noise": [layers.GaussianNoise(0.3), D(6, "tanh"), D(4)],
    "batch normalization": [D(6, "relu"), layers.BatchNormalization(), D(4)],
    "two batch normalizations": [
        D(6, use_bias=False), layers.BatchNormalization(momentum=0.5), D(5, "relu"),
        layers.BatchNormalization(scale=False), D(4),
    ],
    "layer normalization": [D(6), layers.LayerNormalization(), D(4)],
    "no bias": [D(6, "tanh", use_bias=False), D(4)],
    "penalties": [D(6, "tanh", kernel_regularizer="l2", bias_regularizer="l1"), D(4)],
    "both penalties": [D(6, "tanh", kernel_regularizer=pl.regularizers.L1L2(0.01, 0.02)), D(4)],
    "deep": [D(5, "tanh") for _ in range(12)] + [D(4)],
    "changing dropout": [D(6), layers.Dropout(pl.schedules.FlatCosine(0.4, 9)), D(4)],
    "scaling": [layers.Scaling(), D(6), layers.ParametricActivation("mish"), D(4)],
    "periodic embedding": [layers.PeriodicEmbedding(3, 4, 0.3), D(4)],
    "PLR embedding": [layers.PLREmbedding(3, 4, 0.3), D(4)],
    "rates": [D(6, "tanh", rates={"kernel": 0.1, "bias": 6.0}), D(4, rates=0.5)],
    "softmax inside": [D(6, "softmax"), D(4)],
    "normalization of the input": [layers.BatchNormalization(), D(4)],
}  # fmt: skip


@pytest.mark.parametrize("batch_size", [1, 8, 30, 300])
@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_stack(stack: list[Any], batch_size: int) -> None:
    count = 600 if batch_size == 300 else 30
    if batch_size == 1 and any(isinstance(each, layers.BatchNormalization) for each in stack):
        pytest.skip("the variance of one row is 0")
    x, y = rows(count, 5), rows(count, 4, 1)
    check(network(stack, "mse"), x, y, batch_size=batch_size)


def graph(write: Any, *shapes: tuple[int, ...], loss: Any = "mse", **compile: Any) -> Any:
    def make(executor: str, dtype: str) -> Any:
        inputs = [Input(shape) for shape in shapes]
        net = Model(inputs, write(*inputs), dtype=dtype)
        net.compile("adam", loss, executor=executor, **compile)
        return net

    return make


def skip(x: Any) -> Any:
    h = D(5, "relu")(x)
    return D(4)(layers.Add()([h, x]))


def joined(x: Any) -> Any:
    return D(4)(layers.Concatenate()([D(3, "tanh")(x), x, D(2)(x)]))


def multiplied(x: Any) -> Any:
    return D(4)(layers.Multiply()([D(5, "sigmoid")(x), x]))


def shared(x: Any) -> Any:
    layer = D(5, "tanh")
    return D(4)(layers.Average()([layer(x), layer(layer(x))]))


@pytest.mark.parametrize("write", [skip, joined, multiplied, shared])
def test_graph(write: Any) -> None:
    x, y = rows(30, 5), rows(30, 4, 1)
    check(graph(write, (5,)), x, y)


def test_two_inputs_and_two_outputs() -> None:
    def write(a: Any, b: Any) -> Any:
        h = layers.Concatenate()([D(4, "tanh")(a), D(3, "relu")(b)])
        return [D(2)(h), D(3, "softmax")(h)]

    make = graph(
        write, (5,), (2,), loss=["mse", "sparse_categorical_crossentropy"], loss_weights=[1.0, 0.3]
    )
    x = (rows(30, 5), rows(30, 2, 1))
    check(make, x, (rows(30, 2, 2), np.arange(30) % 3))


def test_rows_of_steps() -> None:
    make = graph(lambda x: D(3)(D(4, "tanh")(x)), (6, 5))
    x, y = np.random.default_rng(0).normal(size=(30, 6, 5)), rows(30 * 6, 3).reshape(30, 6, 3)
    check(make, x, y)


def test_embedding() -> None:
    def make(executor: str, dtype: str) -> Any:
        stack = [layers.Embedding(7, 3, input_shape=(5,)), layers.Flatten(), D(4)]
        net = pl.Sequential(stack, dtype=dtype)
        net.compile("adam", "mse", executor=executor)
        return net

    x = np.random.default_rng(0).integers(0, 7, (30, 5))
    check(make, x, rows(30, 4))


def reads_words(x: Any) -> Any:
    return layers.Flatten()(layers.Embedding(7, 3)(x))


def nested(x: Any) -> Any:
    return pl.Sequential([pl.Input((5,)), layers.Embedding(7, 3), layers.Flatten()])(x)


def mixed(x: Any) -> Any:
    return layers.Concatenate()([reads_words(x), D(2)(x)])


def reshaped(x: Any) -> Any:
    return reads_words(layers.Reshape((5, 1))(x))


@pytest.mark.parametrize("body", [reads_words, nested, mixed, reshaped])
def test_an_embedding_after_an_input_of_floats(body: Any) -> None:
    make = graph(lambda x: D(4)(body(x)), (5,))
    x = np.random.default_rng(0).integers(0, 7, (30, 5))
    check(make, x.astype("float32"), rows(30, 4))


@pytest.mark.parametrize("executor", ["numpy", "native"])
def test_parts_of_numbers_name_no_word(executor: str) -> None:
    net = graph(lambda x: D(4)(reads_words(x)), (5,))(executor, "float32")
    begun = pl.callbacks.LambdaCallback(on_train_begin=lambda logs: pytest.fail("it trains"))
    with pytest.raises(ValueError, match=r"whole numbers .* such as 0\.5"):
        net.fit(np.full((30, 5), 0.5), rows(30, 4), callbacks=begun, verbose=0)


def test_flatten() -> None:
    make = graph(lambda x: D(3)(layers.Flatten()(x)), (4, 5))
    x = np.random.default_rng(0).normal(size=(30, 4, 5))
    check(make, x, rows(30, 3))


def test_a_loss_and_an_activation_of_ones_own() -> None:
    def bent(z: Any) -> Any:
        return ops.exp(-z * z) + 0.1 * z

    def distance(y: Any, p: Any) -> Any:
        return ops.log(1 + abs(y - p) ** 3)

    make = network([D(6, bent), D(4)], distance)
    check(make, rows(30, 5), rows(30, 4, 1))


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "int32", "int64", "float16", "float32",
                                  "float64", "bool", "uint32"])  # fmt: skip
def test_input_of_any_kind(kind: str) -> None:
    x = np.random.default_rng(0).integers(0, 2, (30, 5)).astype(kind)
    check(network([D(6, "tanh"), D(4)], "mse"), x, rows(30, 4))


def test_input_in_any_layout() -> None:
    x = rows(60, 10)
    for given in (x[::2, ::2], np.asfortranarray(x[:30, :5]), x[:30, 5:], x[29::-1, :5]):
        check(network([D(4)], "mse"), given, rows(30, 4))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [1, 32, 33, 300])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_mostly_zeros(optimizer: str, batch_size: int, dtype: str) -> None:
    x = rows(600, 70)
    x[np.random.default_rng(1).random(x.shape) > 0.15] = 0
    make = network([D(37, "relu"), D(4)], "mse", optimizer, width=70)
    x, y = x.astype(dtype), rows(600, 4).astype(dtype)
    check(make, x, y, dtype, batch_size=batch_size)


def test_an_input_that_is_mostly_zeros_only_at_times() -> None:
    full = rows(300, 40)
    sparse = np.where(np.arange(40) < 4, full, 0.0)
    for order in ([sparse, full, sparse], [full, sparse, full]):
        nets = [network([D(8, "tanh"), D(3)], "mse", width=40)(each, "float64")
                for each in ("numpy", "native")]  # fmt: skip
        nets[1].set_weights(nets[0].get_weights())
        for x in order:
            for net in nets:
                net.fit(x, x[:, :3], epochs=1, verbose=0, shuffle=False)
            expected, found = (net.predict(x, verbose=0) for net in nets)
            assert_close(found, expected)


def test_options_of_fit() -> None:
    x, y = rows(100, 5), np.arange(100) % 3
    make = network(
        [D(6, "tanh"), D(3, "softmax")], "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    for options in ({"shuffle": False}, {"validation_split": 0.2}, {"steps_per_epoch": 3},
                    {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}}, {"batch_size": 1000}):  # fmt: skip
        check(make, x, y, **options)


def test_a_nan_is_found_where_the_numpy_executor_finds_it() -> None:
    x, y = rows(100, 5), rows(100, 4)
    x[77, 3] = np.nan
    errors, weights = [], []
    for executor in ("numpy", "native"):
        pl.utils.set_random_seed(3)
        net = network([D(6, "tanh"), D(4)], "mse")(executor, "float64")
        with pytest.raises(NonFiniteError) as caught:
            net.fit(x, y, batch_size=8, epochs=3, verbose=0)
        errors.append(str(caught.value))
        weights.append(net.get_weights())
    assert errors[0] == errors[1]
    for one, other in zip(*weights, strict=True):
        assert_close(other, one)


def test_an_update_that_would_overflow_is_not_made() -> None:
    net = network([D(6, "tanh"), D(4)], "mse", SGD(1e300))("native", "float64")
    with pytest.raises(NonFiniteError):
        net.fit(rows(100, 5), rows(100, 4), epochs=50, verbose=0)
    assert all(np.isfinite(each).all() for each in net.get_weights())


def test_the_report_names_the_steps() -> None:
    net = network([D(6, "tanh"), D(4)], "mse")("native", "float64")
    report = net.executor_report()
    assert report.startswith("native: float64")
    assert "dW1" in report
    assert "bytes" in report
