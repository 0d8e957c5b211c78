"""Layers: against differences, row by row, from their configuration, at edges, and when misused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pellucid import Model, layers, ops
from pellucid.equations.arithmetic import Square
from pellucid.equations.pooling import MaxPoolGradient
from pellucid.equations.reductions import Sum
from pellucid.initializers import Constant
from pellucid.layers.calling import parameters_of
from pellucid.layers.preprocessing import Moments
from pellucid.layers.training import Training
from pellucid.models import load_model
from pellucid.networks.network import Network
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.settings import register
from pellucid.tensor import Tensor, setting
from tests.contract import layers as contract
from tests.contract.gradients import check_gradients
from tests.contract.rows import draw

IMAGE, SEQUENCE, ROW = (6, 5, 2), (4, 3), (6,)


@register
def doubled(x):
    return x * 2


#: a layer, the shape of one row of each input, and whether a row's output depends on it alone
EXAMPLES = [
    (layers.InputLayer((6,)), [ROW], True),
    (layers.Dense(3, "tanh"), [ROW], True),
    (layers.Activation("relu"), [ROW], True),
    (layers.Elementwise("multiply", (6,)), [ROW], True),
    (layers.Flatten(), [IMAGE], True),
    (layers.Reshape((3, -1)), [ROW], True),
    (layers.Rescaling(0.5, -1.0), [ROW], True),
    (layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 0.25]), [IMAGE], True),
    (layers.Dropout(0.5), [ROW], False),
    (layers.GaussianNoise(0.1), [ROW], False),
    (layers.BatchNormalization(), [IMAGE], False),
    (layers.LayerNormalization(), [IMAGE], True),
    (layers.LayerNormalization(axis=[1, 2]), [IMAGE], True),
    (layers.Embedding(7, 3), [(4,)], True),
    (layers.Masking(), [SEQUENCE], True),
    (layers.Identity(), [ROW], True),
    (layers.ActivityRegularization(0.1), [ROW], True),
    (layers.Lambda(doubled), [ROW], True),
    (layers.Attention(True), [SEQUENCE, (5, 3)], True),
    (layers.AdditiveAttention(), [SEQUENCE, (5, 3), (5, 3)], True),
    (layers.MultiHeadAttention(2, 3), [SEQUENCE, (5, 2)], True),
    (layers.Scaling(), [ROW], True),
    (layers.ParametricActivation("mish"), [ROW], True),
    (layers.PeriodicEmbedding(3, 4), [ROW], True),
    (layers.PLREmbedding(2, 4, 0.1), [ROW], True),
    (layers.Conv2D(3, 3, strides=2, padding="same", activation="relu"), [IMAGE], True),
    (layers.Conv2D(3, (2, 1), use_bias=False), [IMAGE], True),
    (layers.Conv2D(4, 2, dilation_rate=2, groups=2, strides=2), [IMAGE], True),
    (layers.Conv1D(3, 2, activation="tanh"), [SEQUENCE], True),
    (layers.Conv1D(2, 3, padding="causal"), [SEQUENCE], True),
    (layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2), [IMAGE], True),
    (layers.DepthwiseConv1D(2), [SEQUENCE], True),
    (layers.SeparableConv2D(3, 2, padding="same", dilation_rate=2), [IMAGE], True),
    (layers.SeparableConv1D(2, 2), [SEQUENCE], True),
    (layers.Conv2DTranspose(2, 3, strides=(1, 2)), [IMAGE], True),
    (layers.Conv1DTranspose(2, 2, strides=3), [SEQUENCE], True),
    (layers.GroupNormalization(2), [IMAGE], True),
    (layers.RMSNormalization(axis=[1, 2]), [SEQUENCE], True),
    (layers.UnitNormalization(), [SEQUENCE], True),
    (layers.Dropout(0.4, noise_shape=(None, 1, 3)), [SEQUENCE], False),
    (layers.SpatialDropout1D(0.5), [SEQUENCE], False),
    (layers.SpatialDropout2D(0.5), [IMAGE], False),
    (layers.AlphaDropout(0.3), [ROW], False),
    (layers.GaussianDropout(0.3), [ROW], False),
    (layers.Operation(Square()), [ROW], True),
    (layers.Bidirectional(layers.LSTM(2, return_sequences=True), "mul"), [SEQUENCE], True),
    (layers.Bidirectional(layers.SimpleRNN(2), "ave"), [SEQUENCE], True),
    (layers.TimeDistributed(layers.Conv1D(2, 2)), [IMAGE], True),
    (layers.MaxPooling2D(), [IMAGE], True),
    (layers.MaxPooling1D(), [SEQUENCE], True),
    (layers.AveragePooling1D(3, strides=2, padding="same"), [SEQUENCE], True),
    (layers.GlobalMaxPooling2D(keepdims=True), [IMAGE], True),
    (layers.GlobalMaxPooling1D(), [SEQUENCE], True),
    (layers.GlobalAveragePooling1D(), [SEQUENCE], True),
    (layers.ZeroPadding1D(), [SEQUENCE], True),
    (layers.ZeroPadding2D(((1, 0), (2, 3))), [IMAGE], True),
    (layers.Cropping1D((2, 0)), [SEQUENCE], True),
    (layers.Cropping2D((1, 2)), [IMAGE], True),
    (layers.UpSampling1D(), [SEQUENCE], True),
    (layers.UpSampling2D(3), [IMAGE], True),
    (layers.Permute((3, 1, 2)), [IMAGE], True),
    (layers.RepeatVector(2), [ROW], True),
    (layers.ReLU(1.0, 0.1, 0.2), [ROW], True),
    (layers.LeakyReLU(0.1), [ROW], True),
    (layers.ELU(), [ROW], True),
    (layers.PReLU(), [IMAGE], True),
    (layers.Softmax(1), [SEQUENCE], True),
    (layers.Dot(-1, normalize=True), [ROW, ROW], True),
    (layers.Dot(2), [SEQUENCE, SEQUENCE], True),
    (layers.AveragePooling2D(3, strides=2, padding="same"), [IMAGE], True),
    (layers.GlobalAveragePooling2D(), [IMAGE], True),
    (layers.SimpleRNN(3, return_sequences=True), [SEQUENCE], True),
    (layers.LSTM(3, go_backwards=True), [SEQUENCE], True),
    (layers.LSTM(3, use_bias=False), [SEQUENCE], True),
    (layers.GRU(3), [SEQUENCE], True),
    (layers.GRU(3, use_bias=False), [SEQUENCE], True),
    *((merge(), [ROW, ROW, ROW], True) for merge in (
        layers.Add, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum,
        layers.Concatenate,
    )),
    (layers.Subtract(), [ROW, ROW], True),
]  # fmt: skip
EXAMPLES += [
    (type(row.layer)(**row.layer.settings()), [each.shape[1:] for each in row.arrays], True)
    for row in contract.ROWS
    if type(row.layer) not in {type(layer) for layer, *_ in EXAMPLES}
]
IDS = [repr(layer) for layer, *_ in EXAMPLES]


def rows_for(layer, shapes, count=3):
    """Inputs for a layer: `count` rows of each shape."""
    if layer.input_dtype == "int":
        return [np.random.default_rng(1).integers(0, layer.input_dim, (count, *shapes[0]))]
    return [draw(count, *shape, seed=at) for at, shape in enumerate(shapes)]


def fresh(layer, shapes):
    """The same layer, built, its weights moved off where they start."""
    layer = type(layer).from_config(layer.config())
    build_for(layer, shapes)
    layer.set_weights([draw(*w.shape, seed=5, low=0.2, high=1.0) for w in layer.weights])
    return layer


def write(layer, tensors, training=None):
    if layer.several_inputs:
        return first(layer.write(list(tensors), training))
    further = dict(zip(parameters_of(type(layer).call)[1:], tensors[1:], strict=False))
    return first(layer.write(tensors[0], training, **further))


def first(given):
    """What a layer gives, of several the first."""
    return given[0] if isinstance(given, (list, tuple)) else given


def build_for(layer, shapes):
    first, *others = [(None, *shape) for shape in shapes]
    names = [f"{name}_shape" for name in parameters_of(type(layer).call)[1:]]
    further = dict(zip(names, others, strict=False)) if not layer.several_inputs else {}
    layer.build_for([first, *others] if layer.several_inputs else first, **further)


def apply(layer, *arrays):
    """The layer's output outside training, from arrays."""
    inputs = [Tensor((None, *a.shape[1:]), "X", role="input") for a in arrays]
    y = write(layer, inputs)
    weights = {weight.tensor: weight.value for weight in layer.weights}
    return interpret(trace([y]), {**dict(zip(inputs, arrays, strict=True)), **weights}, np)[y]


