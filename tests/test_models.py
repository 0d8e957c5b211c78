"""Models: layers in a row, graphs, models in models, and what Keras's users ask of them."""

from __future__ import annotations

import copy
import json
import pickle
import re

import numpy as np
import pytest

from pellucid import Input, Model, Sequential, layers
from pellucid.layers import Add, Concatenate, Dense, Multiply
from tests.native import assert_as_exact
from tests.nets import WIDTH, assert_same, classifier, clusters, numbers, skipping

X = numbers(6, WIDTH).astype("float32")
X64 = X.astype("float64")


def predicted(net, x=X):
    return net.predict(x, verbose=0)


def dense(x, layer, activation=lambda z: z):
    kernel, bias = layer.get_weights()
    return activation(x @ kernel + bias)


def relu(z):
    return np.maximum(z, 0)


def row(*shapes):
    return [Dense(3, "relu", **({"input_shape": shapes} if shapes else {})), Dense(2)]


def by_adding():
    net = Sequential()
    for layer in row(WIDTH):
        net.add(layer)
    return net


#: ways to say the same network
ROWS = {
    "list": lambda: Sequential(row(WIDTH)),
    "add": by_adding,
    "input tensor": lambda: Sequential([Input((WIDTH,)), *row()]),
    "input layer": lambda: Sequential([layers.InputLayer((WIDTH,)), *row()]),
    "input_dim": lambda: Sequential([Dense(3, "relu", input_dim=WIDTH), Dense(2)]),
    "the first data": lambda: Sequential(row()),
    "nested": lambda: Sequential([Sequential(row(WIDTH))]),
    "nested, unbuilt": lambda: Sequential([Sequential(row())]),
}


@pytest.mark.parametrize("make", ROWS.values(), ids=ROWS)
def test_layers_in_a_row(make):
    net = make()
    given = predicted(net)

    def by_hand(dtype):
        x, W1, b1, W2, b2 = (each.astype(dtype) for each in (X, *net.get_weights()))
        return relu(x @ W1 + b1) @ W2 + b2

    assert_as_exact(given, by_hand("float32"), by_hand("float64"))
    assert net.count_params() == WIDTH * 3 + 3 + 3 * 2 + 2


def test_add_and_pop_change_the_network():
    net = Sequential(row(WIDTH))
    assert predicted(net).shape == (6, 2)
    first = net.get_weights()[:2]
    assert net.pop() is not None
    assert predicted(net).shape == (6, 3)
    assert_same(net.get_weights(), first)
    net.add(Dense(5))
    assert predicted(net).shape == (6, 5)
    assert_same(net.get_weights()[:2], first)
    assert [layer.name for layer in net.layers] == ["dense", "dense_1"]


def test_names_of_layers():
    net = Sequential(
        [Dense(3, name="first", input_shape=(4,)), Dense(3), layers.Dropout(0.1), Dense(1)]
    )
    assert [layer.name for layer in net.layers] == ["first", "dense", "dropout", "dense_1"]
    assert net.get_layer("dense_1") is net.layers[3] is net.get_layer(index=3)
    with pytest.raises(ValueError, match=r"no layer is called 'dens'.*did you mean 'dense'"):
        net.get_layer("dens")
    with pytest.raises(ValueError, match="two layers are called 'a'"):
        Sequential([Dense(3, name="a", input_shape=(4,)), Dense(3, name="a")])


def test_skip_connection_and_shared_layer():
    net = skipping()
    shared, _, last = net.layers
    first = dense(X64, shared, np.tanh)
    assert_same([predicted(net)], [dense(first + dense(first, shared, np.tanh), last)], 1e-12)
    assert len(net.weights) == 4


MERGED = {
    Add: lambda a, b: a + b,
    Multiply: lambda a, b: a * b,
    Concatenate: lambda a, b: np.concatenate([a, b], axis=-1),
    layers.Average: lambda a, b: (a + b) / 2,
    layers.Subtract: lambda a, b: a - b,
    layers.Maximum: np.maximum,
    layers.Minimum: np.minimum,
}


