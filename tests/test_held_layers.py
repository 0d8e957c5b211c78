"""Layers of one's own that hold others: their weights, what they write, and files of them."""

import numpy as np
import pytest

import pellucid
from pellucid import Input, Model, Sequential, layers

RNG = np.random.default_rng(4)
X = RNG.normal(size=(12, 6, 8)).astype("float32")
Y = RNG.normal(size=(12, 6, 8)).astype("float32")


@pellucid.register
class Block(layers.Layer):
    """A block of a transformer, as it is published."""

    width: int = 8
    rate: float = 0.0

    def __init__(self, *values, **named):
        super().__init__(*values, **named)
        self.attention = layers.MultiHeadAttention(2, 4)
        self.within = Sequential([layers.Dense(16, activation="relu"), layers.Dense(self.width)])
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
        self.dropout = layers.Dropout(self.rate)

    def call(self, x, training=None):
        attended = self.dropout(self.attention(x, x), training=training)
        h = self.norms[0](x + attended)
        return self.norms[1](h + self.dropout(self.within(h), training=training))


class Outer(layers.Layer):
    """Two levels, and a weight of its own."""

    def build(self, shape):
        self.factor = self.add_weight((shape[-1],), "ones", "factor")
        self.block, self.norm = Block(shape[-1]), layers.BatchNormalization()

    def call(self, x):
        return self.norm(self.block(x * self.factor.tensor))


def by_hand(x):
    """The same as Block, by layers in a graph."""
    h = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, x)])
    h = layers.LayerNormalization(epsilon=1e-6)(h)
    inner = layers.Dense(8)(layers.Dense(16, activation="relu")(h))
    return layers.LayerNormalization(epsilon=1e-6)(layers.Add()([h, inner]))


def network(write, **running):
    pellucid.utils.set_random_seed(6)
    x = Input((6, 8))
    net = Model(x, write(x))
    net.compile("adam", "mse", **running)
    return net


def test_a_block_trains_as_the_same_layers_in_a_graph():
    own, graph = network(lambda x: Block()(x)), network(by_hand)
    shapes = [each.shape for each in own.get_weights()]
    assert len(shapes) == 16
    graph.set_weights(reordered(own, graph))
    for net in (own, graph):
        net.engine.memory.seed = 1
        net.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    np.testing.assert_allclose(
        own.predict(X, verbose=0), graph.predict(X, verbose=0), rtol=1e-4, atol=1e-5
    )


def reordered(own, graph):
    """The weights of a block in the order of the graph: norms stand last in the block."""
    values = own.get_weights()
    attention, inner, norms = values[:8], values[8:12], values[12:]
    return [*attention, *norms[:2], *inner, *norms[2:]]


def test_weights_are_its_own_then_those_of_the_layers_it_holds():
    net = network(lambda x: Outer()(x))
    (outer,) = net.layers
    assert len(outer.weights) == 1 + 16 + 4
    assert outer.weights[0].name == "factor"
    assert [each.name for each in outer.non_trainable_weights] == ["moving_mean", "moving_variance"]
    assert net.count_params() == sum(each.size for each in outer.weights)


def test_what_is_told_of_training_reaches_the_layers_within():
    net = network(lambda x: Block(8, 0.5)(x))
    block = net.layers[0]
    assert np.array_equal(block(X), block(X))
    assert not np.array_equal(block(X, training=True), block(X, training=True))
    statistics = network(lambda x: Outer()(x))
    before = statistics.get_weights()[-2].copy()
    statistics.fit(X, Y, verbose=0)
    assert not np.array_equal(statistics.get_weights()[-2], before)


def test_a_frozen_layer_keeps_all_within():
    net = network(lambda x: layers.Dense(8)(Outer()(x)))
    net.layers[0].trainable = False
    net.compile("adam", "mse")
    before = net.layers[0].get_weights()
    net.fit(X, Y, verbose=0)
    for a, b in zip(net.layers[0].get_weights(), before, strict=True):
        assert np.array_equal(a, b)
    assert len(net.trainable_weights) == 2


def test_a_file_holds_the_weights_within(tmp_path):
    net = network(lambda x: Block()(x))
    net.fit(X, Y, verbose=0)
    net.save(tmp_path / "net.safetensors")
    again = pellucid.load(tmp_path / "net.safetensors")
    assert np.array_equal(again.predict(X, verbose=0), net.predict(X, verbose=0))


