"""The NumPy executor: equal to the step of its plan, in few arrays."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import pellucid as keras
from pellucid import Input, Model, Sequential, layers
from pellucid.executors import numpy as executor_module
from pellucid.executors import update as update_module
from pellucid.executors.executor import Asked
from pellucid.executors.update import finite
from pellucid.glass.recorder import start
from pellucid.optimizers import Optimizer
from pellucid.plan.step import step
from tests.nets import CLASSES, WIDTH, assert_same, classifier, linear, numbers


class Delayed(Optimizer):
    """θ ← θ − η·(m + h·(h + 1)²)/10 with h = 2g, by the m from before it moves: m ← m/2 + g"""

    learning_rate: float = 0.01

    def update(self, step):
        m = step.state("m")
        step.assign(m, 0.5 * m + step.g)
        h = 2 * step.g
        more = h + 1
        return step.theta - step.eta * (m + h * (more * more)) / 10


CLIPPINGS = [{}, {"clipvalue": 0.01}, {"clipnorm": 0.05}, {"global_clipnorm": 0.05}]
EXTRAS = [*CLIPPINGS, {"weight_decay": 0.1}, {"use_ema": True},
          {"use_ema": True, "ema_overwrite_frequency": 2, "weight_decay": 0.01}]  # fmt: skip
SPECIAL = [("adam", {"amsgrad": True}), ("rmsprop", {"centered": True}),
           ("sgd", {"momentum": 0.9}), ("sgd", {"momentum": 0.9, "nesterov": True}),
           ("rmsprop", {"momentum": 0.5})]  # fmt: skip
OPTIMIZERS = [
    (Delayed, {}),
    *((kind, extra) for kind in Optimizer.members() for extra in EXTRAS),
    *((Optimizer.find(name), extra) for name, extra in SPECIAL),
]


def image_network(dtype="float64"):
    """A network of many kinds of layers, with state, chance and a penalty."""
    keras.set_random_seed(5)
    x = Input((6, 6, 1))
    h = layers.Conv2D(3, 3, activation="relu", padding="same", kernel_regularizer="l2")(x)
    h = layers.MaxPooling2D()(layers.BatchNormalization()(h))
    h = layers.Flatten()(h)
    h = layers.Add()([h, layers.Dropout(0.3)(layers.Dense(27, "gelu")(h))])
    net = Model(x, layers.Dense(CLASSES, "softmax")(layers.LayerNormalization()(h)), dtype=dtype)
    net.compile("adam", "sparse_categorical_crossentropy", executor="numpy")
    return net, numbers(7, 6, 6, 1), np.arange(7) % CLASSES


def word_network(dtype="float64"):
    keras.set_random_seed(5)
    words = Input((5,), dtype="int64")
    h = layers.LSTM(3, return_sequences=True)(layers.Embedding(9, 4)(words))
    h = layers.SimpleRNN(3, return_sequences=True)(layers.GaussianNoise(0.1)(h))
    net = Model(words, layers.Dense(1, "sigmoid")(layers.GRU(4)(h)), dtype=dtype)
    net.compile("nadam", "binary_crossentropy", executor="numpy")
    return net, np.arange(35).reshape(7, 5) % 9, (np.arange(7) % 2)[:, None].astype(float)


def dense_network(dtype="float64"):
    net = classifier("rmsprop", dtype=dtype, executor="numpy")
    return net, numbers(7, WIDTH), np.arange(7) % CLASSES


NETWORKS = [dense_network, image_network, word_network]


def next_step(net, x, y):
    """The plan of training, and what its next step is given."""
    return start(*net._rows_of_a_step(x, y, None))


def check_steps(net, x, y, close):
    """Three steps one after the other, in which buffers are used again, by NumPy's executor."""
    for _ in range(3):
        plan, given = next_step(net, x, y)
        expected = step(plan, given, np).values
        executor, arrays = net._ready().numpy("train"), net._ready().memory.arrays()
        executor.run(executor.fed([x, y]), Asked(None, 0, len(x), len(x)))
        for line in plan.lines:
            for tensor in line.outputs if line.section != "update" else ():
                assert_same([executor.value(tensor)], [expected[tensor]])
        net.train_on_batch(x, y)
        for state, new in plan.assignments.items():
            assert_same([arrays[state]], [expected[new]], close)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_line_is_what_the_step_computes(network):
    check_steps(*network(), 1e-15)