@pytest.mark.parametrize("merge", MERGED, ids=lambda merge: merge.__name__)
def test_branches(merge):
    x = Input((WIDTH,))
    left, right = Dense(3, "relu"), Dense(3)
    net = Model(x, merge()([left(x), right(x)]), dtype="float64")
    expected = MERGED[merge](dense(X64, left, relu), dense(X64, right))
    assert_same([predicted(net)], [expected], 1e-12)


def two_in_two_out():
    left, right = Input((WIDTH,), name="left"), Input((2,), name="right")
    h = Concatenate()([Dense(4, "relu")(left), right])
    outputs = [Dense(1, name="size")(h), Dense(3, "softmax", name="kind")(h)]
    return Model([left, right], outputs)


RIGHT, SIZE = numbers(6, 2, seed=1), numbers(6, 1, seed=2)
KIND = np.arange(6) % 3
LOGS = {"loss", "size_loss", "kind_loss", "kind_accuracy"}


@pytest.mark.parametrize(("x", "y"), [
    ([X, RIGHT], [SIZE, KIND]),
    ((X, RIGHT), (SIZE, KIND)),
    ({"right": RIGHT, "left": X}, {"kind": KIND, "size": SIZE}),
])  # fmt: skip
@pytest.mark.parametrize(("loss", "metrics"), [
    (["mse", "sparse_categorical_crossentropy"], [[], ["accuracy"]]),
    ({"size": "mse", "kind": "sparse_categorical_crossentropy"}, {"kind": "accuracy"}),
])  # fmt: skip
def test_several_inputs_and_outputs(x, y, loss, metrics):
    net = two_in_two_out()
    net.compile("adam", loss, metrics=metrics, loss_weights=[0.5, 2.0])
    history = net.fit(x, y, epochs=2, verbose=0, validation_data=(x, y)).history
    assert set(history) == LOGS | {f"val_{name}" for name in LOGS}
    logs = net.evaluate(x, y, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(0.5 * logs["size_loss"] + 2 * logs["kind_loss"])
    size, kind = net.predict(x, verbose=0)
    assert size.shape == (6, 1)
    assert_same([kind.sum(axis=1)], [np.ones(6)], 1e-6)
    assert logs["size_loss"] == pytest.approx(np.mean((size - SIZE) ** 2), rel=1e-5)


def test_an_output_without_a_loss():
    net = two_in_two_out()
    net.compile("adam", [None, "sparse_categorical_crossentropy"])
    before = net.get_layer("size").get_weights()
    net.fit([X, RIGHT], KIND, verbose=0)
    assert_same(net.get_layer("size").get_weights(), before)
    with pytest.raises(ValueError, match="no output 'kinds'; did you mean 'kind'"):
        net.compile("adam", {"kinds": "mse"})


def test_a_model_is_a_layer():
    """Called twice in a graph, it shares its weights, and they are trained."""
    inner = Sequential([Dense(3, "tanh", input_shape=(WIDTH,)), Dense(3)], name="inner")
    x = Input((WIDTH,))
    net = Model(x, Dense(1)(Add()([inner(x), inner(Dense(WIDTH, name="between")(x))])))
    assert [layer.name for layer in net.layers] == ["inner", "between", "add", "dense"] or [
        layer.name for layer in net.layers
    ] == ["between", "inner", "add", "dense"]
    assert len(net.weights) == 8
    hidden = [predicted(inner), predicted(inner, dense(X, net.get_layer("between")))]
    assert_same([predicted(net)], [dense(sum(hidden), net.layers[-1])], 1e-5)
    before = inner.get_weights()
    net.compile("adam", "mse")
    net.fit(X, SIZE, verbose=0)
    assert all(not np.array_equal(a, b) for a, b in zip(before, inner.get_weights(), strict=True))


def test_part_of_a_network_as_a_model():
    net = classifier()
    features = Model(net.inputs, net.layers[0](net.inputs[0]))
    assert_same([predicted(features)], [dense(X, net.layers[0], relu)], 1e-6)


def test_weights_come_in_kerass_order():
    net = Sequential([
        layers.Conv2D(2, 3, input_shape=(5, 5, 1)), layers.BatchNormalization(), layers.Flatten(),
        Dense(4),
    ])  # fmt: skip
    shapes = [(3, 3, 1, 2), (2,), (2,), (2,), (2,), (2,), (18, 4), (4,)]
    assert [weights.shape for weights in net.get_weights()] == shapes
    names = [weight.name for weight in net.weights]
    assert names[2:6] == ["gamma", "beta", "moving_mean", "moving_variance"]
    values = [numbers(*shape) for shape in shapes]
    net.set_weights(values)
    assert_same(net.get_weights(), [value.astype("float32") for value in values])


def test_set_weights_refuses_what_does_not_fit():
    net = classifier()
    weights = net.get_weights()
    with pytest.raises(ValueError, match="has 4 weights, got 3 arrays"):
        net.set_weights(weights[:3])
    with pytest.raises(ValueError, match=r"'kernel' has shape \(4, 8\), got .* \(8, 4\)"):
        net.set_weights([weights[0].T, *weights[1:]])
    assert_same(net.get_weights(), weights)


def test_frozen_layers_stay_as_they_are():
    x, y = clusters()
    net = classifier()
    net.layers[0].trainable = False
    net.compile("adam", "sparse_categorical_crossentropy")
    before = net.get_weights()
    net.fit(x, y, verbose=0)
    assert_same(net.get_weights()[:2], before[:2])
    assert not np.array_equal(net.get_weights()[2], before[2])
    assert len(net.trainable_weights) == 2
    assert len(net.weights) == 4
    net.layers[0].trainable = True
    net.fit(x, y, verbose=0)
    assert not np.array_equal(net.get_weights()[0], before[0])


def test_a_frozen_normalization_keeps_its_statistics():
    norm = layers.BatchNormalization(trainable=False)
    net = Sequential([norm, Dense(1)])
    net.compile("adam", "mse")
    net.fit(X, SIZE, verbose=0)
    assert_same(norm.get_weights(), [np.ones(4), np.zeros(4), np.zeros(4), np.ones(4)])


def test_summary():
    pages = []
    net = classifier()
    net.layers[0].trainable = False
    net.summary(print_fn=pages.append)
    (page,) = pages
    for words in ("dense", "dense_1", "(n, 8)", "(n, 3)", "40", "27", "67", "27 of the parameters"):
        assert words in page
    assert re.search(r"together +67", page)
    Sequential([Dense(3)]).summary(print_fn=pages.append)
    assert "?" in pages[-1]


def test_a_summary_goes_to_the_terminal(capsys):
    assert classifier().summary() is None
    assert "output shape" in capsys.readouterr().out


@pytest.mark.parametrize("net", [classifier(), skipping(), two_in_two_out()])
def test_a_network_from_its_configuration(net):
    config = json.loads(json.dumps(net.config()))
    other = type(net).from_config(config)
    other.set_weights(net.get_weights())
    rows = [X, RIGHT] if len(net.inputs) > 1 else X
    one, two = (np.concatenate(each.predict(rows, verbose=0), axis=-1) for each in (net, other))
    assert_same([one], [two])


def test_a_network_of_one_input_layer_cannot_be_disconnected():
    x, other = Input((3,)), Input((3,))
    with pytest.raises(ValueError, match="not among the inputs"):
        Model(x, Dense(1)(other))


@pytest.mark.parametrize("executor", ["auto", "numpy"])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_goes_on_by_itself(executor, copied):
    one = classifier(executor=executor)
    x, y = clusters(30)
    one.fit(x, y, epochs=2, verbose=0)
    two = copied(one)
    kept = one.get_weights()
    two.fit(x, y, epochs=2, verbose=0)
    assert_same(one.get_weights(), kept)
    one.fit(x, y, epochs=2, verbose=0)
    assert_same(one.get_weights(), two.get_weights())


def test_a_frozen_network_keeps_its_statistics_and_still_drops():
    inner = Sequential([layers.BatchNormalization(input_shape=(WIDTH,)), layers.Dropout(0.5)])
    inner.trainable = False
    net = Sequential([inner, layers.Dense(3, "softmax")])
    net.compile("sgd", "sparse_categorical_crossentropy")
    x, y = clusters(30)
    net.build((None, WIDTH))
    before = inner.get_weights()
    net.fit(x, y, verbose=0)
    assert_same(inner.get_weights(), before)
    assert "random" in str(net.plan)
