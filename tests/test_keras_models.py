"""Networks as Keras has them: dictionaries of inputs and outputs, and classes of one's own."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import layers, models

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(32, 3)), RNG.normal(size=(32, 2))
X = {"b": B, "a": A}
Y = {"c": RNG.integers(0, 3, 32), "p": RNG.normal(size=(32, 1))}


def named():
    """A network of two inputs and two outputs, each by its key."""
    a, b = layers.Input((3,), name="a"), layers.Input((2,), name="b")
    h = layers.concatenate([layers.Dense(4)(a), layers.Dense(4)(b)])
    outputs = {"p": layers.Dense(1)(h), "c": layers.Dense(3, activation="softmax")(h)}
    net = pellucid.Model({"a": a, "b": b}, outputs)
    net.compile(
        "adam",
        {"p": "mse", "c": "sparse_categorical_crossentropy"},
        metrics={"c": ["accuracy"]},
    )
    return net


def test_a_network_takes_and_gives_dictionaries(tmp_path):
    net = named()
    history = net.fit(X, Y, epochs=2, verbose=0)
    assert list(history.history) == ["loss", "p_loss", "c_loss", "c_accuracy"]
    found = net.predict(X, verbose=0)
    assert {name: each.shape for name, each in found.items()} == {"p": (32, 1), "c": (32, 3)}
    again = net({"a": A, "b": B})
    net.save(tmp_path / "net.safetensors")
    loaded = pellucid.load(tmp_path / "net.safetensors").predict(X, verbose=0)
    for name in found:
        np.testing.assert_allclose(again[name], found[name], atol=1e-6)
        np.testing.assert_array_equal(loaded[name], found[name])
    assert models.clone_model(net).output_tree == {"p": 0, "c": 1}
    assert set(net.evaluate(X, Y, verbose=0, return_dict=True)) == set(history.history)


def test_such_a_network_is_a_layer(tmp_path):
    net, a, b = named(), layers.Input((3,)), layers.Input((2,))
    outer = pellucid.Model([a, b], net({"b": b, "a": a})["p"])
    expected = net.predict(X, verbose=0)["p"]
    outer.save(tmp_path / "net.safetensors")
    for each in (outer, pellucid.load(tmp_path / "net.safetensors")):
        np.testing.assert_allclose(each.predict([A, B], verbose=0), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"a": A}, "has 1 entries"),
        ({"a": A, "q": B}, "no entry for the input 'b'"),
    ],
)
def test_a_key_that_is_missing_is_named(given, words):
    with pytest.raises(ValueError, match=words):
        named().predict(given, verbose=0)
    with pytest.raises(ValueError, match="input 'b'"):
        named()(given)


class Keyed(pellucid.Model):
    """Of a dictionary, to a dictionary."""

    def __init__(self):
        super().__init__()
        self.first, self.second = layers.Dense(4, activation="relu"), layers.Dense(1)

    def call(self, inputs):
        return {"out": self.second(self.first(inputs["a"]) + self.first(inputs["c"]))}


class Pair(pellucid.Model):
    """Of a list of two."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(4)

    def call(self, inputs):
        one, other = inputs
        return self.dense(one) - self.dense(other)


def test_a_class_of_ones_own_is_built_by_the_data():
    keyed, pair = Keyed(), Pair()
    for net, x, y in ((keyed, {"a": A, "c": A}, {"out": Y["p"]}), (pair, [A, A], np.ones((32, 4)))):
        net.compile("adam", "mse")
        net.fit(x, y, verbose=0)
    assert keyed.predict({"c": A, "a": A}, verbose=0)["out"].shape == (32, 1)
    np.testing.assert_allclose(pair.predict([A, A], verbose=0), np.zeros((32, 4)), atol=1e-7)
    assert Pair()([A, A]).shape == (32, 4)
    assert Keyed()({"a": A, "c": A})["out"].shape == (32, 1)


