"""Layers against PyTorch in float64: values, and the gradients of inputs and weights."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers
from pellucid.equations.reductions import Sum
from pellucid.layers.training import Training
from pellucid.plan.derive import derive
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from tests.contract.rows import draw

torch = pytest.importorskip("torch")
functional = torch.nn.functional


def agree(layer, x, reference, training=None):
    """Compare a layer with `reference(x, *weights)`, on weights moved off where they start."""
    layer.build_for((None, *x.shape[1:]))
    weights = [draw(*w.shape, seed=3, low=0.1, high=1.0) for w in layer.weights]
    named = [Tensor((None, *x.shape[1:]), role="parameter"), *(w.tensor for w in layer.weights)]
    values = dict(zip(named, [x, *weights], strict=True))
    given = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in values.values()]
    expected = reference(*given)
    y, gradients = backward(layer.write(named[0], training), named, values)
    np.testing.assert_allclose(y, expected.detach().numpy(), atol=1e-10)
    (expected * torch.tensor(upstream(y.shape))).sum().backward()
    for tensor, other in zip(named, given, strict=True):
        if other.grad is not None:
            np.testing.assert_allclose(gradients[tensor], other.grad.numpy(), atol=1e-10)
    trained = [named[0], *(w.tensor for w in layer.weights if w.trainable)]
    assert set(gradients) >= {t for t in trained if values[t].dtype.kind == "f"}


def backward(y, wanted, values):
    up = Tensor(y.shape, "R", role="weight")
    total = Sum()(y * up)
    lines = trace([total])
    derived = derive(lines, total, wanted)
    lines += trace(derived.values(), [t for line in lines for t in line.outputs])
    shape = interpret(trace([y]), values, np)[y].shape
    found = interpret(lines, {**values, up: upstream(shape)}, np)
    return found[y], {tensor: found[gradient] for tensor, gradient in derived.items()}


def upstream(shape):
    return draw(*shape, seed=9)


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def channels_last(x):
    return x.permute(0, 2, 3, 1)


@pytest.mark.parametrize("strides", [1, (2, 3)])
@pytest.mark.parametrize("size", [(1, 1), (3, 2)])
def test_convolution(size, strides):
    def reference(x, w, b):
        y = functional.conv2d(channels_first(x), w.permute(3, 2, 0, 1), b, stride=strides)
        return channels_last(y)

    agree(layers.Conv2D(3, size, strides), draw(2, 7, 6, 2), reference)


def test_convolution_padded_alike_on_both_sides():
    def reference(x, w, b):
        y = functional.conv2d(channels_first(x), w.permute(3, 2, 0, 1), b, padding="same")
        return channels_last(y)

    agree(layers.Conv2D(3, (3, 5), padding="same"), draw(2, 6, 5, 2), reference)


@pytest.mark.parametrize(("size", "strides"), [(2, None), ((3, 2), (2, 1)), (2, 3)])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pooling(kind, size, strides):
    layer = {"max": layers.MaxPooling2D, "avg": layers.AveragePooling2D}[kind]
    pool = getattr(functional, f"{kind}_pool2d")
    agree(
        layer(size, strides), draw(2, 7, 6, 3),
        lambda x: channels_last(pool(channels_first(x), size, strides)),
    )  # fmt: skip


def test_batch_normalization_in_training():
    def reference(x, gamma, beta, *_):
        y = functional.batch_norm(channels_first(x), None, None, gamma, beta, True, eps=1e-3)
        return channels_last(y)

    agree(layers.BatchNormalization(), draw(3, 4, 2, 5), reference, Training())


def test_batch_normalization_by_moving_statistics():
    def reference(x, gamma, beta, mean, variance):
        statistics = mean.detach(), variance.detach()
        return functional.batch_norm(x, *statistics, gamma, beta, False, eps=1e-3)

    agree(layers.BatchNormalization(), draw(3, 5), reference)


def test_layer_normalization():
    agree(
        layers.LayerNormalization(epsilon=1e-5), draw(3, 4, 5),
        lambda x, gamma, beta: functional.layer_norm(x, (5,), gamma, beta),
    )  # fmt: skip


def test_embedding():
    numbers = np.array([[1, 4, 1], [0, 1, 1]])
    agree(layers.Embedding(6, 3), numbers, functional.embedding)


def load(module, **weights):
    """Put tensors that know where they came from into a module's weights."""
    return lambda x: torch.func.functional_call(module.double(), weights, (x,))[0]


@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("whole", [False, True])
def test_simple_rnn(steps, whole):
    def reference(x, w, u, b):
        run = load(torch.nn.RNN(3, 4, batch_first=True), weight_ih_l0=w.T, weight_hh_l0=u.T,
                   bias_ih_l0=b, bias_hh_l0=0 * b)  # fmt: skip
        return run(x) if whole else run(x)[:, -1]

    agree(layers.SimpleRNN(4, return_sequences=whole), draw(2, steps, 3), reference)


@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("whole", [False, True])
def test_lstm(steps, whole):
    def reference(x, w, u, b):
        run = load(torch.nn.LSTM(3, 4, batch_first=True), weight_ih_l0=w.T, weight_hh_l0=u.T,
                   bias_ih_l0=b, bias_hh_l0=0 * b)  # fmt: skip
        return run(x) if whole else run(x)[:, -1]

    agree(layers.LSTM(4, return_sequences=whole), draw(2, steps, 3), reference)


@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("whole", [False, True])
def test_gru(steps, whole):
    def torch_order(w):
        update, reset, candidate = w.split(4, dim=-1)
        return torch.cat([reset, update, candidate], dim=-1)

    def reference(x, w, u, b):
        w, u, b = map(torch_order, (w, u, b))
        run = load(torch.nn.GRU(3, 4, batch_first=True), weight_ih_l0=w.T, weight_hh_l0=u.T,
                   bias_ih_l0=b[0], bias_hh_l0=b[1])  # fmt: skip
        return run(x) if whole else run(x)[:, -1]

    agree(layers.GRU(4, return_sequences=whole), draw(2, steps, 3), reference)


def test_backwards_is_the_sequence_turned_around():
    x = draw(2, 5, 3)
    layer = layers.LSTM(4)
    backwards = layers.LSTM(4, go_backwards=True)
    for each in (layer, backwards):
        each.build_for((None, 5, 3))
        each.set_weights([draw(*w.shape, seed=1) for w in each.weights])
    tensor = Tensor((None, 5, 3), role="input")
    values = []
    for each, given in ((layer, x[:, ::-1]), (backwards, x)):
        y = each.write(tensor)
        weights = {w.tensor: w.value for w in each.weights}
        values.append(interpret(trace([y]), {tensor: given, **weights}, np)[y])
    np.testing.assert_array_equal(*values)
