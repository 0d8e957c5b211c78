"""Losses, data and layouts that are wrong, each the one case of a cause that was named late."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import Model, ops
from pellucid.layers import (
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    GaussianNoise,
    GlobalMaxPooling2D,
    Input,
    SimpleRNN,
)
from pellucid.optimizers import Adam
from tests.doctor.faults import data, tables
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault("loss leads away from the targets", source="a likelihood that lost its minus")
def log_likelihood_without_minus(mended: bool) -> Given:
    sign = 0.5 if mended else -0.5

    def likelihood(y_true: Any, y_pred: Any) -> Any:
        return sign * ops.square(y_true - y_pred)

    inner = [Dense(20, "relu"), Dense(1)]
    return given(inner, tables.friedman(), likelihood, Adam(0.01), figure="r2", epochs=20)


@fault("loss does not suit", source="cosine similarity, which knows no sizes, for two numbers")
def only_the_direction(mended: bool) -> Given:
    loss = "mse" if mended else "cosine_similarity"
    x, y, held = data.bent(seed=12)
    two = [np.stack([each, 2 - each], axis=1) for each in (y, held[1])]
    inner = [Dense(24, "relu"), Dense(2)]
    return given(inner, (x, two[0], (held[0], two[1])), loss, Adam(0.03), figure="r2", epochs=60)


@fault("one loss outweighs the others", source="a price in its own unit beside a yes or no")
def price_beside_a_kind(mended: bool) -> Given:
    rng = np.random.default_rng(19)
    x = rng.normal(size=(1000, 5)).astype("float32")
    kind, price = x[:, 0] * x[:, 1] > 0, x[:, 2] + 0.5 * x[:, 3]
    y = [kind.astype("float32"), (price if mended else 30 * price).astype("float32")]
    first = Input((5,))
    inside = Dense(12, "relu")(first)
    net = Model(first, [Dense(1, "sigmoid")(inside), Dense(1)(inside)])
    rows = x[:600], [each[:600] for each in y], (x[600:], [each[600:] for each in y])
    return given(net, rows, [BINARY, "mse"], Adam(0.01), figure="poorest", epochs=40)


@fault("frozen at weights of chance", also=["underfits"], source="a body frozen, never loaded")
def frozen_body_without_weights(mended: bool) -> Given:
    inner = [Dense(3, "tanh", trainable=mended), Dense(4, "softmax")]
    return given(inner, tables.generated(), SPARSE, Adam(0.01), epochs=30)


@fault("a number stands for a missing one", source="a sensor that says -9999 when it is off")
def sensor_says_minus_9999(mended: bool) -> Given:
    absent = np.random.default_rng(8)

    def fill(x: Any) -> Any:
        gone = absent.random(x.shape) < 0.1
        return np.where(gone, 0.0 if mended else -9999.0, x).astype("float32")

    rows = data.changed(data.bent(500, seed=31), x=fill)
    inner = [Dense(24, "relu"), Dense(1)]
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=30)


@fault("categories read as a quantity", also=["underfits"], source="postal districts as one column")
def districts_as_one_number(mended: bool) -> Given:
    rng = np.random.default_rng(40)
    district = rng.integers(0, 15, 1000)
    other = rng.normal(size=(1000, 2))
    level = rng.permutation(np.linspace(-1.6, 1.6, 15))
    y = (level[district] + 0.4 * other[:, 0] + 0.1 * rng.normal(size=1000)).astype("float32")
    column = np.eye(15)[district] if mended else district[:, None]
    rows = data.cut(np.hstack([column, other]).astype("float32"), y)
    return given([Dense(10, "relu"), Dense(1)], rows, "mse", Adam(0.01), figure="r2", epochs=40)


@fault(
    "inputs say nothing of the targets",
    also=["wrong labels"],
    source="rows sorted before the labels were joined",
)
def labels_in_another_order(mended: bool) -> Given:
    x, y, held = tables.generated(400, classes=3)
    y = y if mended else np.random.default_rng(6).permutation(y)
    return given([Dense(96, "relu"), Dense(3, "softmax")], (x, y, held), SPARSE, epochs=60)


@fault("targets stand off", also=["wrong labels"], source="a header read as the first target")
def each_the_target_of_its_neighbour(mended: bool) -> Given:
    rows = data.bent(seed=33)
    by = 0 if mended else 1
    rows = data.changed(rows, y=lambda y: np.roll(y, by), held=False)
    return given([Dense(24, "relu"), Dense(1)], rows, "mse", Adam(0.01), figure="r2", epochs=30)


@fault("weights leave few of the rows", source="class weights turned about")
def weights_the_wrong_way(mended: bool) -> Given:
    weight = {0: 1.0, 1: 1.0, 2: 1.0} if mended else {0: 1.0, 1: 0.01, 2: 0.01}
    inner = [Dense(16, "tanh"), Dense(3, "softmax")]
    rows = data.clouds(500, apart=1.0, seed=14)
    return given(inner, rows, SPARSE, Adam(0.01), epochs=20, class_weight=weight)


def ending_words(length: int = 30) -> data.Rows:
    """Short sentences, filled with zeros; the last word says which kind they are."""
    rng = np.random.default_rng(23)
    x, y = rng.integers(1, 31, (900, length)), rng.integers(0, 2, 900)
    stop = rng.integers(3, 8, 900)
    x[np.arange(length) >= stop[:, None]] = 0
    x[np.arange(900), stop - 1] = rng.integers(1, 16, 900) + 15 * y
    return data.cut(x, y)


@fault("padding is read", also=["a recurrence forgets"], source="sentences padded to the longest")
def zeros_after_the_last_word(mended: bool) -> Given:
    inner = [Embedding(31, 6, mask_zero=mended), SimpleRNN(10), Dense(1, "sigmoid")]
    return given(inner, ending_words(), BINARY, Adam(0.01), epochs=15)


@fault("layers without a bias", source="use_bias=False copied from a residual network")
def copied_without_bias(mended: bool) -> Given:
    rng = np.random.default_rng(61)
    x = rng.uniform(-1.5, 1.5, (800, 1))
    y = np.exp(-3 * (x[:, 0] - 0.3) ** 2) * 3 - 1
    inner = [Dense(20, "relu", use_bias=mended), Dense(20, "relu", use_bias=mended)]
    rows = data.cut(x.astype("float32"), y.astype("float32"))
    last = Dense(1, use_bias=mended)
    return given([*inner, last], rows, "mse", Adam(0.01), figure="r2", epochs=50)


@fault("softmax in a hidden layer", also=["vanishing gradients"], source="softmax on every layer")
def softmax_on_every_layer(mended: bool) -> Given:
    inside = "relu" if mended else "softmax"
    inner = [Dense(48, inside), Dense(24, inside), Dense(4, "softmax")]
    return given(inner, tables.generated(500), SPARSE, Adam(0.005), epochs=15)


def bars(first: bool) -> data.Rows:
    """Three colours of 9 by 9 with a short bar that stands or lies; `first`: colours in front."""
    rng = np.random.default_rng(52)
    y, at, rows = rng.integers(0, 2, 800), rng.integers(1, 8, (2, 800)), np.arange(800)
    x = 0.4 * rng.normal(size=(800, 3, 9, 9))
    for step in (-1, 0, 1):
        x[rows, 1, at[0] + step * y, at[1] + step * (1 - y)] += 1.2
    return data.cut((x if first else np.moveaxis(x, 1, -1)).astype("float32"), y)


@fault("channels stand first", source="images of another library, colours in front")
def colours_in_front(mended: bool) -> Given:
    inner = [Conv2D(4, 3, activation="relu", padding="same"), GlobalMaxPooling2D()]
    last = Dense(2, "softmax")
    return given([*inner, last], bars(not mended), SPARSE, Adam(0.02), epochs=20)


@fault("noise drowns the values", source="GaussianNoise(5) for robustness")
def noise_of_five(mended: bool) -> Given:
    inner = [GaussianNoise(0.1 if mended else 5.0), Dense(24, "relu"), Dense(10, "softmax")]
    return given(inner, data.flat_digits(600, 1 / 8), SPARSE, Adam(0.005), epochs=15)


@fault("window skips places", source="strides of 5 to be faster")
def strides_of_five(mended: bool) -> Given:
    inner = [Conv2D(6, 2, strides=2 if mended else 5, activation="relu"), Flatten()]
    last = Dense(10, "softmax")
    return given([*inner, last], data.digits(600), SPARSE, Adam(0.02), epochs=12)
