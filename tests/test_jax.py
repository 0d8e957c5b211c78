"""The JAX executor does what NumPy's does. `make jax` runs every row, the suite some of them."""

from __future__ import annotations

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import _thread
import threading

import numpy as np
import pytest

import pellucid as pl
from pellucid import Input, Model, Sequential, callbacks, initializers, layers, schedules
from pellucid.equations.base import Equation
from pellucid.optimizers import SGD, Adam
from pellucid.plan.interpret import interpret
from pellucid.plan.step import step
from pellucid.training.nonfinite import NonFiniteError
from tests.contract import layers as contract
from tests.contract.lines import written
from tests.contract.rows import every_row
from tests.native import assert_close, check, network, rows
from tests.nets import assert_same, clusters
from tests.test_executor import NETWORKS, OPTIMIZERS, next_step

jax = pytest.importorskip("jax", reason='JAX is not installed: pip install "pellucid[jax]"')
from pellucid.executors.jax import executor as executor_module  # noqa: E402
from pellucid.executors.jax import rows as rows_module  # noqa: E402

#: a program takes XLA a second or more, so that the suite takes one row in so many
EVERY = 1 if os.environ.get("PELLUCID_JAX") == "all" else 12
D = layers.Dense
#: what most networks are made of
STACK = [D(6, "relu"), layers.BatchNormalization(), layers.Dropout(0.4), D(4)]


def some(given, first=0):
    return list(given)[first::EVERY]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_training_is_that_of_numpy(dtype):
    """Dropout, batch statistics, a short last batch, metrics, weights of rows, a schedule."""
    rate = schedules.CosineDecay(0.01, 60)
    make = network(STACK, "mse", Adam(rate, global_clipnorm=0.5), metrics=["mae"])
    count = 21 if dtype == "float64" else 24
    weight = np.random.default_rng(2).random(count)
    validation = rows(9, 5, 3), rows(9, 4, 4)
    validated = {"validation_data": validation} if dtype == "float64" else {}
    fit = {"sample_weight": weight} | validated
    check(make, rows(count, 5), rows(count, 4, 1), dtype, "jax", **fit)


def check_steps(net, x, y, count=2):
    """The network moves to where the plan's step says."""
    for _ in range(count):
        plan, given = next_step(net, x, y)
        net.train_on_batch(x, y)
        arrays = net.engine.memory.arrays()
        for state, moved in step(plan, given, np).moved.items():
            assert_close(arrays[state], moved)


@pytest.mark.parametrize(("kind", "extra"), some(OPTIMIZERS, 5), ids=str)
def test_optimizers(kind, extra):
    net = Sequential([layers.Input((5,)), D(3, "tanh"), D(2)], dtype="float64")
    net.compile(kind(**extra), "mse", executor="jax")
    check_steps(net, rows(5, 5), rows(5, 2), 3)


@pytest.mark.parametrize("make", some(NETWORKS))
def test_networks(make):
    net, x, y = make()
    net.compile(net.optimizer, net.loss, executor="jax")
    check_steps(net, x, y)


@pytest.mark.parametrize("row", some(contract.ROWS, 3), ids=lambda row: repr(row.layer))
def test_layers(row):
    def make(executor, dtype):
        net = contract.network(row, dtype)
        net.compile("sgd", "mse", executor=executor)
        return net

    x = row.arrays if len(row.arrays) > 1 else row.arrays[0]
    check(make, x, np.full((len(row.arrays[0]), 2), 0.3), executor="jax")


@pytest.mark.parametrize("row", every_row()[5 :: EVERY * 4 - 3], ids=lambda row: repr(row.equation))
def test_equations(row):
    """Forward and gradient, while nothing but shapes is known."""
    lines, given = written(row)
    tensors = [tensor for line in lines for tensor in line.outputs]

    def run(values):
        found = interpret(lines, dict(zip(given, values, strict=True)), jax.numpy)
        return [found[tensor] for tensor in tensors]

    expected = interpret(lines, given, np)
    with jax.enable_x64(True):
        found = jax.jit(run)(list(given.values()))
        for tensor, each in zip(tensors, found, strict=True):
            np.testing.assert_allclose(np.asarray(each), expected[tensor], rtol=1e-9, atol=1e-9)


class Sort(Equation, hidden=True):
    """y = the rows of x in order, by NumPy itself"""

    text, latex = "sort({x})", "sort({x})"

    def shape(self, x):
        return x

    def run(self, xp, x):
        return np.sort(x, axis=0)

    def gradient(self, dy, y, x):
        return (dy,)


class Sorted(layers.Layer):
    def call(self, x, _=None):
        return Sort()(x)


