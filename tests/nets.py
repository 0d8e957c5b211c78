"""Small networks and data that several tests share, and their plans run line by line."""

from __future__ import annotations

import numpy as np

import pellucid as keras
from pellucid import Input, Model, Sequential, layers, losses
from pellucid.layers.training import Training
from pellucid.networks.goals import Goal
from pellucid.networks.planning import written
from pellucid.plan.interpret import interpret

ROWS, WIDTH, CLASSES = 20, 4, 3


def numbers(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def classes(rows=ROWS, count=CLASSES, seed=1):
    return np.random.default_rng([seed, rows]).integers(0, count, rows)


def one_hot(rows=ROWS, count=CLASSES):
    return np.eye(count)[classes(rows, count)]


def clusters(rows=90, count=CLASSES, seed=2):
    """Rows that are easily told apart: (x, class)."""
    y = np.arange(rows) % count
    return 4 * np.eye(count, WIDTH)[y] + 0.3 * numbers(rows, WIDTH, seed=seed), y


def classifier(
    optimizer="adam",
    *,
    dtype="float32",
    seed=3,
    dropout=0.0,
    metrics=("accuracy",),
    executor="auto",
):
    """A compiled network of two dense layers for class numbers."""
    keras.set_random_seed(seed)
    between = [layers.Dropout(dropout)] if dropout else []
    net = Sequential(
        [layers.Dense(8, "relu", input_shape=(WIDTH,)), *between, layers.Dense(CLASSES, "softmax")],
        dtype=dtype,
    )
    net.compile(
        optimizer, "sparse_categorical_crossentropy", metrics=list(metrics), executor=executor
    )
    return net


def saved(path):
    """The bytes of a model file, of a network that was trained a little."""
    net = classifier()
    net.fit(*clusters(30), verbose=0)
    net.save(path)
    return path.read_bytes()


def linear(optimizer="sgd", loss="mse", *, width=2, units=1, dtype="float64", executor="auto"):
    """A compiled single dense layer, all of whose weights are 0."""
    net = Sequential(
        [layers.Dense(units, kernel_initializer="zeros", input_shape=(width,))], dtype=dtype
    )
    net.compile(optimizer, loss, executor=executor)
    return net


def skipping(seed=3):
    """A graph in which a layer is called twice, and its first output is read twice."""
    keras.set_random_seed(seed)
    x = Input((WIDTH,))
    shared = layers.Dense(WIDTH, "tanh")
    first = shared(x)
    return Model(x, layers.Dense(2)(layers.Add()([first, shared(first)])), dtype="float64")


def loss_plan(net, loss, weighted=False, training=None, also=False):
    """Forward, loss and backward, before anything is simplified; `also` for the inputs."""
    goal = Goal([losses.get(loss)], [1.0])
    plan = written(net, goal, weighted, training or Training())
    if also:
        plan.parameters += tuple(each for each in plan.inputs if each.dtype == "float")
    return plan.with_gradients()


def given_to(plan, net, *arrays):
    """Inputs, targets and weights of rows by tensor, and the parameters as they are."""
    tensors = (*plan.inputs, *plan.targets, *plan.weights)
    held = {weight.tensor: weight.value.astype(np.float64) for weight in net.weights}
    return dict(zip(tensors, arrays, strict=True)) | held


def loss_and_gradients(plan, net, *arrays):
    """The loss and the gradient of each parameter, as the plan computes them."""
    values = interpret(plan.lines, given_to(plan, net, *arrays), np)
    gradients = [values[plan.gradients[tensor]] for tensor in plan.parameters]
    return float(values[plan.loss]), gradients


def assert_same(one, other, tolerance=0.0):
    """Arrays equal one by one, bit for bit unless a tolerance is named."""
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def rows_of(net, purpose):
    """The numbers of the rows of each batch that NumPy is going to take."""
    seen, executor = [], net._ready().numpy(purpose)
    take = executor._take
    executor._take = lambda given, rows: seen.append(rows) or take(given, rows)
    return seen
