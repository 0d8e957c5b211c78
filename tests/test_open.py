"""Networks of open extents, as Input((None, None, 3)): at each size the network of that size."""

import re

import numpy as np
import pytest

import pellucid
from pellucid import Input, Model, Sequential, layers

RNG = np.random.default_rng(5)
IMAGES, WORDS, STEPS, VOLUMES = "images", "words", "steps", "volumes"
#: for each kind of rows what is open, and two sizes that are met
SIZES = {
    IMAGES: ((None, None, 3), (12, 10, 3), (9, 14, 3)),
    WORDS: ((None,), (7,), (4,)),
    STEPS: ((None, 3), (6, 3), (11, 3)),
    VOLUMES: ((None, None, None, 2), (5, 6, 4, 2), (4, 5, 7, 2)),
}


def pooled(x):
    return layers.Dense(2)(layers.GlobalAveragePooling2D()(x))


def fully_convolutional(x):
    h = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(x)
    h = layers.MaxPooling2D(2, padding="same")(layers.BatchNormalization()(h))
    return pooled(layers.Dropout(0.5)(h))


def down_and_up(x):
    h = layers.Conv2D(3, 2, padding="same", activation="tanh")(x)
    up = layers.Conv2DTranspose(2, 3, padding="same", output_padding=0)(h)
    return pooled(
        layers.Concatenate()([h, up, layers.UpSampling2D(2)(layers.Cropping2D(0)(up))[:, ::2, ::2]])
    )


def channels_first(x):
    first = {"data_format": "channels_first"}
    h = layers.SeparableConv2D(4, 2, **first)(layers.Permute((3, 1, 2))(x))
    h = layers.DepthwiseConv2D(2, data_format="channels_first")(
        layers.ZeroPadding2D(1, data_format="channels_first")(h)
    )
    return layers.Dense(2)(layers.GlobalMaxPooling2D(data_format="channels_first")(h))


def operators(x):
    h = layers.Conv2D(4, 2)(x)[:, 1:, -3:]
    h = h * 2.0 + pellucid.ops.exp(-abs(h))
    return pooled(h[..., 1:])


def parts_of_equal_number(x):
    return layers.Dense(2)(
        layers.Flatten()(layers.AdaptiveAveragePooling2D(3)(layers.Conv2D(2, 2)(x)))
    )


def cropped(x):
    return pooled(layers.Cropping2D(((1, 2), (0, 3)))(layers.LayerNormalization()(x)))


def groups(x):
    return pooled(layers.GroupNormalization(2)(layers.Conv2D(4, 3, groups=1)(x)))


def words(x):
    return layers.Dense(2)(layers.LSTM(4)(layers.Embedding(9, 3)(x)))


def words_with_padding(x):
    h = layers.Embedding(9, 3, mask_zero=True)(x)
    return layers.Dense(2)(layers.Bidirectional(layers.GRU(3))(h))


def looking(x):
    h = layers.Embedding(9, 4)(x)
    h = layers.Add()([h, layers.MultiHeadAttention(2, 3)(h, h, use_causal_mask=True)])
    return layers.Dense(2)(layers.GlobalAveragePooling1D()(h))


def causal(x):
    h = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    return layers.Dense(2)(layers.GlobalMaxPooling1D()(h))


def each_step(x):
    return layers.TimeDistributed(
        Sequential([layers.Dense(4, activation="tanh"), layers.Dense(2)])
    )(x)


def every_step(x):
    return layers.Dense(2)(layers.SimpleRNN(4, return_sequences=True)(layers.Masking()(x)))


def cells(x):
    h = layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)], return_sequences=True)(x)
    return layers.Dense(2)(h[:, -1] + h[:, 0])


def attended(x):
    return layers.Dense(2)(layers.GlobalAveragePooling1D()(layers.Attention()([x, x])))


def two_in_a_row(x):
    return layers.Dense(2)(layers.GRU(3)(layers.Reshape((-1, 1))(x)))


def volumes(x):
    h = layers.MaxPooling3D(2, padding="same")(layers.Conv3D(3, 2, activation="relu")(x))
    h = layers.Conv3DTranspose(2, 2)(h)
    return layers.Dense(2)(layers.GlobalAveragePooling3D()(h))


def within(x):
    inner = Input((None, None, 3))
    net = Model(inner, layers.Conv2D(4, 2, activation="relu")(inner))
    return pooled(net(net.layers[0](x)[..., :3]))


NETWORKS = [
    (IMAGES, fully_convolutional), (IMAGES, down_and_up), (IMAGES, channels_first),
    (IMAGES, operators), (IMAGES, parts_of_equal_number), (IMAGES, cropped), (IMAGES, groups),
    (IMAGES, within), (WORDS, words), (WORDS, words_with_padding), (WORDS, looking),
    (STEPS, causal), (STEPS, each_step), (STEPS, every_step), (STEPS, cells), (STEPS, attended),
    (STEPS, two_in_a_row), (VOLUMES, volumes),
]  # fmt: skip