@pytest.mark.parametrize("part", [3, 10_000])
@pytest.mark.parametrize(
    ("kind", "extra"), OPTIMIZERS, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_updates_in_parts_equal_the_rule(kind, extra, part, monkeypatch):
    """Vectors longer than a part, and shorter ones, move as the undivided equations say."""
    monkeypatch.setattr(update_module, "PART", part)
    net = Sequential([layers.Dense(3, input_shape=(WIDTH,)), layers.Dense(2)], dtype="float64")
    net.compile(kind(**extra), "mse", executor="numpy")
    check_steps(net, numbers(5, WIDTH), numbers(5, 2), 1e-14)


@pytest.mark.parametrize("network", NETWORKS)
def test_nothing_grows_with_the_steps(network):
    net, x, y = network("float32")
    executor = net._ready().numpy("train")
    arrays = []
    for _ in range(3):
        net.fit(x, y, batch_size=7, epochs=2, verbose=0, shuffle=False)
        (program,) = executor.programs.values()
        arrays.append([slot for _, xp, *_ in program.steps for slot in getattr(xp, "slots", ())])
    assert all(one is other for one, other in zip(*arrays[:2], strict=True))
    assert all(one is other for one, other in zip(*arrays[1:], strict=True))


def test_batches_of_any_sizes_one_after_the_other():
    """More sizes than programs are kept; each gives what a fresh network gives."""
    net, fresh = classifier(executor="numpy"), classifier(executor="numpy")
    x = numbers(40, WIDTH).astype("float32")
    for rows in (4, 1, 7, 40, 3, 4, 9, 2, 1, 40):
        assert_same([net.predict(x[:rows], verbose=0)], [fresh.predict(x, verbose=0)[:rows]], 1e-6)
    assert len(net._ready().numpy("predict").programs) <= executor_module.PROGRAMS


def test_the_last_batch_is_smaller():
    """5 rows in batches of 2: three steps, each by the mean over its own rows."""
    x, y = numbers(5, 2), numbers(5, 1)
    net = linear(keras.optimizers.SGD(0.1))
    net.fit(x, y, batch_size=2, shuffle=False, verbose=0)
    w, b = np.zeros((2, 1)), np.zeros(1)
    for part in (slice(0, 2), slice(2, 4), slice(4, 5)):
        error = 2 * (x[part] @ w + b - y[part]) / len(x[part])
        w, b = w - 0.1 * x[part].T @ error, b - 0.1 * error.sum(0)
    assert_same(net.get_weights(), [w, b], 1e-12)


def test_results_are_not_overwritten_by_later_steps():
    net, x = classifier(), numbers(6, WIDTH)
    first = net.predict(x, verbose=0)
    kept = first.copy()
    net.predict(2 * x, verbose=0)
    net.fit(x, np.zeros(6), verbose=0)
    assert_same([first], [kept])


def test_inputs_are_never_written_to():
    net = classifier()
    x, y, w = numbers(9, WIDTH).astype("float32"), np.arange(9) % CLASSES, np.ones(9, "float32")
    before = [array.copy() for array in (x, y, w)]
    net.fit(x, y, sample_weight=w, verbose=0, shuffle=False)
    net.evaluate(x, y, verbose=0)
    assert_same([x, y, w], before)


def test_two_networks_that_share_weights():
    """Training one moves the other, in either order."""
    x = Input((WIDTH,))
    body = layers.Dense(5, "tanh")
    one, two = (Model(x, layers.Dense(1)(body(x))) for _ in range(2))
    rows, y = numbers(8, WIDTH), numbers(8, 1)
    for net in (one, two):
        net.compile("adam", "mse")
    for net, other in ((one, two), (two, one), (one, two)):
        before = body.get_weights()
        net.fit(rows, y, verbose=0)
        assert not np.array_equal(body.get_weights()[0], before[0])
        assert_same(other.get_weights()[:2], net.get_weights()[:2])
        hidden = np.tanh(rows.astype("float32") @ body.get_weights()[0] + body.get_weights()[1])
        kernel, bias = other.layers[-1].get_weights()
        assert_same([other.predict(rows, verbose=0)], [hidden @ kernel + bias], 1e-5)


@pytest.mark.parametrize(("vector", "is_finite"), [
    ([1.0, 2.0], True), ([], True), ([1e30, 1e30], True), ([np.nan], False), ([1, np.inf], False),
    ([-np.inf, np.inf], False),
])  # fmt: skip
def test_finite(vector, is_finite):
    with np.errstate(over="ignore"):
        assert finite(np.array(vector, dtype="float32")) == is_finite


def test_float32_stays_float32():
    net, x, y = image_network("float32")
    net.fit(x, y, verbose=0)
    executor = net._ready().numpy("train")
    for tensor, at in executor.index.items():
        value = executor.values[at]
        if isinstance(value, np.ndarray) and tensor.dtype == "float" and value.ndim:
            assert value.dtype == np.float32, executor.plan.names.get(tensor, tensor)
    assert net.predict(x, verbose=0).dtype == np.float32


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_threads_use_one_network_at_the_same_time(executor: str) -> None:
    """As many rows in each: they would have the same arrays, and the same sums of losses."""
    net = Sequential([layers.Dense(30, "tanh", input_shape=(20,)), layers.Dense(3)])
    net.compile("adam", "mse", metrics=["mae"], executor=executor)
    given = np.random.default_rng(0).normal(size=(4, 300, 20))

    def used(x: np.ndarray) -> tuple[bytes, ...]:
        losses = net.evaluate(x, x[:, :3], verbose=0)
        return net.predict(x, verbose=0).tobytes(), np.array(losses).tobytes()

    expected = [used(x) for x in given]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda x: {used(x) for _ in range(50)}, given))
    finally:
        sys.setswitchinterval(usual)
    assert found == [{each} for each in expected]