def chance():
    return Training(setting(11), setting(5))


def test_every_layer_has_an_example():
    known = {kind for kind in layers.Layer.members() if not issubclass(kind, Network)}
    assert {type(layer) for layer, *_ in EXAMPLES} >= known


FAMILIES = ("activation", "initializer", "regularizer", "constraint")
NAMING = [
    pytest.param(layer, name, id=f"{type(layer).__name__}-{name}")
    for layer in {type(layer): layer for layer, *_ in EXAMPLES}.values()
    for name in layer.settings()
    if name.endswith(FAMILIES)
]


@pytest.mark.parametrize(("layer", "name"), NAMING)
def test_a_misspelt_name_fails_where_it_is_written(layer, name):
    assert type(layer)(**layer.settings()).settings() == layer.settings()
    with pytest.raises(ValueError, match=r"unknown .* 'no such': "):
        type(layer)(**layer.settings() | {name: "no such"})


@pytest.mark.parametrize("training", [None, chance()], ids=["predict", "train"])
@pytest.mark.parametrize(("layer", "shapes", "_"), EXAMPLES, ids=IDS)
def test_gradient_of_inputs_and_weights(layer, shapes, _, training):
    layer = fresh(layer, shapes)
    inputs = rows_for(layer, shapes)
    states = [at for at, w in enumerate(layer.weights, len(inputs)) if not w.trainable]

    def output(*tensors):
        for weight, tensor in zip(layer.weights, tensors[len(inputs) :], strict=True):
            weight.tensor = tensor
        return write(layer, tensors[: len(inputs)], training)

    values = [weight.value for weight in layer.weights]
    check_gradients(output, [*inputs, *values], constant=states)