def network(written, shape, kind, **running):
    pellucid.utils.set_random_seed(3)
    x = Input(shape, dtype="int64" if kind == WORDS else None)
    net = Model(x, written(x))
    net.compile(optimizer="adam", loss="mse", **running)
    return net


def rows(kind, shape, net, count=10):
    x = RNG.normal(size=(count, *shape)).astype("float32")
    if kind == WORDS:
        x = RNG.integers(0, 9, size=(count, *shape))
        x[:, :1] = 1
    found = net.predict(x, verbose=0)
    return x, RNG.normal(size=found.shape).astype("float32")


@pytest.mark.parametrize(
    ("kind", "written"), NETWORKS, ids=lambda each: getattr(each, "__name__", each)
)
def test_at_each_size_it_is_the_network_of_that_size_to_the_bit(kind, written):
    open_, *sizes = SIZES[kind]
    net = network(written, open_, kind)
    for shape in (*sizes, sizes[0]):
        closed = network(written, shape, kind)
        closed.set_weights(net.get_weights())
        net.compile(optimizer="adam", loss="mse")
        net.engine.memory.seed = closed.engine.memory.seed
        x, y = rows(kind, shape, closed)
        for each in (net, closed):
            each.fit(x, y, batch_size=4, epochs=2, verbose=0)
        for own, other in zip(net.get_weights(), closed.get_weights(), strict=True):
            assert np.array_equal(own, other)
        assert np.array_equal(net.predict(x, verbose=0), closed.predict(x, verbose=0))
        assert net.evaluate(x, y, verbose=0) == closed.evaluate(x, y, verbose=0)
    assert net.input_shape == (None, *open_)
    assert len(closed.output_shape) == len(net.output_shape)


def convolutional(**running):
    return network(fully_convolutional, (None, None, 3), IMAGES, **running)


def pictures(*extents, count=8):
    x = RNG.normal(size=(count, *extents, 3)).astype("float32")
    return x, RNG.normal(size=(count, 2)).astype("float32")


SHAPES = [
    (layers.Conv2D(4, 3), (None, None, None, 3), (None, None, None, 4)),
    (layers.Conv2D(4, 3), (None, 9, None, 3), (None, 7, None, 4)),
    (layers.Conv2DTranspose(4, 3, strides=2), (None, None, 5, 3), (None, None, 11, 4)),
    (layers.Conv2D(2, 500, padding="same"), (None, None, None, 3), (None, None, None, 2)),
    (layers.MaxPooling1D(700), (None, None, 3), (None, None, 3)),
    (layers.GlobalAveragePooling3D(), (None, None, 4, None, 2), (None, 2)),
    (layers.AdaptiveMaxPooling1D(5), (None, None, 3), (None, 5, 3)),
    (layers.Reshape((-1, 3, 8)), (None, None, 4), (None, None, 3, 8)),
    (layers.Flatten(), (None, 2, None), (None, None)),
    (layers.RepeatVector(3), (None, None), (None, 3, None)),
    (layers.LSTM(4, return_sequences=True), (None, None, 3), (None, None, 4)),
    (layers.ZeroPadding1D(2), (None, None, 3), (None, None, 3)),
    (layers.Permute((2, 1)), (None, None, 3), (None, 3, None)),
    (layers.EinsumDense("abc,cd->abd", (None, 4)), (None, None, 3), (None, None, 4)),
]


@pytest.mark.parametrize(("layer", "given", "expected"), SHAPES)
def test_what_does_not_depend_on_an_open_extent_is_known(layer, given, expected):
    assert layer.compute_output_shape(given) == expected
    assert layer(Input(given[1:])).shape == expected


def test_attention_over_open_steps():
    x = Input((None, 4))
    y, scores = layers.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)
    assert (y.shape, scores.shape) == ((None, None, 4), (None, 2, None, None))


REFUSED = [
    (lambda x: layers.Dense(2)(layers.Flatten()(x)), "GlobalAveragePooling2D"),
    (lambda x: layers.PReLU()(x), "known shape"),
    (lambda x: layers.LayerNormalization(axis=(1, 2))(x), "known extent"),
    (lambda x: layers.Reshape((7, 7))(x), "for any extent"),
    (lambda x: Model(x, x * 2.0).plan, r"Input\(shape=\(28, 28, 3\)\)"),
    (lambda x: Model(x, x * 2.0).export("net.c"), "open extents"),
    (lambda x: Model(x, x * 2.0).to_torch(), "open extents"),
    (lambda x: Input((None, 0)), "or None"),
    (lambda x: Input((None, True)), "or None"),
    (lambda x: Model(x, layers.Conv2D(2, 5)(x)).predict(pictures(3, 3)[0], verbose=0), "fit into"),
    (lambda x: Model(x, x * 2.0).predict(np.ones((2, 4, 4, 5)), verbose=0), r"\(n, \?, \?, 3\)"),
    (lambda x: Model(x, x * 2.0).predict(np.ones((2, 4, 3)), verbose=0), r"\(n, \?, \?, 3\)"),
]


