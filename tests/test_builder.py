"""The builder of multi-layer networks: layers in order, endings that suit, penalties, chance."""

import numpy as np
import pytest

import pellucid
from pellucid import layers
from pellucid.models.builder import classes, multilayer, numbers
from pellucid.regularizers import L2
from tests.nets import WIDTH
from tests.nets import numbers as drawn

X = drawn(40, WIDTH)
LABELS = np.arange(40)


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


def test_the_layers_and_their_order():
    net = multilayer((8, 8), [5, 3], classes(4), dropout=0.2, before=[layers.Flatten()], name="n")
    assert net.name == "n"
    assert kinds(net) == ["Flatten", "Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert [layer.units for layer in net.layers if isinstance(layer, layers.Dense)] == [5, 3, 4]
    assert net.inputs[0].shape == (None, 8, 8)


def test_without_hidden_layers():
    assert kinds(multilayer((3,), (), numbers())) == ["Dense"]


def test_the_settings_reach_every_layer():
    net = multilayer((4,), [5, 3], numbers(2), activation="tanh", l2=0.5)
    assert [layer.activation for layer in net.layers] == ["tanh", "tanh", None]
    assert [repr(w.regularizer) for w in net.weights] == [repr(L2(0.5)), "None"] * 3


@pytest.mark.parametrize(
    ("ending", "targets", "shape"),
    [
        (numbers(), LABELS / 7, (40, 1)),
        (numbers(3), np.stack([LABELS / 7] * 3, axis=1), (40, 3)),
        (classes(2), LABELS % 2, (40, 1)),
        (classes(5), LABELS % 5, (40, 5)),
    ],
    ids=["a number", "numbers", "two classes", "classes"],
)
def test_an_ending_suits_its_targets(ending, targets, shape):
    pellucid.set_random_seed(0)
    net = multilayer(X.shape[1:], [8], ending)
    net.compile("adam", ending.loss, metrics=ending.metrics)
    losses = net.fit(X, targets, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert net.predict(X).shape == shape
    assert len(net.evaluate(X, targets, verbose=0)) == 1 + len(ending.metrics)