class Stepping(pellucid.Model):
    """Takes the usual step, and reports a number more."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)

    def call(self, x, training=False):
        return self.dense(x)

    def train_step(self, data):
        _, y = data
        return {**super().train_step(data), "largest": np.max(y)}

    def test_step(self, data):
        return {**super().test_step(data), "rows": len(data[0])}


def usual():
    pellucid.set_random_seed(3)
    net = Stepping()
    net.compile("adam", "mse", metrics=["mae"])
    return net


def test_own_steps_are_taken_for_every_batch():
    net, y = usual(), A @ np.ones((3, 1))
    history = net.fit(A, y, batch_size=8, epochs=2, verbose=0, validation_data=(A[:16], y[:16]))
    names = ["loss", "mae", "largest", "val_loss", "val_mae", "val_rows"]
    assert list(history.history) == names
    assert history.history["val_rows"] == [16.0, 16.0]
    pellucid.set_random_seed(3)
    plain = pellucid.Sequential([layers.Dense(1)])
    plain.compile("adam", "mse")
    plain.fit(A, y, batch_size=8, epochs=2, verbose=0)
    np.testing.assert_array_equal(net.predict(A, verbose=0), plain.predict(A, verbose=0))
    assert net.evaluate(A, y, verbose=0, return_dict=True)["rows"] == 32.0


class Gradients(Stepping):
    """Moves its weights by gradients that it has looked at."""

    def train_step(self, data):
        step = self.record(*data)
        self.optimizer.apply([step["dW1"], step["db1"]], self.trainable_weights)
        return {"loss": step["L"]}


def test_a_step_by_gradients_that_were_looked_at():
    net, y = Gradients(), A @ np.ones((3, 1))
    net.compile(pellucid.optimizers.SGD(0.1), "mse")
    losses = net.fit(A, y, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.1 * losses[0]


def test_what_a_step_reports_is_a_dictionary():
    wrong = type("Wrong", (Stepping,), {"train_step": lambda self, data: 1.0})()
    wrong.compile("adam", "mse")
    with pytest.raises(TypeError, match="dictionary of numbers to report"):
        wrong.fit(A, np.ones((32, 1)), verbose=0)


class Numbered(pellucid.utils.PyDataset):
    """Batches of 8 rows, and how often an epoch has begun and ended."""

    def __init__(self, **named):
        super().__init__(**named)
        self.moments = []

    def __len__(self):
        return 4

    def __getitem__(self, index):
        rows = slice(8 * index, 8 * index + 8)
        return A[rows], A[rows] @ np.ones((3, 1))

    def on_epoch_begin(self):
        self.moments.append("begin")

    def on_epoch_end(self):
        self.moments.append("end")


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_by_number_come_in_turn(workers):
    data, net = Numbered(workers=workers, max_queue_size=2), usual()
    net.fit(data, epochs=2, verbose=0)
    again = usual()
    again.fit(A, A @ np.ones((3, 1)), batch_size=8, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(net.predict(A, verbose=0), again.predict(A, verbose=0))
    assert data.moments == ["begin", "end"] * 2


def test_batches_by_number_say_what_they_need():
    with pytest.raises(NotImplementedError, match="needs a method __len__"):
        len(pellucid.utils.PyDataset())
    with pytest.raises(NotImplementedError, match="needs a method __getitem__"):
        pellucid.utils.PyDataset()[0]
    with pytest.raises(ValueError, match="set workers"):
        pellucid.utils.PyDataset(use_multiprocessing=True)


def test_masks_of_arrays_and_shapes_of_several_inputs():
    one, other = np.array([[True, False]]), np.array([[False, False]])
    assert layers.Add().compute_mask([A, A], [one, other]).tolist() == [[True, False]]
    assert layers.Add().compute_mask([A, A], [one, None]) is None
    for masks in (one, [one]):
        with pytest.raises(ValueError, match="a list of as many masks"):
            layers.Add().compute_mask([A, A], masks)
    attention = layers.MultiHeadAttention(2, 3, output_shape=5)
    assert attention.compute_output_shape((None, 4, 2), (None, 6, 7)) == (None, 4, 5)
    assert layers.Attention().compute_mask([A, A], [one, other]) is one
    assert layers.Dense(2, use_bias=False).bias is None
    with pytest.raises(ValueError, match="needs the shape of a row"):
        layers.InputLayer()


@pellucid.register
class Scaled(layers.Layer):
    """A layer as people write it for Keras: arguments of its own, and its own configuration."""

    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units))

    def call(self, inputs):
        return pellucid.ops.matmul(inputs, self.w)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@pytest.mark.parametrize("name", ["net.safetensors", "net.keras"])
def test_an_own_configuration_stands_in_the_file(name, tmp_path):
    net = pellucid.Sequential([layers.Input((3,)), Scaled(5, name="mine")])
    net.save(tmp_path / name)
    loaded = pellucid.load(tmp_path / name)
    assert loaded.layers[0].units == 5
    np.testing.assert_array_equal(loaded.predict(A, verbose=0), net.predict(A, verbose=0))
    assert models.clone_model(net).layers[0].units == 5
    assert Scaled(4).compute_output_shape((None, 3)) == (None, 4)


def test_a_metric_with_and_without_weights_has_two_names():
    net = pellucid.Sequential([layers.Dense(1, input_shape=(3,), name="out")])
    net.compile("sgd", {"out": ["mse"]}, metrics=["mse"], weighted_metrics=["mse"])
    weights, y = np.arange(32.0), A[:, :1]
    found = net.evaluate(A, y, sample_weight=weights, verbose=0, return_dict=True)
    errors = (net.predict(A, verbose=0) - y).ravel() ** 2
    assert found["mse"] == pytest.approx(errors.mean(), rel=1e-5)
    assert found["weighted_mse"] == pytest.approx(np.average(errors, weights=weights), rel=1e-5)