@pytest.mark.parametrize(("asked", "words"), REFUSED)
def test_what_needs_an_extent_says_so(asked, words):
    with pytest.raises(ValueError, match=words):
        asked(Input((None, None, 3)))


def test_batches_of_a_stream_may_differ_in_size():
    net, sizes = convolutional(), [(8, 8), (10, 6), (8, 8), (7, 9)]
    batches = [pictures(*extents, count=4) for extents in sizes]
    one_by_one = convolutional()
    one_by_one.set_weights(net.get_weights())
    net.fit(iter(batches), verbose=0)
    one_by_one.engine.memory.seed = net.engine.memory.seed
    for x, y in batches:
        one_by_one.train_on_batch(x, y)
    for a, b in zip(net.get_weights(), one_by_one.get_weights(), strict=True):
        assert np.array_equal(a, b)
    assert net.predict((x for x, _ in batches), verbose=0).shape == (16, 2)
    everywhere = Model(net.inputs[0], net.layers[0].output)
    with pytest.raises(ValueError, match="several sizes"):
        everywhere.predict((x for x, _ in batches), verbose=0)


def test_validation_rows_may_be_of_another_size():
    net, held = convolutional(), pictures(6, 13)
    history = net.fit(*pictures(12, 12), validation_data=held, verbose=0)
    assert history.history["val_loss"] == [net.evaluate(*held, verbose=0)]


def test_a_file_keeps_the_open_extents_and_training_goes_on(tmp_path):
    net, rows = convolutional(), pictures(9, 9)
    net.fit(*rows, verbose=0)
    net.save(tmp_path / "net.safetensors")
    again = pellucid.load(tmp_path / "net.safetensors")
    assert again.input_shape == (None, None, None, 3)
    for each in (net, again):
        each.fit(*rows, verbose=0)
    for a, b in zip(net.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_a_sequential_of_open_extents():
    net = Sequential([Input((None, 3)), layers.GRU(4), layers.Dense(1)])
    assert net.output_shape == (None, 1)
    other = Sequential([layers.Conv1D(4, 2, input_shape=(None, 3)), layers.GlobalMaxPooling1D()])
    assert Sequential.from_config(other.get_config()).input_shape == (None, None, 3)
    assert other.predict(np.ones((2, 7, 3)), verbose=0).shape == (2, 4)


def test_what_is_shown_says_what_is_not_known():
    net, pages = convolutional(), []
    net.summary(print_fn=pages.append)
    assert "(n, ?, ?, 4)" in pages[0]
    assert re.search(r"together +\d+ +\?", pages[0])
    rows = pictures(8, 8, count=4)
    recording = net.record(*rows)
    assert recording["X"].shape == (4, 8, 8, 3)
    assert "∗" in str(net.plan)
    assert not net.check_gradients(*rows, places=3).wrong


def test_a_program_is_written_for_rows_of_a_size(tmp_path):
    net = convolutional()
    net.export(tmp_path / "net.py", pictures(6, 6)[0])
    x = Input((6, 6, 3))
    assert Model(x, net(x)).predict(pictures(6, 6)[0], verbose=0).shape == (8, 2)


def test_the_plans_of_the_sizes_seen_last_are_kept():
    net = Sequential([Input((None, 2)), layers.GlobalMaxPooling1D()])
    for length in range(1, 40):
        assert net.predict(np.ones((1, length, 2)), verbose=0).shape == (1, 2)
    assert len(net._ready().sizes) == 32


def test_a_class_of_ones_own_takes_rows_of_any_size():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = layers.Conv2D(3, 2), layers.GlobalAveragePooling2D()

        def call(self, x):
            return self.last(self.first(x))

    net = Own()
    net.build((None, None, None, 3))
    assert net.output_shape == (None, 3)
    assert [net.predict(pictures(*each)[0], verbose=0).shape for each in ((4, 5), (6, 3))] == [
        (8, 3),
        (8, 3),
    ]


def test_it_trains_by_jax():
    pytest.importorskip("jax")
    by_numpy, by_jax = convolutional(executor="numpy"), convolutional(executor="jax")
    by_jax.set_weights(by_numpy.get_weights())
    for extents in ((8, 8), (6, 9)):
        rows = pictures(*extents)
        for net in (by_numpy, by_jax):
            net.engine.memory.seed = 7
            net.fit(*rows, verbose=0, shuffle=False)
    for a, b in zip(by_numpy.get_weights(), by_jax.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
