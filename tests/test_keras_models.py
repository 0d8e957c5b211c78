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
    assert models.clone_model(net).output_keys == ("p", "c")
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