@pytest.mark.parametrize(
    ("layer", "shapes"), [(a, b) for a, b, alone in EXAMPLES if alone],
    ids=[repr(a) for a, _, alone in EXAMPLES if alone],
)  # fmt: skip
def test_rows_are_independent(layer, shapes):
    layer = fresh(layer, shapes)
    rows = rows_for(layer, shapes)
    single = [apply(layer, *(a[at : at + 1] for a in rows)) for at in range(len(rows[0]))]
    np.testing.assert_allclose(apply(layer, *rows), np.concatenate(single), atol=1e-12)


@pytest.mark.parametrize(("layer", "shapes", "_"), EXAMPLES, ids=IDS)
def test_an_equal_layer_comes_from_its_configuration(layer, shapes, _):
    again = layers.Layer.get(json.loads(json.dumps(layer.described())))
    assert again.described() == layer.described()
    build_for(again, shapes)
    assert [w.shape for w in again.weights] == [w.shape for w in fresh(layer, shapes).weights]


@pytest.mark.parametrize(("layer", "shapes", "_"), EXAMPLES, ids=IDS)
def test_every_plan_prints(layer, shapes, _):
    tensors = [Tensor((None, *shape), "X", role="input") for shape in shapes]
    y = write(type(layer).from_config(layer.config()), tensors, chance())
    plan = Plan(tensors, [y])
    plan.loss = Sum()(Square()(y))
    plan.lines = trace([plan.loss])
    plan.parameters = tuple(t for line in plan.lines for t in line.inputs if t.role == "parameter")
    plan = plan.with_gradients()
    assert "?" not in str(plan) + plan.latex()


def test_dropout_keeps_the_sum_on_average_and_repeats_by_seed():
    x = np.ones((200, 100), np.float32)
    once, again, later, own = (
        run_chance(layers.Dropout(0.25, seed=seed), x, step)
        for seed, step in [(None, 1), (None, 1), (None, 2), (3, 1)]
    )
    assert set(np.unique(once)) == {np.float32(0), np.float32(1 / 0.75)}
    assert once.dtype == np.float32
    assert abs(once.mean() - 1) < 0.02
    assert np.array_equal(once, again)
    assert not np.array_equal(once, later)
    assert not np.array_equal(once, own)


def test_noise_has_its_standard_deviation():
    noise = run_chance(layers.GaussianNoise(0.5), np.zeros((200, 100)), 1)
    assert abs(noise.std() - 0.5) < 0.01
    assert abs(noise.mean()) < 0.01


