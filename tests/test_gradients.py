"""Checking gradients: planted mistakes are found where they are, healthy networks have none."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid import Sequential, layers, losses
from pellucid.equations.activations import Sigmoid, Softmax, Tanh
from pellucid.equations.arithmetic import Square
from pellucid.equations.linear import Affine, Product
from pellucid.equations.losses import Loss
from pellucid.equations.normalisation import Standardize
from pellucid.equations.reductions import Mean, SumTo
from tests.nets import classes, numbers, one_hot
from tests.test_executor import NETWORKS
from tests.test_recording import everything

WIDTH, ROWS = 4, 6
BEFORE = {"X", "W1", "b1"}


class Twice(Affine):
    """(X·W)·W + b"""

    def run(self, xp, x, w, b):
        return xp.matmul(xp.matmul(x, w), w) + b


class WithoutSlope(Loss):
    """The mean of squares, whose slope has no 2."""

    row_text = row_latex = "({p} − {y})²"

    def values(self, xp, p, y):
        return xp.mean(xp.square(p - y), axis=-1)

    def slope(self, xp, p, y):
        return (p - y) / p.shape[-1]


def of_affine(dx=None, dw=None, db=None):
    """The gradient of Z = X·W + b, but for what is given."""

    def gradient(self, dz, z, x, w, b):
        return (
            dx(dz, w) if dx else Product("b")(dz, w),
            dw(dz, x) if dw else Product("a")(x, dz),
            db(dz, b) if db else SumTo()(dz, b),
        )

    return gradient


def shared_once(self, dz, z, x, w, b):
    back = Product("b")(dz, w)
    return Product("b")(back, w), Product("a")(Product()(x, w), dz), SumTo()(dz, b)


def by_rows(dz, y):
    return (Mean(axis=(0,), keepdims=True)(dz) + 0 * dz,)


#: what is wrong: the equation, its gradient as planted, and the gradients that it makes wrong
PLANTED = {
    "W transposed in dX": (Affine, of_affine(dx=lambda dz, w: Product()(dz, w)), BEFORE),
    "dW transposed": (Affine, of_affine(dw=lambda dz, x: Product("a")(dz, x)), {"W2"}),
    "dW forgotten": (Affine, lambda self, dz, z, x, w, b: (Product("b")(dz, w), None,
                                                          SumTo()(dz, b)), {"W2"}),
    "db a mean of rows": (Affine, of_affine(db=lambda dz, b: Mean(axis=(0,))(dz)), {"b2"}),
    "a shared weight counted once": (Twice, shared_once, {"W2"}),
    "missing factor": (Square, lambda self, dy, y, x: (dy * x,), BEFORE),
    "wrong sign": (Tanh, lambda self, dy, y, x: (dy * (y * y - 1),), BEFORE),
    "dY forgotten": (Tanh, lambda self, dy, y, x: (1 - y * y,), BEFORE),
    "slope of the input": (Sigmoid, lambda self, dy, y, x: (dy * x * (1 - x),), BEFORE),
    "softmax by its diagonal": (Softmax, lambda self, dy, y, x: (dy * y * (1 - y),), BEFORE),
    "batch mean forgotten": (Standardize, lambda self, dy, y, x: (
        dy - y * Mean(axis=(0,), keepdims=True)(dy * y),), BEFORE),
    "variance taken as fixed": (Standardize, lambda self, dy, y, x: (
        dy - Mean(axis=(0,), keepdims=True)(dy),), BEFORE),
}  # fmt: skip


class Own(layers.Layer):
    """One equation, with weights where it reads them."""

    def __init__(self, equation, **named):
        super().__init__(**named)
        self.equation = equation

    def build(self, shape):
        self.read = []
        if isinstance(self.equation, Affine):
            w = self.add_weight((WIDTH, WIDTH), name="kernel").tensor.called("W")
            self.read = [w, self.add_weight((WIDTH,), name="bias").tensor.called("b")]

    def call(self, x, training=None):
        return self.equation(x, *self.read)


def own_network(equation, loss="mse"):
    keras.set_random_seed(7)
    own = [Own(equation)] if equation else []
    first = layers.Dense(WIDTH, "tanh", input_shape=(WIDTH,))
    net = Sequential([first, *own, layers.Dense(3)])
    net.compile("sgd", loss)
    return net, numbers(ROWS, WIDTH), numbers(ROWS, 3)


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_mistake_is_found_where_it_is(mistake):
    kind, gradient, wrong = PLANTED[mistake]
    settings = ((0,),) if kind is Standardize else ()
    planted = type("Planted", (kind,), {"gradient": gradient, "__doc__": mistake})
    net, x, y = own_network(planted(*settings))
    check = net.check_gradients(x, y)
    assert not check
    assert {each.name for each in check.wrong} == wrong
    if kind is not Twice:
        net, x, y = own_network(kind(*settings))
        assert net.check_gradients(x, y)


def test_a_mistake_in_a_loss():
    check = own_network(None, WithoutSlope())[0].check_gradients(
        numbers(ROWS, WIDTH), numbers(ROWS, 3)
    )
    assert [each.well for each in check] == [False] * len(check)
    for each in check:
        assert each.difference == pytest.approx(2 * each.derived, rel=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_healthy_networks(network):
    """Dense, convolution, batch and layer normalisation, dropout, embedding, LSTM, RNN, GRU."""
    net, x, y = network("float32")
    before = everything(net)
    check = net.check_gradients(x, y)
    assert check, f"\n{check}"
    assert sum(each.looked for each in check) > 50
    for old, new in zip(before, everything(net), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    "kind", [each for each in losses.Loss.members() if each.__module__.startswith("pellucid")]
)
def test_every_loss(kind):
    keras.set_random_seed(2)
    targets = {"classes": classes(ROWS), "one-hot": one_hot(ROWS), "probability": one_hot(ROWS),
               "sign": 2 * one_hot(ROWS) - 1}  # fmt: skip
    y = targets.get(kind.expects, np.abs(numbers(ROWS, 3)) + 0.1)
    activation = "softmax" if kind.expects in ("classes", "one-hot") else "sigmoid"
    net = Sequential([layers.Dense(3, activation, input_shape=(WIDTH,))])
    net.compile("sgd", kind())
    check = net.check_gradients(numbers(ROWS, WIDTH), y)
    assert check, f"\n{check}"


def test_a_kink_is_no_mistake_and_hides_none():
    """All inputs of ReLU are 0; then the layer after it is wrong as well."""

    def network(equation):
        zeros = layers.Dense(WIDTH, "relu", kernel_initializer="zeros", input_shape=(WIDTH,))
        net = Sequential([zeros, Own(equation), layers.Dense(3)])
        net.compile("sgd", "mse")
        return net.check_gradients(numbers(ROWS, WIDTH), numbers(ROWS, 3))

    keras.set_random_seed(3)
    check = network(Affine())
    assert check
    assert sum(each.kinks for each in check) == WIDTH * WIDTH + WIDTH
    kind, gradient, _ = PLANTED["wrong sign"]
    planted = type("Planted", (kind,), {"gradient": gradient, "__doc__": ""})
    wrong = network(planted())
    assert {each.name for each in wrong.wrong} == {"W1", "b1"}


def test_a_frozen_layer_is_checked_as_well():
    net = Sequential([layers.Dense(3, input_shape=(WIDTH,)), layers.BatchNormalization()])
    net.layers[1].trainable = False
    net.compile("sgd", "mse")
    check = net.check_gradients(numbers(ROWS, WIDTH), numbers(ROWS, 3), np.ones(ROWS))
    assert check
    assert {"state", "parameter", "input"} == {each.role for each in check}


def test_of_a_large_network_a_sample_is_looked_at():
    keras.set_random_seed(1)
    net = Sequential([layers.Dense(300, "tanh", input_shape=(50,)), layers.Dense(1)])
    net.compile("sgd", "mse")
    x, y = numbers(3, 50), numbers(3, 1)
    check = net.check_gradients(x, y)
    assert check
    assert [each.looked for each in check] == [40, 40, 40, 40, 1]
    assert [each.looked for each in net.check_gradients(x, y, places=5)] == [5, 5, 5, 5, 1]
    with pytest.raises(ValueError, match="places must be a whole number of 1 or more, got 0"):
        net.check_gradients(x, y, places=0)


def test_it_prints_as_a_table():
    net, x, y = own_network(None)
    check = net.check_gradients(x, y)
    lines = str(check).splitlines()
    assert lines[0].split() == [
        "gradient",
        "shape",
        "looked",
        "at",
        "largest",
        "error",
        "at",
        "derived",
        "by",
        "differences",
    ]
    assert [line.split()[0] for line in lines[1:]] == ["dX", "dW1", "db1", "dW2", "db2"]
    assert repr(check) == "<GradientCheck of 5 gradients, all well>"
    with pytest.raises(RuntimeError, match="before it is compiled"):
        Sequential([layers.Dense(1, input_shape=(2,))]).check_gradients([[1.0, 2.0]], [[1.0]])