def test_penalties_and_masks_within():
    class Penal(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3, kernel_regularizer="l2", activity_regularizer="l1")
            self.read = layers.GRU(2)

        def call(self, x, mask=None):
            return self.read(self.dense(x), mask=mask)

        def compute_mask(self, inputs, mask=None):
            return None

    x = Input((4,), dtype="int64")
    h = layers.Embedding(5, 3, mask_zero=True)(x)
    net = Model(h.source.inputs[0], Penal()(h))
    net.compile("sgd", "mse")
    rows = np.array([[1, 2, 0, 0], [3, 1, 2, 0]])
    once = net.layers[-1](net.layers[0](rows[:1, :2]))
    np.testing.assert_allclose(net.predict(rows, verbose=0)[:1], once, atol=1e-6)
    predicted = net.predict(rows, verbose=0)
    assert net.evaluate(rows, predicted, verbose=0) > 0
    assert len(net.layers[-1].losses) == 2


def test_within_other_layers_and_models():
    steps = network(lambda x: layers.TimeDistributed(Doubling())(x))
    assert len(steps.get_weights()) == 2
    assert steps.predict(X, verbose=0).shape == X.shape

    class Own(Model):
        def __init__(self):
            super().__init__()
            self.first, self.block = layers.Dense(8), Block()

        def call(self, x):
            return self.block(self.first(x))

    net = Own()
    net.compile("sgd", "mse")
    net.fit(X, Y, verbose=0)
    assert len(net.get_weights()) == 18
    assert [type(each).__name__ for each in net.layers] == ["Dense", "Block"]


class Doubling(layers.Layer):
    def __init__(self, **named):
        super().__init__(**named)
        self.dense = layers.Dense(8)

    def call(self, x):
        return 2.0 * self.dense(x)