def run_chance(layer, x, step):
    tensor = Tensor((None, *x.shape[1:]), "X", role="input")
    y = layer.write(tensor, Training(setting(9), setting(step)))
    return interpret(trace([y]), {tensor: x}, np)[y]


def test_batch_normalization_follows_the_batches_only_while_it_trains():
    x = draw(50, 3)
    layer = fresh(layers.BatchNormalization(momentum=0.9), [(3,)])
    training, tensor = chance(), Tensor((None, 3), "X", role="input")
    y = layer.write(tensor, training)
    moved = list(training.assignments.values())
    given = {tensor: x, **{w.tensor: w.value for w in layer.weights}}
    values = interpret(trace([y, *moved]), given, np)
    for weight, tensor_, now in zip(layer.weights[2:], moved, (x.mean(0), x.var(0)), strict=True):
        np.testing.assert_allclose(values[tensor_], 0.9 * weight.value + 0.1 * now, rtol=1e-6)
    layer.trainable, still = False, chance()
    layer.write(Tensor((None, 3)), still)
    assert not still.assignments


def test_whole_channels_are_dropped():
    x = np.ones((50, 7, 6))
    for layer in (layers.SpatialDropout1D(0.5), layers.Dropout(0.5, noise_shape=(None, 1, 6))):
        y = run_chance(layer, x, 1)
        assert np.array_equal(y, np.broadcast_to(y[:, :1], y.shape))
        assert set(np.unique(y)) == {0.0, 2.0}


def test_dropout_for_selu_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=(300, 300))
    for layer in (layers.AlphaDropout(0.2), layers.GaussianDropout(0.2)):
        y = run_chance(layer, x, 1)
        assert abs(y.mean()) < 0.02
        spread = 1.0 if isinstance(layer, layers.AlphaDropout) else 1.25**0.5
        assert abs(y.std() - spread) < 0.02


def test_arguments_that_say_what_is_so():
    layers.LSTM(3, dropout=0.0, recurrent_dropout=0, stateful=False, unroll=True)
    layers.Conv2D(3, 3, data_format="channels_last", dtype="float32", kernel_constraint=None)
    assert "dtype" not in layers.Dense(3, dtype="float32").config()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(layers.LSTMCell, (None, 3)), (layers.LSTM, (None, 4, 3))],
    ids=["cell", "layer"],
)
def test_the_bias_of_an_lstm_begins_as_asked(layer, shape):
    found = layer(2, unit_forget_bias=False, bias_initializer=Constant(0.5))
    found.build(shape)
    assert found.get_weights()[2].tolist() == [0.5] * 8


def test_a_layer_on_arrays():
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    layer = layers.Dense(3)
    y = layer(x)
    np.testing.assert_allclose(y, x @ layer.get_weights()[0], rtol=1e-6)
    tensor = layers.Input((4,))
    net = Model(tensor, [layer(tensor), layer(2 * tensor)])
    for found, expected in zip(net(x, training=False), (y, 2 * y), strict=True):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_operators_between_layers(tmp_path):
    x = layers.Input((4,))
    h = layers.Dense(4, name="h")(x)
    y = h
    y += x
    y = ops.relu(2 * y - x / 3)[:, 1:3]
    net = Model(x, layers.Dense(2)(ops.concatenate([y, h], axis=-1)))
    names = "h add multiply divide subtract relu pick concatenate dense"
    assert [layer.name for layer in net.layers] == names.split()
    a = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    h = a @ net.get_weights()[0]
    y = np.maximum(2 * (h + a) - a / 3, 0)[:, 1:3]
    expected = np.concatenate([y, h], -1) @ net.get_weights()[2]
    np.testing.assert_allclose(net.predict(a, verbose=0), expected, rtol=1e-5, atol=1e-6)
    net.save(tmp_path / "net.safetensors")
    again = load_model(tmp_path / "net.safetensors")
    assert np.array_equal(again.predict(a, verbose=0), net.predict(a, verbose=0))


def test_both_ways_through_a_sequence_is_its_own_reverse():
    x = draw(3, 4, 3)
    layer = fresh(layers.Bidirectional(layers.LSTM(2, return_sequences=True)), [SEQUENCE])
    forward, backward = layer.within
    backward.set_weights(forward.get_weights())
    y, turned = apply(layer, x), apply(layer, x[:, ::-1])
    np.testing.assert_allclose(y[..., :2], turned[:, ::-1, 2:], atol=1e-12)


