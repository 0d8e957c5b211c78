"""Attention of heads in groups, and a table that is read in both directions, beside Keras's."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import layers

RNG = np.random.default_rng(7)
Q, V, K = RNG.normal(size=(2, 5, 6)), RNG.normal(size=(2, 4, 6)), RNG.normal(size=(2, 4, 7))
SEEN = RNG.integers(0, 2, (2, 5, 4)) | (np.arange(4) == 0)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def by_hand(weights, q, v, k, seen, gate):
    """The layer in double precision, head by head."""
    (wq, bq), (wk, bk), *others = zip(weights[::2], weights[1::2], strict=True)
    (wg, bg), (wv, bv), (wo, bo) = others if gate else ((0, 0), *others)
    heads, shared = wq.shape[1], wk.shape[1]
    y = np.zeros_like(q) + bo
    for head in range(heads):
        at = head // (heads // shared)
        scores = (q @ wq[:, head] + bq[head]) @ np.swapaxes(k @ wk[:, at] + bk[at], 1, 2)
        scores = np.where(seen, scores / np.sqrt(wq.shape[2]), -np.inf)
        found = softmax(scores) @ (v @ wv[:, at] + bv[at])
        found = found / (1 + np.exp(-(q @ wg[:, head] + bg[head]))) if gate else found
        y = y + found @ wo[head]
    return y


def network(gate=False, call=None, **settings):
    """A network of the layer, in double precision, with weights that are drawn."""
    inputs = [pellucid.Input(each.shape[1:]) for each in (Q, V, K)]
    layer = layers.GroupedQueryAttention(3, 4, 2, use_gate=gate, **settings)
    net = pellucid.Model(inputs, layer(*inputs, **(call or {})), dtype="float64")
    net.set_weights([RNG.normal(size=each.shape) for each in net.get_weights()])
    return net


#: settings and arguments of a call, and which keys a query then sees
CASES = [
    ({}, {}, np.ones((5, 4))),
    ({"gate": True}, {}, np.ones((5, 4))),
    ({}, {"use_causal_mask": True}, np.tril(np.ones((5, 4)))),
    ({"sliding_window": 2}, {}, abs(np.subtract.outer(np.arange(5), np.arange(4))) < 2),
    (
        {"sliding_window": 3, "gate": True},
        {"use_causal_mask": True},
        np.tril(abs(np.subtract.outer(np.arange(5), np.arange(4))) < 3),
    ),
]


@pytest.mark.parametrize(("settings", "call", "seen"), CASES)
def test_heads_in_groups(settings, call, seen):
    net = network(call=call, **settings)
    seen = seen.astype(bool)
    expected = by_hand(net.get_weights(), Q, V, K, seen, settings.get("gate", False))
    found = net.predict([Q, V, K], verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_a_mask_and_scores():
    net = network()
    layer = net.layers[0]
    y, scores = layer(Q, V, K, attention_mask=SEEN, return_attention_scores=True)
    expected = by_hand([np.float32(each) for each in net.get_weights()], Q, V, K, SEEN, False)
    np.testing.assert_allclose(y, expected, rtol=2e-4, atol=2e-4)
    assert scores.shape == (2, 4, 5, 4)
    assert not scores[~np.broadcast_to(SEEN[:, None] > 0, scores.shape)].any()
    np.testing.assert_allclose(scores.sum(-1), 1, rtol=1e-5)


def test_it_learns_and_is_saved(tmp_path):
    x = pellucid.Input((5, 6))
    h = layers.GroupedQueryAttention(3, 4, 2, dropout=0.1)(x, x, use_causal_mask=True)
    net = pellucid.Model(x, layers.Dense(1)(layers.Flatten()(h)))
    net.compile("adam", "mse")
    history = net.fit(np.tile(Q, (20, 1, 1)), np.tile([1.0, -1.0], 20), epochs=15, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    net.save(tmp_path / "net.safetensors")
    loaded = pellucid.load(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(loaded.predict(Q, verbose=0), net.predict(Q, verbose=0))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.GroupedQueryAttention(2, 4, 3), "3 must divide num_query_heads=4"),
        (lambda: layers.GroupedQueryAttention(0, 4, 2), "head_dim must be a whole number"),
        (lambda: layers.GroupedQueryAttention(2, 4, 2, sliding_window=-1), "sliding_window must"),
        (lambda: layers.GroupedQueryAttention(2, 4, 2)(Q, K), "must be equal"),
        (lambda: layers.ReversibleEmbedding(3, 2, logit_soft_cap=0), "logit_soft_cap is above 0"),
        (lambda: layers.ReversibleEmbedding(3, 2, reverse_dtype="float16"), "no reverse_dtype="),
    ],
)
def test_what_makes_no_sense(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("cap", [None, 5.0])
def test_a_table_in_both_directions(tied, cap, tmp_path):
    words = RNG.integers(0, 7, (30, 4))
    table = layers.ReversibleEmbedding(7, 3, tied, logit_soft_cap=cap, mask_zero=True)
    x = pellucid.Input((4,), dtype="int32")
    net = pellucid.Model(x, table(layers.Dense(3)(table(x)), reverse=True))
    w, *back, kernel, bias = (np.float64(each) for each in net.get_weights())
    scores = (w[words] @ kernel + bias) @ (w.T if tied else back[0])
    expected = scores if cap is None else cap * np.tanh(scores / cap)
    np.testing.assert_allclose(net.predict(words, verbose=0), expected, rtol=1e-5, atol=1e-7)
    net.compile("adam", pellucid.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = net.fit(words, words, epochs=20, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    net.save(tmp_path / "net.safetensors")
    loaded = pellucid.load(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(loaded.predict(words, verbose=0), net.predict(words, verbose=0))


def test_a_weight_that_no_line_reads_can_be_looked_past():
    words = RNG.integers(0, 7, (3, 4))
    table = layers.ReversibleEmbedding(7, 3, tie_weights=False)
    net = pellucid.Sequential([pellucid.Input((4,), dtype="int32"), table])
    net.compile("adam", "mse")
    y, before = RNG.normal(size=(3, 4, 3)), net.get_weights()[1].copy()
    explained = net.explain(words, y)
    assert "new W1" in explained.as_data()["values"]
    net.fit(words, y, verbose=0)
    np.testing.assert_array_equal(net.get_weights()[1], before)