def test_a_call_within_says_whether_it_trains():
    class Sure(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dropout = layers.Dropout(0.9)

        def call(self, x):
            return self.dropout(x, training=False)

    sure = Sure()
    assert np.array_equal(sure(X, training=True), X)


@pytest.mark.parametrize("kind", [Block, Outer])
def test_it_takes_sequences_of_any_length(kind):
    x = Input((None, 8))
    net = Model(x, kind()(x))
    assert net.output_shape == (None, None, 8)
    assert [net.predict(X[:, :length], verbose=0).shape[1] for length in (3, 5)] == [3, 5]


def test_arrays_carry_masks_from_layer_to_layer():
    words = np.array([[1, 2, 0, 0], [3, 1, 2, 0]])
    embedding, read = layers.Embedding(5, 3, mask_zero=True), layers.LSTM(2)
    embedded = embedding(words)
    assert np.array_equal(embedded.mask, words != 0)
    assert np.array_equal(embedding.compute_mask(words), words != 0)
    whole = read(embedded)
    np.testing.assert_allclose(whole[:1], read(np.asarray(embedded)[:1, :2]), atol=1e-6)
    assert not np.allclose(whole, read(np.asarray(embedded)))


@pellucid.register
class ScaledDense(layers.Layer):
    """Without get_config: what the constructor was given stands in a file."""

    def __init__(self, units, factor=2.0, **named):
        super().__init__(**named)
        self.dense, self.factor = layers.Dense(units), factor

    def call(self, x):
        return self.factor * self.dense(x)


@pellucid.register
class ExactSizes(layers.Layer):
    def __init__(self, sizes):
        super().__init__()
        self.dense = [layers.Dense(each) for each in sizes]

    def call(self, x):
        for each in self.dense:
            x = each(x)
        return x


CONFIGURED = [
    (ScaledDense(3, name="s"), {"units": 3, "name": "s", "trainable": True}),
    (
        ScaledDense(units=3, factor=0.5),
        {"units": 3, "factor": 0.5, "name": None, "trainable": True},
    ),
    (ExactSizes((4, 2)), {"sizes": [4, 2]}),
]


@pytest.mark.parametrize(("layer", "expected"), CONFIGURED)
def test_what_a_constructor_was_given_is_the_configuration(layer, expected, tmp_path):
    assert layer.get_config() == expected
    net = Sequential([Input((6, 8)), layer])
    net.save(tmp_path / "net.safetensors")
    again = pellucid.load(tmp_path / "net.safetensors")
    assert type(again.layers[0]) is type(layer)
    assert np.array_equal(again.predict(X, verbose=0), net.predict(X, verbose=0))


def test_penalties_of_a_call_on_arrays_are_numbers():
    layer = layers.Dense(2, kernel_regularizer="l2", activity_regularizer="l1")
    for _ in range(2):
        y = layer(np.ones((3, 4)))
        expected = [0.01 * (layer.kernel.value**2).sum(), 0.01 * np.abs(y).sum() / 3]
        np.testing.assert_allclose(layer.losses, expected, rtol=1e-5)
    layer(Input((4,)))
    assert [each.shape for each in layer.losses] == [(), ()]


LEFT, RIGHT = np.array([[[0, 0], [1, 2], [0, 0]]]), np.array([[[3, 4], [0, 0], [0, 0]]])


def test_a_product_leaves_out_the_steps_that_do_not_count():
    counts = layers.Masking()
    found = layers.Multiply()([counts(LEFT), counts(RIGHT)])
    assert found.tolist() == [[[3, 4], [1, 2], [0, 0]]]
    assert found.mask.tolist() == [[1, 1, 0]]
    assert layers.Multiply()([counts(LEFT), RIGHT]).tolist() == [[[3, 4], [0, 0], [0, 0]]]


def test_batch_statistics_with_masks_of_some_axes():
    x, mask = RNG.normal(size=(3, 2, 4, 5)).astype("float32"), np.array([[1, 0], [1, 1], [0, 1]])
    norm = layers.BatchNormalization(momentum=0.0)
    norm(x, mask=mask, training=True)
    counting = x[mask == 1].reshape(-1, 5).astype(float)
    np.testing.assert_allclose(norm.get_weights()[2], counting.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(norm.get_weights()[3], counting.var(axis=0), rtol=1e-5)
    assert np.isfinite(norm(x, mask=np.zeros((3, 2)), training=True)).all()


def test_attention_of_pictures_is_that_of_each_line():
    q, v = (RNG.normal(size=(2, 3, steps, 4)).astype("float32") for steps in (5, 2))
    found, scores = layers.Attention()([q, v], return_attention_scores=True)
    assert scores.shape == (2, 3, 5, 2)
    for line in range(3):
        alone = layers.Attention()([q[:, line], v[:, line]])
        np.testing.assert_allclose(found[:, line], alone, atol=1e-6)


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_a_layer_is_trainable_or_not(wrong):
    with pytest.raises(ValueError, match="True or False"):
        layers.Dense(2, trainable=wrong)


POSITIONS = np.sin(np.arange(48).reshape(6, 8) / 3)


@pellucid.register
class Placed(layers.Layer):
    """X, and numbers that are known, for each step and feature."""

    def call(self, x):
        return x * 2 + POSITIONS - np.float32(0.5) * POSITIONS[:1]


def test_arrays_of_numbers_are_part_of_a_plan(tmp_path):
    expected = X * 2 + POSITIONS - 0.5 * POSITIONS[:1]
    x = Input((6, 8))
    nets = [network(lambda x: Placed()(x)), Model(x, x * 2 + POSITIONS - 0.5 * POSITIONS[:1])]
    for at, net in enumerate(nets):
        np.testing.assert_allclose(net.predict(X, verbose=0), expected, atol=1e-6)
        net.save(tmp_path / f"{at}.safetensors")
        again = pellucid.load(tmp_path / f"{at}.safetensors")
        np.testing.assert_allclose(again.predict(X, verbose=0), expected, atol=1e-6)
        (path,) = net.export(tmp_path / f"net{at}.py")
        assert path.exists()
        assert "[6 × 8 numbers]" in str(net.plan)
    np.testing.assert_allclose(Placed()(X), expected, atol=1e-6)


@pytest.mark.parametrize("wrong", [np.ones((3, 5)), np.array(["a"]), np.zeros((300, 300)), []])
def test_arrays_that_do_not_go_together_are_refused(wrong):
    with pytest.raises((TypeError, ValueError)):
        Input((6, 8)) + wrong


def test_a_layer_within_another_is_called_on_tensors():
    class Positions(layers.Layer):
        def __init__(self):
            super().__init__()
            self.embedding = layers.Embedding(6, 8)

        def call(self, x):
            return x + self.embedding(np.arange(6))

    with pytest.raises(TypeError, match="add_weight"):
        Positions()(Input((6, 8)))


def test_a_query_sees_the_keys_of_its_window():
    layer = layers.MultiHeadAttention(2, 4, sliding_window=3)
    places = np.arange(6)
    near = abs(places[:, None] - places) < 3
    _, scores = layer(X, X, return_attention_scores=True)
    assert ((scores > 0) == near).all()
    _, scores = layer(X, X, use_causal_mask=True, return_attention_scores=True)
    assert ((scores > 0) == (near & (places[:, None] >= places))).all()