def small(optimizer="adam", executor="jax", **compile):
    pl.set_random_seed(3)
    net = Sequential([layers.Input((4,)), D(5, "tanh"), D(3, "softmax")])
    net.compile(optimizer, "sparse_categorical_crossentropy", executor=executor, **compile)
    return net


@pytest.mark.parametrize("shuffle", [True, False])
def test_rows_that_do_not_fit_are_streamed(monkeypatch, shuffle):
    """To the same bits, however few of them are there at a time."""
    x, y = clusters(40)
    fit = {"batch_size": 8, "epochs": 2, "verbose": 0, "shuffle": shuffle}
    nets, histories = [small(metrics=["accuracy"]) for _ in range(3)], []
    for net, room, size in zip(nets, (1e9, 0, 0), (1 << 24, 1 << 24, 1000), strict=True):
        monkeypatch.setattr(rows_module, "room", lambda room=room: room)
        monkeypatch.setattr(executor_module, "BYTES", size)
        histories.append(net.fit(x, y, **fit).history)
    for net, history in zip(nets[1:], histories[1:], strict=True):
        assert_same(net.get_weights(), nets[0].get_weights())
        assert history == histories[0]


@pytest.mark.parametrize("kind", [">f4", "f4", "u1", "longdouble", "F"])
def test_rows_of_any_kind(kind):
    """Also where they do not lie in order, and all of them are one batch."""
    x, y = np.round(rows(12, 4) * 9) % 8, np.arange(12) % 3
    given = np.asfortranarray(x.astype("f4")) if kind == "F" else x.astype(kind)
    for fit in ({"batch_size": 5}, {"batch_size": 12, "epochs": 3, "shuffle": False}):
        one, other = small("sgd"), small("sgd", "numpy")
        one.fit(given, y, verbose=0, **fit)
        other.fit(x.astype("f4"), y, verbose=0, **fit)
        for each, expected in zip(one.get_weights(), other.get_weights(), strict=True):
            assert_close(each, expected, 1e-5)


def test_training_goes_on_where_it_was_left(path):
    """2 + 2 epochs, with a file between them, are 4; so are batches watched by a callback."""
    x, y = clusters(24)
    straight, left, watched = small(), small(), small()
    straight.fit(x, y, batch_size=8, epochs=4, verbose=0)
    left.fit(x, y, batch_size=8, epochs=2, verbose=0)
    left.save(path)
    again = pl.models.load_model(path)
    assert again.engine.choice == "jax"
    again.fit(x, y, batch_size=8, epochs=2, verbose=0)
    assert_same(again.get_weights(), straight.get_weights())
    seen = []
    watch = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs))
    watched.fit(x, y, batch_size=8, epochs=4, verbose=0, callbacks=[watch])
    assert len(seen) == 12
    assert_close(watched.predict(x, verbose=0), straight.predict(x, verbose=0), 1e-6)


def test_sparse_rows_and_streams_are_the_rows_themselves():
    sparse = pytest.importorskip("scipy.sparse")
    x, y = clusters(24)
    x[x < 1] = 0
    one, other, third = small(), small(), small()
    one.fit(x, y, batch_size=8, verbose=0, shuffle=False)
    other.fit(sparse.csr_matrix(x), y, batch_size=8, verbose=0, shuffle=False)
    assert_same(other.get_weights(), one.get_weights())
    third.fit(((x[at : at + 8], y[at : at + 8]) for at in (0, 8, 16)), verbose=0)
    assert_close(third.predict(x, verbose=0), one.predict(x, verbose=0), 1e-6)


@pytest.mark.parametrize("optimizer", [SGD(0.1), SGD(0.1, clipvalue=1.0)], ids=["", "clipped"])
def test_a_nan_is_found_where_numpy_finds_it(optimizer):
    """Also where what is clipped is finite again; and the weights are those from before."""
    x, y = clusters(40)
    x[29] = np.inf if optimizer.clipvalue else np.nan
    found = []
    for executor in ("numpy", "jax"):
        net = small(type(optimizer)(**optimizer.settings()), executor)
        with pytest.raises(NonFiniteError) as error:
            net.fit(x, y, batch_size=8, verbose=0, shuffle=False)
        found.append((error.value.batch, error.value.equation, str(error.value), net))
    (*expected, numpy), (*where, ours) = found
    assert where == expected
    assert where[0] == 3
    assert ours.engine.memory.steps == numpy.engine.memory.steps == 3
    for one, other in zip(ours.get_weights(), numpy.get_weights(), strict=True):
        assert_close(one, other, 1e-5)


def test_an_infinite_gradient_that_is_clipped_is_found():
    """Nothing of it is left in θ, by which long stretches are looked at."""
    x, y = np.ones((8, 1)), np.zeros((8, 1))
    x[5] = 3e28
    tiny = initializers.Constant(1e-10)
    net = Sequential([layers.Input((1,)), D(1, use_bias=False, kernel_initializer=tiny)])
    net.compile(SGD(1e-30, clipvalue=1.0), "mse", executor="jax")
    with pytest.raises(NonFiniteError) as error:
        net.fit(x, y, batch_size=1, verbose=0, shuffle=False)
    assert error.value.batch == 5
    assert error.value.equation.startswith("dW1")


