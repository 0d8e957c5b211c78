"""Outputs, targets and losses in any structure, losses of one's own, networks without a loss."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import pellucid
from pellucid import layers, losses
from pellucid.networks.ends import as_data, from_data, names_in, packed, tree_of, unpacked

RNG = np.random.default_rng(3)
X = RNG.normal(size=(24, 3))
Y1, Y2 = RNG.normal(size=(24, 1)), RNG.normal(size=(24, 2))
Pair = namedtuple("Pair", ["one", "two"])


def leaves(tree):
    """What stands in dictionaries, lists and tuples."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    return (
        [leaf for each in tree for leaf in leaves(each)]
        if isinstance(tree, (list, tuple))
        else [tree]
    )


def far(y, p):
    """The sum of the mean distances of all outputs: on tensors or on arrays."""
    return sum(losses.mae(true, found) for true, found in zip(leaves(y), leaves(p), strict=True))


def near(y, p):
    return sum(losses.mse(true, found) for true, found in zip(leaves(y), leaves(p), strict=True))


def network(outputs):
    """A network of x and of what is made of two outputs of it."""
    x = layers.Input((3,), name="x")
    one, two = layers.Dense(1, name="y1")(x), layers.Dense(2, name="y2")(x)
    return pellucid.Model(x, outputs(one, two))


def mae(y, p):
    return np.abs(y - p).mean()


def mse(y, p):
    return ((y - p) ** 2).mean()


#: outputs and targets of two parts; the losses, their weights; what the history is to have, of
#: (target, prediction) of both; what of it makes the whole
CASES = {
    "a function of all": (
        lambda a, b: [a, b],
        (far, [near, None]),
        None,
        {"y1_loss": lambda a, b: mse(*a), "y1_y2_loss": lambda a, b: mae(*a) + mae(*b)},
        (1, 1),
    ),
    "weights beside them": (
        lambda a, b: (a, b),
        [far, (near, far)],
        [0.5, (0.1, 2.0)],
        {
            "y1_loss": lambda a, b: mse(*a),
            "y2_loss": lambda a, b: mae(*b),
            "y1_y2_loss": lambda a, b: mae(*a) + mae(*b),
        },
        (0.1, 2.0, 0.5),
    ),
    "a dictionary": (
        lambda a, b: {"a": a, "b": b},
        [far, {"a": "mse"}],
        None,
        {"a_loss": lambda a, b: mse(*a), "a_b_loss": lambda a, b: mae(*a) + mae(*b)},
        (1, 1),
    ),
    "names of parts": (
        lambda a, b: Pair(a, b),
        ["mse", ["mse", "mae"]],
        None,
        {"one_loss": lambda a, b: mse(*a), "two_loss": lambda a, b: mse(*b) + mae(*b)},
        (1, 1),
    ),
    "within each other": (
        lambda a, b: {"in": (a, {"deep": b}), "out": a},
        {"in": [far, (None, {"deep": near})], "out": "mse"},
        None,
        {
            "in/deep_loss": lambda a, b: mse(*b),
            "out_loss": lambda a, b: mse(*a),
            "in_loss": lambda a, b: mae(*a) + mae(*b),
        },
        (1, 1, 1),
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("executor", ["numpy", "native"])
def test_losses_in_any_structure(name, executor):
    outputs, asked, weights, expected, shares = CASES[name]
    net, y = network(outputs), outputs(Y1, Y2)
    net.compile("sgd", asked, weights, executor=executor)
    found = net.evaluate(X, y, verbose=0, return_dict=True)
    predicted = net.predict(X, verbose=0)
    assert type(predicted) is type(y)
    first, second = leaves(predicted)[:2]
    pairs = (Y1, np.float64(first)), (Y2, np.float64(second))
    truth = {key: value(*pairs) for key, value in expected.items()}
    assert set(found) == {"loss", *truth}
    for key, value in truth.items():
        assert found[key] == pytest.approx(value, rel=2e-6)
    total = sum(share * truth[key] for share, key in zip(shares, truth, strict=True))
    assert found["loss"] == pytest.approx(total, rel=2e-6)
    history = net.fit(X, y, epochs=40, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_a_structure_is_saved(tmp_path):
    pellucid.settings.register(far)
    net = network(lambda a, b: {"in": (a, b), "out": [a]})
    y = {"in": (Y1, Y2), "out": [Y1]}
    net.compile("sgd", {"in": [far, ("mse", None)], "out": ["mae"]})
    net.fit(X, y, epochs=2, verbose=0)
    net.save(tmp_path / "net.safetensors")
    loaded = pellucid.load(tmp_path / "net.safetensors")
    before, after = net.predict(X, verbose=0), loaded.predict(X, verbose=0)
    assert type(after["in"]) is tuple
    assert type(after["out"]) is list
    np.testing.assert_array_equal(before["in"][1], after["in"][1])
    assert loaded.evaluate(X, y, verbose=0) == net.evaluate(X, y, verbose=0)
    assert loaded.output_names == ["in/y1", "in/y2", "out/y1"]


def test_targets_of_outputs_without_a_loss_may_be_given():
    net = network(lambda a, b: {"a": a, "b": b})
    net.compile("sgd", {"b": "mse"})
    both = net.evaluate(X, {"a": Y1, "b": Y2}, verbose=0)
    assert net.evaluate(X, {"b": Y2}, verbose=0) == both
    assert net.evaluate(X, (Y1, Y2), verbose=0) == both
    assert net.evaluate(X, Y2, verbose=0) == both


@pytest.mark.parametrize(
    ("outputs", "asked", "weights", "words"),
    [
        (lambda a, b: {"a": a, "b": b}, {"a": "mse", "c": "mse"}, None, "no output 'c'"),
        (lambda a, b: [a, b], {"y1": "mse", "q": "mse"}, None, "no output 'q'; Known: y1, y2"),
        (lambda a, b: {"a": (a, b)}, {"a": "mse"}, None, "where there are several outputs"),
        (lambda a, b: [a, b], ["mse", "mse", "mse"], None, "3 entries for 2 outputs"),
        (lambda a, b: [a, b], ["mse", "mse"], [1.0], "1 entries for 2 losses"),
        (lambda a, b: {"a": a, "b": b}, {"a": "mse"}, {"b": 1.0}, "no loss 'b'"),
    ],
)
def test_a_structure_that_does_not_fit(outputs, asked, weights, words):
    error = TypeError if "several" in words else ValueError
    with pytest.raises(error, match=words):
        network(outputs).compile("sgd", asked, weights)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"a": {"b": Y1}}, "expected a list of 2 targets, got dict at a"),
        ({"b": Y1}, "no entry for the target 'a'"),
        ({"a": (Y1,)}, "expected a list of 2 targets, got 1 at a"),
        ([Y1, Y1, Y1], "go in as a dictionary with a, got list"),
    ],
)
def test_targets_of_another_structure(given, words):
    net = network(lambda a, b: {"a": (a, b)})
    net.compile("sgd", {"a": ["mse", "mse"]})
    with pytest.raises(ValueError, match=words):
        net.fit(X, given, verbose=0)


