"""Recurrent layers that go on where the batch before ended: stateful=True."""

import numpy as np
import pytest

import pellucid
from pellucid import Input, Model, Sequential, layers

RNG = np.random.default_rng(11)
LONG = RNG.normal(size=(4, 12, 3)).astype("float32")
PIECES = [LONG[:, at : at + 4] for at in (0, 4, 8)]
KINDS = {
    "simple": lambda **more: layers.SimpleRNN(5, **more),
    "gru": lambda **more: layers.GRU(5, **more),
    "reset before": lambda **more: layers.GRU(5, reset_after=False, **more),
    "lstm": lambda **more: layers.LSTM(5, **more),
    "cells": lambda **more: layers.RNN([layers.LSTMCell(3), layers.GRUCell(5)], **more),
}


def twins(kind):
    """A layer that reads all of a sequence, and one like it that keeps its states."""
    whole = KINDS[kind](return_sequences=True)
    kept = KINDS[kind](return_sequences=True, stateful=True)
    expected = whole(LONG)
    kept(PIECES[0])
    kept.set_weights(whole.get_weights())
    kept.reset_state()
    return kept, expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_in_pieces_is_the_sequence(kind):
    kept, expected = twins(kind)
    for _ in range(2):
        found = np.concatenate([kept(each) for each in PIECES], axis=1)
        np.testing.assert_allclose(found, expected, atol=1e-6)
        kept.reset_state()


@pytest.mark.parametrize("executor", ["auto", "numpy", "jax"])
@pytest.mark.parametrize("kind", ["gru", "lstm", "cells"])
def test_prediction_goes_on_from_batch_to_batch(kind, executor):
    if executor == "jax":
        pytest.importorskip("jax")
    kept, expected = twins(kind)
    x = Input((4, 3))
    net = Model(x, kept(x))
    net.compile(loss="mse", executor=executor)
    for _ in range(2):
        net.reset_states()
        found = net.predict(np.concatenate(PIECES), batch_size=4, verbose=0)
        np.testing.assert_allclose(np.concatenate(np.split(found, 3), axis=1), expected, atol=1e-5)


def test_training_goes_on_from_batch_to_batch_and_is_a_step_of_numpy_each():
    def made(**running):
        pellucid.utils.set_random_seed(2)
        x = Input((4, 3))
        net = Model(x, layers.Dense(1)(layers.LSTM(4, stateful=True)(x)))
        net.compile(pellucid.optimizers.SGD(0.1), "mse", metrics=["mae"], **running)
        return net

    y = RNG.normal(size=(12, 1)).astype("float32")
    nets = [made(), made(executor="numpy"), made()]
    for net in nets[:2]:
        net.fit(np.concatenate(PIECES), y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    for _ in range(2):
        for at, each in enumerate(PIECES):
            nets[2].step(each, y[4 * at : 4 * at + 4])
    for net in nets[1:]:
        for a, b in zip(net.get_weights(), nets[0].get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
        for a, b in zip(net.layers[0].kept, nets[0].layers[0].kept, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_gradients_end_where_the_batch_begins():
    x = Input((4, 3))
    net = Model(x, layers.GRU(4, stateful=True)(x))
    net.compile("sgd", "mse")
    net.predict(PIECES[0], verbose=0)
    assert not net.check_gradients(PIECES[1], np.zeros((4, 4))).wrong
    (kept,) = net.layers[0].kept
    assert np.array_equal(net.record(PIECES[1])["X2"], kept)


def test_states_that_are_given_or_returned():
    kept, _ = twins("lstm")
    h, c = (RNG.normal(size=(4, 5)).astype("float32") for _ in range(2))
    plain = layers.LSTM(5, return_sequences=True)
    plain(LONG)
    plain.set_weights(kept.get_weights())
    np.testing.assert_allclose(
        kept(PIECES[0], initial_state=[h, c]), plain(PIECES[0], initial_state=[h, c]), atol=1e-6
    )
    assert not kept.kept
    states = layers.LSTM(5, stateful=True, return_state=True)
    states(PIECES[0])
    _, h, c = states(PIECES[1])
    for a, b in zip(states.kept, (h, c), strict=True):
        assert np.array_equal(a, b)


def test_both_ways_keep_their_states():
    both = layers.Bidirectional(layers.GRU(3, stateful=True))
    first, second = both(PIECES[0]), both(PIECES[0])
    assert not np.allclose(first, second)
    both.reset_state()
    assert np.array_equal(both(PIECES[0]), first)


def test_a_mask_leaves_the_state():
    kept = layers.LSTM(3, stateful=True)
    kept(PIECES[0])
    before = [each.copy() for each in kept.kept]
    kept(PIECES[1], mask=np.zeros((4, 4)))
    for a, b in zip(kept.kept, before, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-7)


def recurrent():
    return Sequential([Input((4, 3)), layers.GRU(2, stateful=True)])


REFUSED = [
    (lambda net: [net.predict(PIECES[0], verbose=0), net.predict(PIECES[0][:2], verbose=0)],
     "batch size stays the same"),
    (lambda net: net.predict(np.concatenate(PIECES), batch_size=5, verbose=0), "whole batches"),
    (lambda net: net.export("net.c"), "stateful=False"),
    (lambda net: net.diagnose(PIECES[0], np.zeros((4, 2))), "stateful=False"),
    (lambda net: net.to_torch(), "stateful=False"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "words"), REFUSED)
def test_what_cannot_be_says_so(asked, words):
    with pytest.raises(ValueError, match=words):
        asked(recurrent())


def test_a_file_holds_the_setting_and_no_state(tmp_path):
    net = recurrent()
    first = net.predict(PIECES[0], verbose=0)
    net.save(tmp_path / "net.safetensors")
    again = pellucid.load(tmp_path / "net.safetensors")
    assert again.layers[0].stateful
    assert np.array_equal(again.predict(PIECES[0], verbose=0), first)