def test_control_c_ends_between_steps():
    x, y = clusters(3000)
    net = small()
    net.fit(x[:64], y[:64], batch_size=1, verbose=0)
    threading.Timer(0.3, _thread.interrupt_main).start()
    net.fit(x, y, batch_size=1, epochs=10_000, verbose=0)
    assert 64 < net.engine.memory.steps < 30_000_000
    assert np.isfinite(net.predict(x[:5], verbose=0)).all()


def test_several_inputs_and_outputs_with_average_weights():
    def make(executor, dtype):
        a, b = Input((3,)), Input((2,))
        h = layers.Concatenate()([D(4, "tanh")(a), b])
        net = Model([a, b], [D(2, name="p")(h), D(1, name="q")(h)], dtype=dtype)
        optimizer = Adam(0.01, use_ema=True, ema_overwrite_frequency=7, weight_decay=0.01)
        net.compile(optimizer, ["mse", "mae"], loss_weights=[1.0, 0.3], executor=executor)
        return net

    x = rows(16, 3), rows(16, 2, 1)
    check(make, x, (rows(16, 2, 2), rows(16, 1, 3)), executor="jax")


@pytest.mark.parametrize(("policy", "close"), [("mixed_bfloat16", 2**-6), ("mixed_float16", 2**-9)])
def test_products_of_16_bits(policy, close, path):
    """Near to float32, and not the same; also where float16 would underflow, or overflow."""
    x, y = rows(24, 5) * 1e-6, rows(24, 3, 1)
    x[:, 2] *= 1e12
    nets = []
    for chosen in (None, policy):
        pl.set_random_seed(3)
        net = Sequential([layers.Input((5,)), D(6, "tanh"), D(3)])
        net.compile(SGD(0.01), "mse", executor="jax", dtype_policy=chosen)
        net.fit(x, y, batch_size=8, verbose=0)
        nets.append(net)
    one, other = (net.predict(x, verbose=0) for net in nets)
    assert 0 < np.abs(one - other).max() < close * np.abs(one).max()
    assert other.dtype == np.float32
    assert nets[1].executor_report().startswith(f"jax: {policy}, ")
    nets[1].save(path)
    assert pl.load(path).engine.policy == policy


@pytest.mark.parametrize(
    ("settings", "dtype", "sentence"),
    [
        ({"executor": "numpy", "dtype_policy": "mixed_float16"}, "float32", "executor='numpy'"),
        ({"executor": "jax", "dtype_policy": "mixed_float16"}, "float64", "this one is of float64"),
        ({"executor": "jax", "dtype_policy": "mixed_bfloat"}, "float32", "did you mean 'mixed_bf"),
    ],
)
def test_policies_that_cannot_be(settings, dtype, sentence):
    net = Sequential([layers.Input((5,)), D(3)], dtype=dtype)
    with pytest.raises(ValueError, match=sentence):
        net.compile("sgd", "mse", **settings)


def test_what_jax_cannot_trace_is_refused_in_a_sentence():
    net = Sequential([layers.Input((4,)), D(1), Sorted()])
    net.compile("sgd", "mse", executor="jax")
    with pytest.raises(RuntimeError, match="executor='jax' cannot run this network: "):
        net.fit(rows(4, 4), rows(4, 1), verbose=0)


def test_the_settings_of_jax_stay_as_they_are():
    before = jax.config.jax_enable_x64
    net = small()
    net.fit(*clusters(8), verbose=0)
    assert jax.config.jax_enable_x64 == before
    assert jax.numpy.ones(1).dtype == (np.float64 if before else np.float32)
    assert net.executor_report().startswith("jax: float32, cpu")
    assert net.predict(rows(3, 4), verbose=0).dtype == np.float32


def test_a_sigmoid_is_kept_once(monkeypatch):
    """As (1 + tanh(z/2)) / 2 the tanh would be kept beside it until its gradient is taken."""
    plain, found = executor_module.JaxExecutor._program, []

    def program(self, key, given):
        made = plain(self, key, given)
        found.append(made.lower(*given).compile().memory_analysis().temp_size_in_bytes)
        return made

    monkeypatch.setattr(executor_module.JaxExecutor, "_program", program)
    net = network([D(64, "sigmoid"), D(16)], "mse")("jax", "float32")
    net.fit(rows(2048, 5), rows(2048, 16), batch_size=2048, epochs=1, verbose=0)
    assert found[0] < 2.5 * 2048 * 64 * 4