def test_max_pooling_sends_the_gradient_to_the_first_of_equals():
    pooled = MaxPoolGradient(pool=(2, 2), strides=(1, 1), padding="valid")
    x = np.zeros((1, 2, 3, 1))
    x[0, 0, 1] = x[0, 1, 1] = 1.0
    dx = pooled.run(np, np.array([[[[2.0], [3.0]]]]), np.ones((1, 1, 2, 1)), x)
    assert dx[0, :, :, 0].tolist() == [[0, 5, 0], [0, 0, 0]]


def test_padding_never_wins_and_is_left_out_of_the_mean():
    x = np.full((1, 3, 3, 1), -2.0)
    for pooling in (layers.MaxPooling2D, layers.AveragePooling2D):
        y = apply(pooling(2, padding="same"), x)
        np.testing.assert_array_equal(y, np.full((1, 2, 2, 1), -2.0))


def test_same_padding_puts_the_odd_one_behind():
    layer = layers.Conv2D(1, (1, 2), padding="same", use_bias=False)
    layer.build_for((None, 1, 4, 1))
    layer.set_weights([np.array([1.0, 10.0]).reshape(1, 2, 1, 1)])
    y = apply(layer, np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 1, 4, 1))
    assert y.ravel().tolist() == [21, 32, 43, 4]


@pytest.mark.parametrize("axis", [-1, 1, (1, 2), None])
def test_normalization_adapts_to_arrays_and_batches(axis):
    x = np.random.default_rng(0).integers(0, 256, (50, 4, 3), dtype=np.uint8)
    kept = () if axis is None else (axis,) if isinstance(axis, int) else axis
    over = tuple(at for at in range(3) if at not in [each % 3 for each in kept])
    for data in (
        x,
        [row.tolist() for row in x],
        iter([x[:7], x[7:]]),
        iter([(x[:49], 0), (x[49:], 1)]),
    ):
        layer = layers.Normalization(axis=axis)
        layer.adapt(data)
        mean, variance = layer.get_weights()
        np.testing.assert_allclose(mean, x.mean(over), rtol=1e-6)
        np.testing.assert_allclose(variance, x.var(over), rtol=1e-6)
        y = apply(layer, x.astype(np.float64))
        np.testing.assert_allclose(y.mean(over), 0, atol=1e-5)
        np.testing.assert_allclose(y.std(over), 1, rtol=1e-5)


def test_moments_keep_their_digits_far_from_zero():
    x = 1e8 + np.random.default_rng(0).normal(size=(1000, 2))
    moments = Moments()
    for piece in np.array_split(x, 7):
        moments.add(piece, 1)
    np.testing.assert_allclose(moments.variance, x.var(0), rtol=1e-7)


def test_lstm_starts_with_its_forget_gate_open():
    layer = layers.LSTM(2)
    layer.build_for((None, 5, 3))
    assert layer.get_weights()[2].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


def test_input_announces_a_shape_and_a_dtype():
    x = layers.Input(shape=(28, 28), dtype="int32", name="picture")
    assert (x.shape, x.role, x.dtype, x.name) == ((None, 28, 28), "input", "int", "picture")
    assert layers.InputLayer((5,)).given_shape == (None, 5)
    assert layers.Embedding(1000, 8).given_shape is None


