"""Honest curves: the training rows measured again, and the training as it would be without."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import Sequential, layers, plots
from tests.nets import CLASSES, WIDTH, assert_same, classes, clusters, numbers


def network(executor="numpy", *more):
    pellucid.set_random_seed(3)
    parts = [layers.Dense(8, "relu", input_shape=(WIDTH,)), *more, layers.Dense(CLASSES, "softmax")]
    net = Sequential(parts)
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], executor=executor)
    return net


def noisy(executor="numpy"):
    return network(executor, layers.BatchNormalization(), Sequential([layers.Dropout(0.5)]))


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_what_is_measured_again_is_what_evaluate_says(executor):
    x, y = clusters()
    given = {"class_weight": {0: 1, 1: 2, 2: 3}, "verbose": 0}
    net = noisy(executor)
    history = net.fit(x, y, epochs=2, validation_split=0.2, honest=True, **given).history
    assert [*history] == [
        "loss", "accuracy", "honest_loss", "honest_accuracy", "val_loss", "val_accuracy"
    ]  # fmt: skip
    again = noisy(executor)
    again.fit(x, y, epochs=1, honest=True, **given)
    one = again.fit(x, y, epochs=1, honest=True, **given).history
    weights = np.array([1, 2, 3])[y]
    loss, accuracy = again.evaluate(x, y, sample_weight=weights, verbose=0)
    assert one["honest_loss"] == pytest.approx([loss])
    assert one["honest_accuracy"] == pytest.approx([accuracy])
    assert one["honest_loss"][0] < one["loss"][0]


@pytest.mark.parametrize("executor", ["numpy", "auto"])
def test_the_training_keeps_its_bits(executor):
    x, y = clusters()
    nets = [noisy(executor), noisy(executor)]
    found = [
        net.fit(x, y, epochs=3, verbose=0, validation_split=0.2, honest=honest).history
        for net, honest in zip(nets, (True, False), strict=True)
    ]
    assert_same(*(net.get_weights() for net in nets))
    assert all(found[0][name] == values for name, values in found[1].items())
    assert set(found[0]) - set(found[1]) == {"honest_loss", "honest_accuracy"}


class Listener(pellucid.callbacks.Callback):
    """Counts how often something is evaluated."""

    seen = 0

    def on_test_begin(self, logs=None):
        type(self).seen += 1

    def on_epoch_end(self, epoch, logs=None):
        assert logs["honest_loss"] > 0


def test_callbacks_hear_of_the_validation_alone_and_see_all_numbers():
    network().fit(*clusters(), epochs=2, verbose=0, callbacks=[Listener()], honest=True)
    assert Listener.seen == 0


def test_a_stream_is_refused():
    batches = [(numbers(4, WIDTH), classes(4))]
    with pytest.raises(ValueError, match="honest=True measures the training rows again"):
        network().fit(batches, verbose=0, honest=True)


@pytest.mark.parametrize(("made", "reasons"), [(network, 1), (noisy, 3)])
def test_the_picture_says_why_they_differ(made, reasons):
    pytest.importorskip("matplotlib.pyplot").switch_backend("agg")
    history = made().fit(*clusters(), epochs=2, verbose=0, validation_split=0.2, honest=True)
    panels = history.plot()
    assert len(panels) == 2
    labels = [line.get_label() for line in panels[0].lines]
    assert labels == ["training", "training, measured again", "validation"]
    title = panels[0].get_title("left")
    assert title.startswith("measured again, training differs: the weights move on")
    assert title.count(";") == reasons - 1
    assert ("dropout" in title) == (reasons > 1)
    assert len(plots.curve(history, "accuracy").lines) == 4


def test_the_picture_of_others_has_no_such_words():
    pytest.importorskip("matplotlib.pyplot").switch_backend("agg")
    history = network().fit(*clusters(), epochs=1, verbose=0)
    assert history.plot()[0].get_title("left") == ""
