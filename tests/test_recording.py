"""Recordings: every number of a step by its name, and nothing of the network is changed."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest

from pellucid import Input, Model, Sequential, layers, losses, optimizers
from pellucid.equations.arithmetic import Multiply
from pellucid.glass.recorder import start
from pellucid.plan.step import step
from pellucid.training.nonfinite import NonFiniteError
from tests.nets import CLASSES, WIDTH, assert_same, classes, classifier, linear, numbers
from tests.test_executor import NETWORKS, dense_network

REFUSED = {
    "not compiled": (Sequential([layers.Dense(1, input_shape=(2,))]), {"y": [1.0, 2.0]},
                     RuntimeError, "cannot take a step on targets before it is compiled"),
    "weights of nothing": (linear(), {"sample_weight": [1.0, 1.0]},
                           ValueError, "sample_weight weighs the loss .*: give y"),
    "other targets": (linear(), {"y": [[1.0, 2.0], [3.0, 4.0]]},
                      ValueError, r"the loss expects targets of shape \(n, 1\)"),
}  # fmt: skip


def everything(net):
    """All numbers that a network goes on from."""
    memory = net._ready().memory
    kept = [array.copy() for array in memory.arrays().values()]
    return [*kept, *net.get_weights(), memory.seed, memory.steps, memory.epochs]


def test_the_numbers_of_a_step_by_hand():
    """Two steps of Adam on a single layer."""
    net = linear(optimizers.Adam(0.1, epsilon=0.0))
    x, y = numbers(5, 2), numbers(5, 1)
    w, b, m, v = np.zeros((2, 1)), np.zeros(1), np.zeros(3), np.zeros(3)
    for t in (1, 2):
        r = net.step(x, y)
        error = x @ w + b - y
        g = np.concatenate([(x.T @ error).ravel(), error.sum(0)]) * 2 / 5
        old, m, v = (m, v), 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        theta = np.concatenate([w.ravel(), b]) - 0.1 * m_hat / np.sqrt(v_hat)
        found = [r["X"], r["W1"], r["Ŷ"], r["dW1"], r["g"], r["m"], r["v"], r["new m"], r["new v"]]
        assert_same(found, [x, w, x @ w + b, g[:2, None], g, *old, m, v], 1e-13)
        w, b = theta[:2, None], theta[2:]
        found = [r["m̂"], r["v̂"], r["new θ"], r["new W1"], r["new b1"], r["L"]]
        assert_same(found, [m_hat, v_hat, theta, w, b, np.mean(error**2)], 1e-13)
        assert (r["t"], r["η"], r["β₁"]) == (t, 0.1, 0.9)


@pytest.mark.parametrize("network", NETWORKS)
def test_recording_changes_nothing(network):
    """Neither the network, nor what training it further leads to."""
    net, x, y = network("float32")
    net.fit(x, y, batch_size=4, verbose=0)
    before = everything(net)
    net.record(x, y)
    net.record(x)
    assert_same(everything(net), before)
    other = network("float32")[0]
    other.fit(x, y, batch_size=4, verbose=0)
    for each in (net, other):
        each.fit(x, y, batch_size=4, verbose=0)
    assert_same(net.get_weights(), other.get_weights())


@pytest.mark.parametrize("network", NETWORKS)
def test_a_step_is_a_training_step(network):
    """The same bits as the NumPy executor, and those that were recorded before."""
    net, x, y = network("float32")
    other = network("float32")[0]
    for _ in range(3):
        before, taken = net.record(x, y), net.step(x, y)
        assert_same(list(taken.values()), list(before.values()))
        other.train_on_batch(x, y)
        assert_same(everything(net), everything(other))
        weights = {f"new {before.plan.names[weight.tensor]}" for weight in net.trainable_weights}
        assert weights <= set(taken)
        for weight in net.trainable_weights:
            name = taken.plan.names[weight.tensor]
            assert_same([taken[f"new {name}"]], [weight.value])


def test_a_step_of_averaged_weights_goes_on_from_those_that_were_trained():
    """After `fit` the network shows θ̄; the next step starts from θ all the same."""
    nets = [classifier(optimizers.Adam(0.1, use_ema=True), executor="numpy") for _ in range(2)]
    x, y = numbers(6, WIDTH), classes(6)
    for net in nets:
        net.fit(x, y, batch_size=2, verbose=0, shuffle=False)
    shown = nets[0].get_weights()
    r = nets[0].record(x, y)
    assert not np.array_equal(r["W1"], shown[0])
    assert_same(nets[0].get_weights(), shown)
    assert_same(list(nets[0].step(x, y).values()), list(r.values()))
    nets[1].train_on_batch(x, y)
    assert_same(everything(nets[0]), everything(nets[1]))
    assert_same([nets[0].get_weights()[0]], [r["new W1"]])


def test_what_comes_later_does_not_change_a_recording():
    net, x, y = dense_network()
    r = net.record(x, y)
    kept = {name: array.copy() for name, array in r.items()}
    net.fit(x, y, verbose=0)
    x[...] = 0
    assert_same(list(r.values()), list(kept.values()))


def wide(dtype="float32"):
    net = Sequential([layers.Dense(96, input_shape=(80,)), layers.Dense(3)], dtype=dtype)
    net.compile("adam", "mse", executor="numpy")
    return net, numbers(64, 80), numbers(64, 3)


def test_memory_is_written_to_again_only_where_nobody_holds_it():
    net, x, y = wide()
    first = net.record(x, y)
    kept = [first, net.record(x, y), net.record(x, y)]
    for one, other in ((kept[0], kept[1]), (kept[1], kept[2])):
        for name in one:
            assert not np.shares_memory(one[name], other[name]), name
        assert_same(list(one.values()), list(other.values()))
    gradient, before = kept[2]["dW1"], kept[2]["dW1"].copy()
    row = kept[1]["Z1"][3]
    was = row.copy()
    del kept, first, one, other
    for _ in range(2):
        net.step(2 * x, y)
        net.record(3 * x, y)
    assert_same([gradient, row], [before, was])


def test_memory_that_is_free_serves_the_next_recording():
    net, x, y = wide("float64")
    net.record(x, y)
    addresses = {net.record(x, y)["dW1"].ctypes.data for _ in range(5)}
    assert len(addresses) == 1
    assert_same([net.record(x[:40], y[:40])["dW1"]], [wide_again(net, x[:40], y[:40])])
    assert_same([net.record(x, y)["dW1"]], [wide_again(net, x, y)])


def wide_again(net, x, y):
    plan, given = start(*net._rows_of_a_step(x, y, None))
    return step(plan, given, np).values[plan.gradients[net.weights[0].tensor]]


def test_words_of_other_kinds_of_whole_numbers():
    net = Sequential([layers.Embedding(9, 4, input_shape=(50,)), layers.Flatten(), layers.Dense(1)])
    net.compile("sgd", "mse")
    x, y = np.arange(100 * 50).reshape(100, 50) % 9, numbers(100, 1)
    found = [net.record(x.astype(kind), y)["Ŷ"] for kind in ("uint8", "uint8", "int64", "int32")]
    assert_same(found[:1] * 3, found[1:])


def test_a_prediction_is_recorded_without_targets():
    """As the network predicts: no draws, no loss, no gradients."""
    net, x = classifier(dropout=0.5), numbers(6, WIDTH)
    r = net.record(x)
    assert_same([r["Ŷ"]], [net.predict(x, verbose=0)], 1e-6)
    assert list(r) == ["X", "W1", "b1", "Z1", "A1", "W2", "b2", "Z2", "Ŷ"]
    fresh = Sequential([layers.Dense(2)])
    assert fresh.record(x)["Ŷ"].shape == (6, 2)


def test_rows_come_first_and_weights_count():
    net, x, y = dense_network()
    weight = np.linspace(0, 2, 7)
    r = net.record(x, y, weight)
    assert_same([r["w"]], [weight])
    rows = losses.sparse_categorical_crossentropy(y, r["Ŷ"])
    assert r["L"] == pytest.approx(np.mean(weight * rows))
    of_rows = [name for name, array in r.items() if array.ndim == 2 and len(array) == 7]
    assert {"X", "Z1", "A1", "Z2", "Ŷ", "dZ2", "dZ1", "dA1"} <= set(of_rows)
    assert_same([r["A1"][3]], [net.record(x[3:4])["A1"][0]], 1e-14)


def test_several_inputs_and_outputs():
    one, two = Input((2,)), Input((3,))
    h = layers.Concatenate()([one, two])
    net = Model([one, two], [layers.Dense(1)(h), layers.Dense(2)(h)])
    net.compile("sgd", ["mse", None])
    r = net.record([numbers(4, 2), numbers(4, 3)], numbers(4, 1))
    assert [r[name].shape for name in ("X1", "X2", "Y", "Ŷ1", "Ŷ2")] == [
        (4, 2), (4, 3), (4, 1), (4, 1), (4, 2)
    ]  # fmt: skip


def test_sparse_rows_are_recorded_dense():
    sparse = pytest.importorskip("scipy.sparse")
    net, x = classifier(), np.eye(5, WIDTH)
    assert_same([net.record(sparse.csr_array(x), classes(5))["X"]], [x])


@pytest.mark.parametrize(("net", "given", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(net, given, error, words):
    with pytest.raises(error, match=words):
        net.record(numbers(2, 2), **given)


def test_an_unknown_name_says_the_nearest():
    r = classifier().record(numbers(3, WIDTH), classes(3))
    with pytest.raises(KeyError, match=r"no value 'dW11': did you mean 'dW1'.*Known: .*Ŷ"):
        r["dW11"]
    assert "dW11" not in r
    with pytest.raises(AttributeError):
        r.dW1  # noqa: B018


def test_a_step_that_is_not_finite_is_not_taken():
    net, x, y = dense_network()
    before = everything(net)
    x[2, 1] = np.nan
    with pytest.raises(NonFiniteError, match=r"NaN in the data: X, column 1 .*sample 2"):
        net.step(x, y)
    assert_same(everything(net), before)
    assert np.isnan(net.record(x, y)["Z1"][2]).all()


def test_the_table():
    r = linear().record([[1.0, 0.0], [-3.0, 0.0]], [[1.0], [1.0]])
    rich = pytest.importorskip("rich.console")
    console = rich.Console(width=80, record=True, file=io.StringIO())
    console.print(r.table())
    lines = {line.split()[0]: line.split()[1:] for line in console.export_text().splitlines()[1:]}
    assert lines["X"] == ["(2,", "2)", "-3", "-0.5", "1", "50%", "3.162"]
    assert lines["Ŷ"] == ["(2,", "1)", "0", "0", "0", "100%", "0"]
    assert lines["dŶ"] == ["(2,", "1)", "-1", "-1", "-1", "1.414"]
    assert set(lines) >= {name for name in r if " " not in name}


def test_to_safetensors(tmp_path):
    net, x, y = dense_network()
    r = net.record(x, y)
    r.to_safetensors(tmp_path / "step.safetensors")
    from safetensors.numpy import load_file

    found = load_file(tmp_path / "step.safetensors")
    assert set(found) == set(r)
    assert_same([found[name] for name in r], list(r.values()))
    assert all(found[name].dtype == array.dtype for name, array in r.items())


class Tripled(layers.Layer):
    """Y = 3·X, by an equation of its own that nobody registered"""

    def call(self, x):
        return Thrice()(x, 3.0)


class Thrice(Multiply):
    """y = a·b"""


def test_pickled_with_its_plan():
    """Also of a deep network, and of equations that only this file knows."""
    x = h = Input((WIDTH,))
    for _ in range(2000):
        h = layers.Activation("tanh")(h)
    net = Model(x, layers.Dense(CLASSES, "softmax")(Tripled()(h)))
    net.compile("adam", "sparse_categorical_crossentropy")
    r = net.record(numbers(3, WIDTH), classes(3))
    again = pickle.loads(pickle.dumps(r))
    assert list(again) == list(r)
    assert_same(list(again.values()), list(r.values()))
    assert str(again.plan) == str(net.plan)


def test_a_recording_says_what_it_is():
    r = linear().record(numbers(2, 2))
    assert repr(r) == "<Recording of 4 values: X, W1, b1, Ŷ>"
    assert len(r) == 4