MISTAKES = [
    (lambda: layers.Input(), "shape of one row"),
    (lambda: layers.Input(shape=784), r"Input\(shape=\(784,\)\)"),
    (lambda: layers.Input(shape=(0, 3)), "number of rows is left out"),
    (lambda: layers.Dense(3, input_shape=(4, "x")).given_shape, r"got \(4, 'x'\)"),
    (lambda: layers.Dense(3, input_dim=True).given_shape, r"got \(True,\)"),
    (lambda: build(layers.Softmax(axis=9), (3, 4)), r"no axis 9 in \(n, 3, 4\)"),
    (lambda: build(layers.PReLU(shared_axes=[9]), (3, 4)), r"no axis 9 in \(n, 3, 4\)"),
    (lambda: layers.Concatenate(7)([layers.Input((3,))] * 2), r"no axis 7 in \(n, 3\)"),
    (lambda: ops.concatenate([layers.Input((3,))] * 2, 7), r"no axis 7 in \(n, 3\)"),
    (lambda: ops.flip(layers.Input((3,)), 7), r"no axis 7 in \(n, 3\)"),
    (lambda: ops.sum(layers.Input((3,)), (1, -1)), r"a dimension of \(n, 3\) twice"),
    (lambda: ops.sum(layers.Input((3,)), (1, 7)), r"no axis 7 in \(n, 3\)"),
    (lambda: build(layers.Conv2D(4, 3), (28, 28)), r"images .* got \(n, 28, 28\)"),
    (lambda: build(layers.Conv2D(4, 5), (4, 9, 1)), "larger than the image of 4x9"),
    (lambda: build(layers.MaxPooling2D(3), (2, 2, 1)), 'padding="same"'),
    (lambda: build(layers.Conv2D(4, (3, 3, 3)), (9, 9, 1)), "or two of them"),
    (lambda: build(layers.Conv2D(4, 3, strides=0), (9, 9, 1)), "strides must be"),
    (lambda: build(layers.Conv2D(4, 3, padding="some"), (9, 9, 1)), "did you mean 'same'"),
    (lambda: build(layers.Reshape((3, -1)), (8,)), r"\(8 numbers\) the shape \(3, -1\)"),
    (lambda: build(layers.Reshape((2, 2)), (8,)), "must stay the same"),
    (lambda: build(layers.Flatten(), (None, 8)), "known shape"),
    (lambda: build(layers.LSTM(3), (8,)), r"sequences .* got \(n, 8\)"),
    (lambda: build(layers.GRU(3, activation="softmax"), (4, 8)), "such as 'tanh'"),
    (lambda: build(layers.Dropout(1.5), (8,)), "rate must be 0 or more and below 1, got 1.5"),
    (lambda: build(layers.Dense(3, rates=-1), (8,)), "rates are numbers from 0 to .* got -1"),
    (lambda: build(layers.Dense(3, rates=1e39), (8,)), r"from 0 to 1e\+18, got 1e\+39"),
    (lambda: build(layers.Dense(3, decays={"kernel": "a"}), (8,)), r"decays=\{'kernel': 0\.1\}"),
    (lambda: build(layers.Dense(3, rates={"kernle": 1}), (8,)), "did you mean 'kernel'"),
    (lambda: build(layers.Scaling(), (4, 8)), "rows of a known width"),
    (lambda: build(layers.PeriodicEmbedding(1), (8,)), "units is a whole number of 2 or more"),
    (lambda: build(layers.PLREmbedding(0), (8,)), "units is a whole number of 1 or more, got 0"),
    (lambda: build(layers.Dense(2**44), (8,)), "need 512.0 TiB of memory, and this machine has"),
    (lambda: build(layers.GaussianNoise(-1), (8,)), "stddev must be 0 or more, got -1"),
    (lambda: build(layers.BatchNormalization(axis=0), (8,)), "axis 0"),
    (lambda: build(layers.LayerNormalization(axis=3), (8,)), "axis 3"),
    (lambda: build(layers.Normalization(mean=0.0), (8,)), "both mean and variance"),
    (lambda: layers.Normalization().adapt(iter([])), "no data"),
    (lambda: build(layers.Add(), [(8,)]), "two tensors or more"),
    (lambda: build(layers.Add(), [(8,), (2, 8)]), "as many dimensions"),
    (lambda: build(layers.Subtract(), [(8,)] * 3), "exactly two"),
    (lambda: build(layers.Concatenate(), [(2, 8), (3, 8)]), "cannot be joined"),
    (lambda: layers.Input((4, 3))[:, 5], "index 5"),
    (lambda: layers.Input((4, 3))[0], "index 0"),
    (lambda: layers.Input((4, 3))[:, "a"], "whole numbers"),
    (lambda: build(layers.Conv2D(4, 3, dilation_rate=0), (9, 9, 1)), "dilation_rate must be"),
    (lambda: build(layers.Conv2D(4, 3, dilation_rate=9), (9, 9, 1)), r"\(19, 19\) is larger"),
    (lambda: build(layers.Conv2D(4, 3, groups=2), (9, 9, 3)), "groups must go into the 3 channels"),
    (lambda: build(layers.Conv1D(4, 3, strides=(1, 1)), (9, 3)), "number of 1 or more; got"),
    (lambda: build(layers.Conv2D(4, 3, padding="causal"), (9, 9, 1)), "unknown padding 'causal'"),
    (lambda: build(layers.ZeroPadding2D((1, 2, 3)), (9, 9, 1)), r"got \(1, 2, 3\)"),
    (lambda: build(layers.ZeroPadding1D(-1), (9, 1)), "0 or more for every side"),
    (lambda: build(layers.Cropping1D((5, 4)), (9, 1)), "nothing of 9 places is left"),
    (
        lambda: build(layers.UpSampling2D(2, interpolation="cubic"), (9, 9, 1)),
        "interpolation 'cubic'",
    ),
    (lambda: build(layers.Permute((1, 3)), (9, 1)), r"1 to 2 of \(n, 9, 1\)"),
    (lambda: layers.RepeatVector(0), "n must be a whole number of 1 or more, got 0"),
    (lambda: layers.RepeatVector("3"), "n is a whole number, got '3'"),
    (lambda: layers.Dense("3"), "units must be a whole number of 1 or more, got '3'"),
    (lambda: layers.Embedding(3.0, 2), r"input_dim must be a whole number .*, got 3\.0"),
    (lambda: layers.Conv2D(4, (1, 0)), r"kernel_size must be .*; got \(1, 0\)"),
    (lambda: layers.Conv2D(3, 3, groups=2), "groups=2 and filters=3"),
    (lambda: layers.MaxPooling1D("2"), "pool_size must be .*; got '2'"),
    (lambda: layers.Reshape((-1, -1)), "one may be −1"),
    (lambda: layers.Cropping1D((1, 2, 3)), r"got \(1, 2, 3\)"),
    (lambda: layers.LayerNormalization({"axis": 1}), "axis is a whole number, or a list"),
    (lambda: layers.LayerNormalization([1, 1]), "names each axis once"),
    (lambda: layers.GroupNormalization(1.5), r"groups must be .*, got 1\.5"),
    (lambda: layers.Dropout(0.1, noise_shape=3), "noise_shape has .*, got 3"),
    (lambda: layers.LeakyReLU(None), "negative_slope must be a number, got None"),
    (lambda: layers.ReLU(threshold=None), "threshold must be 0 or more, got None"),
    (lambda: layers.Attention(score_mode="add"), "unknown score_mode 'add'"),
    (lambda: layers.MultiHeadAttention(2, 3, output_shape=1.5), r"output_shape .*, got 1\.5"),
    (lambda: build(layers.ReLU(-1.0), (9,)), r"max_value must be 0 or more, got -1\.0"),
    (lambda: build(layers.Dot(1), [(3,), (4,)]), "as long in both"),
    (lambda: build(layers.GroupNormalization(2), (9, 3)), "groups must go into the channels"),
    (lambda: build(layers.Bidirectional(layers.Dense(2)), (4, 3)), "such as LSTM; got Dense"),
    (lambda: build(layers.Bidirectional(layers.GRU(2), "max"), (4, 3)), "merge_mode 'max'"),
    (
        lambda: build(layers.Bidirectional(layers.GRU(2), backward_layer=layers.GRU(2)), (4, 3)),
        "go_backwards=True for the second",
    ),
    (lambda: write_noise(layers.SpatialDropout2D(0.5), (4, 3)), "expects images"),
    (lambda: write_noise(layers.Dropout(0.5, noise_shape=(1, 3)), (4, 3)), r"got \(1, 3\)"),
    (lambda: layers.Dense(3, dtype="float64"), "the dtype is the network's"),
    (lambda: layers.Dense(3)(layers.Input((4,)), training=True), "up to fit and predict"),
    (lambda: layers.Conv2D(4, 3, dilated=2), "no argument 'dilated'"),
]


def write_noise(layer, shape):
    return layer.write(Tensor((None, *shape)), chance())


def build(layer, shape):
    shapes = shape if isinstance(shape, list) else [shape]
    return write(layer, [Tensor((None, *each), role="input") for each in shapes])


@pytest.mark.parametrize(("mistake", "words"), MISTAKES, ids=[words for _, words in MISTAKES])
def test_mistakes_are_named(mistake, words):
    with pytest.raises((ValueError, TypeError, IndexError), match=words):
        mistake()