def test_trees():
    tree = tree_of({"a": ("x", ["y"]), "b": "z"})
    assert tree == {"a": (0, [1]), "b": 2}
    assert from_data(as_data(tree)) == tree
    assert packed(["x", "y", "z"], tree) == {"a": ("x", ["y"]), "b": "z"}
    assert unpacked({"b": 3, "a": ((1), [2])}, tree, "input") == [1, 2, 3]
    assert names_in(tree, ["one", "two", "three"]) == ["a/one", "a/two", "b"]
    assert tree_of(["x", "y"]) is tree_of("x") is tree_of([(None, 3), (None, 2)]) is None


def test_a_network_without_a_loss_predicts():
    net = network(lambda a, b: a)
    net.compile()
    assert net.predict(X, verbose=0).shape == (24, 1)
    assert "backward" not in str(net.plan)
    for given in ({"x": X}, {"x": X, "y": Y1}):
        with pytest.raises(ValueError, match="compile needs a loss"):
            net.fit(**given, verbose=0)


def test_layers_may_be_all_that_has_a_loss():
    class Spread(layers.Layer):
        def call(self, x):
            self.add_loss(pellucid.ops.mean(pellucid.ops.square(x)))
            return x

    net = pellucid.Sequential([layers.Dense(2, input_shape=(3,)), Spread()])
    net.compile("sgd")
    expected = mse(np.float64(net.predict(X, verbose=0)), 0.0)
    assert net.evaluate(X, verbose=0) == pytest.approx(expected, rel=2e-6)
    losses_found = net.fit(X, epochs=20, verbose=0).history["loss"]
    assert losses_found[-1] < losses_found[0]


class Doubled(pellucid.Model):
    """Twice the loss of compile, and the squares of what it gives."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        own = super().compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        return 2 * own + pellucid.ops.mean(pellucid.ops.square(y_pred))


@pytest.mark.parametrize("weight", [None, RNG.uniform(0.5, 1.5, 24)])
def test_a_loss_of_ones_own(weight):
    x = layers.Input((3,))
    net = Doubled(x, layers.Dense(1, kernel_regularizer=pellucid.regularizers.L2(0.1))(x))
    net.compile("sgd", "mse")
    p, kernel = np.float64(net.predict(X, verbose=0)), np.float64(net.get_weights()[0])
    w = np.ones(24) if weight is None else weight
    expected = 2 * (w[:, None] * (Y1 - p) ** 2).mean() + (p**2).mean() + 0.1 * (kernel**2).sum()
    assert net.evaluate(X, Y1, sample_weight=weight, verbose=0) == pytest.approx(expected, rel=2e-6)
    found = net.fit(X, Y1, epochs=30, verbose=0).history
    assert list(found) == ["loss"]
    assert found["loss"][-1] < found["loss"][0]
    plain = pellucid.Model.compute_loss(net, y=Y1, y_pred=p, sample_weight=weight)
    assert plain == pytest.approx((w[:, None] * (Y1 - p) ** 2).mean())
    with pytest.raises(ValueError, match="compute_loss of your own"):
        net.source("keras")


def test_a_loss_of_ones_own_is_one_number():
    class Wrong(pellucid.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return y_pred

    x = layers.Input((3,))
    net = Wrong(x, layers.Dense(1)(x))
    net.compile("sgd", "mse")
    with pytest.raises(TypeError, match="compute_loss gives one number"):
        net.fit(X, Y1, verbose=0)
