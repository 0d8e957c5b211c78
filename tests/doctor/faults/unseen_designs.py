"""Odd networks that are well, for the final count only: leave this shut."""

from __future__ import annotations

import numpy as np

from pellucid import Input, Model, initializers, losses, ops
from pellucid.callbacks import ReduceLROnPlateau
from pellucid.layers import (
    GRU,
    Activation,
    AveragePooling2D,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GaussianNoise,
    GlobalAveragePooling2D,
    Layer,
    LayerNormalization,
    SimpleRNN,
)
from pellucid.optimizers import SGD, Adam, AdamW, Nadam
from pellucid.schedules import CosineDecay, WarmUp
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, given, healthy

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@healthy("hinge loss, labels −1 and 1, linear output", near="labels do not start at 0")
def hinge_with_signs() -> Given:
    rows = data.changed(data.scaled(data.patients()), y=lambda y: 2 * y - 1)
    return given([Dense(24, "relu"), Dense(1)], rows, "hinge", Adam(0.01), epochs=30)


@healthy("tanh output for targets within −1 and 1", near="output cannot reach the targets")
def tanh_for_cosines() -> Given:
    rows = data.changed(data.line(1200, noise=0.1), y=np.sin)
    return given(
        [Dense(48, "relu"), Dense(24, "relu"), Dense(1, "tanh")],
        rows,
        "mse",
        Adam(0.01),
        figure="r2",
        epochs=50,
    )


@healthy("Poisson loss and exponential output for counts", near="targets far from unit size")
def counts_by_poisson() -> Given:
    x, y, held = data.line(noise=0.0)
    rng = np.random.default_rng(0)
    rows = (x, rng.poisson(np.exp(y * 0.5 + 1)), (held[0], rng.poisson(np.exp(held[1] * 0.5 + 1))))
    rows = data.changed(rows, y=lambda y: y.astype("float32"))
    return given(
        [Dense(16, "tanh"), Dense(1, "exponential")],
        rows,
        "poisson",
        Adam(0.01),
        figure="r2",
        epochs=60,
    )


@healthy("sigmoid twice, but as a gate inside", near="softmax or sigmoid twice")
def sigmoid_hidden_and_out() -> Given:
    return given(
        [Dense(24, "sigmoid"), Dense(1, "sigmoid")], data.moons(), BINARY, Adam(0.05), epochs=40
    )


@healthy("binary scores with from_logits", near="scores taken for probabilities")
def binary_scores() -> Given:
    loss = losses.BinaryCrossentropy(from_logits=True)
    return given([Dense(24, "relu"), Dense(1)], data.rings(), loss, Adam(0.02), epochs=30)


@healthy("activation as a layer of its own", near="no activation between layers")
def activations_as_layers() -> Given:
    inner = [
        Dense(32),
        Activation("relu"),
        Dense(16),
        Activation("tanh"),
        Dense(3),
        Activation("softmax"),
    ]
    return given(inner, data.arms(), SPARSE, Adam(0.01), epochs=50)


@healthy("linear bottleneck of three, to draw the classes", near="bottleneck of one")
def bottleneck_of_three() -> Given:
    inner = [Dense(64, "relu"), Dense(3), Dense(64, "relu"), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.005), epochs=40)


@healthy("a last layer that starts at 0", near="symmetric weights")
def last_layer_starts_at_zero() -> Given:
    inner = [Dense(48, "relu"), Dense(10, "softmax", kernel_initializer="zeros")]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.003), epochs=20)


@healthy("bias at the base rate", near="loss at start far from chance")
def bias_at_base_rate() -> Given:
    start = initializers.Constant(float(np.log(0.1 / 0.9)))
    return given(
        [Dense(16, "relu"), Dense(1, "sigmoid", bias_initializer=start)],
        data.rare(2000, 0.1, apart=3.5),
        BINARY,
        Adam(0.005),
        figure="balanced",
        metrics=["AUC"],
        epochs=25,
    )


@healthy("normalisation of layers, not of batches", near="averages of batch normalisation lag")
def layer_normalisation() -> Given:
    inner = [
        Dense(48, "relu"),
        LayerNormalization(),
        Dense(48, "relu"),
        LayerNormalization(),
        Dense(10, "softmax"),
    ]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.003), epochs=15)


@healthy("clipping that seldom clips", near="clipping always clips")
def clipping_in_need() -> Given:
    return given(
        [Dense(32, "relu"), Dense(1)],
        data.bent(),
        "mse",
        SGD(0.05, clipnorm=5.0),
        figure="r2",
        epochs=60,
    )


@healthy("one batch an epoch, many epochs", near="batch too large for the budget")
def full_batch_long() -> Given:
    return given(
        [Dense(24, "tanh"), Dense(1, "sigmoid")],
        data.moons(),
        BINARY,
        Adam(0.05),
        epochs=200,
        batch_size=600,
    )


@healthy("warm-up, then a cosine", near="rate too high")
def warm_up_and_cosine() -> Given:
    rate = WarmUp(CosineDecay(0.01, 600), 60)
    return given(
        [Dense(64, "relu"), Dense(10, "softmax")], data.flat_digits(), SPARSE, Adam(rate), epochs=20
    )


@healthy("weight decay as AdamW has it", near="penalty outweighs the loss")
def weight_decay() -> Given:
    return given(
        [Dense(64, "relu"), Dense(10, "softmax")],
        data.flat_digits(),
        SPARSE,
        AdamW(0.003, weight_decay=0.01),
        epochs=20,
        validation_split=0.2,
    )


@healthy("slower when it stands still")
def slower_on_plateau() -> Given:
    return given(
        [Dense(32, "elu"), Dense(1)],
        data.bent(),
        "huber",
        Nadam(0.01),
        figure="r2",
        epochs=50,
        validation_split=0.2,
        callbacks=[ReduceLROnPlateau(patience=5)],
    )


@healthy("noise and dropout on a sequence's words")
def words_with_noise() -> Given:
    inner = [
        Embedding(50, 8),
        Flatten(),
        GaussianNoise(0.1),
        Dropout(0.2),
        Dense(16, "relu"),
        Dense(1, "sigmoid"),
    ]
    return given(inner, data.words(1200), BINARY, Adam(0.01), epochs=15)


@healthy("waves by GRU")
def waves_by_gru() -> Given:
    return given(
        [GRU(12), Dense(1, "sigmoid")],
        data.waves(),
        BINARY,
        Adam(0.01),
        metrics=["accuracy"],
        epochs=15,
    )


@healthy("means of sequences by a plain recurrence", near="state of a recurrent layer explodes")
def means_by_plain_recurrence() -> Given:
    return given([SimpleRNN(16), Dense(1)], data.sums(), "mse", Adam(0.01), figure="r2", epochs=20)


@healthy("convolutions without a dense layer")
def only_convolutions() -> Given:
    inner = [
        Conv2D(16, 3, activation="relu"),
        AveragePooling2D(),
        Conv2D(32, 2, activation="relu"),
        GlobalAveragePooling2D(),
        Dense(10, "softmax"),
    ]
    return given(inner, data.digits(), SPARSE, Adam(0.01), metrics=["accuracy"], epochs=25)


@healthy("two inputs, put together")
def wide_and_deep() -> Given:
    x = Input((5,))
    deep = Dense(24, "relu")(Dense(24, "relu")(x))
    net = Model(x, Dense(1)(Concatenate()([x, deep])))
    return given(net, data.bent(), "mse", Adam(0.01), figure="r2", epochs=40)


class Sine(Layer):
    """A layer of one's own: sin(x)."""

    def call(self, x):
        return ops.sin(x)


@healthy("a layer of one's own")
def own_layer() -> Given:
    return given(
        [Dense(32), Sine(), Dense(1)], data.bent(), "mse", Adam(0.01), figure="r2", epochs=60
    )


@healthy("rows with weights of their own")
def weighted_rows() -> Given:
    x, y, held = data.clouds(800, classes=4, apart=2.0)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, len(x)).astype("float32")
    return given(
        [Dense(24, "relu"), Dense(4, "softmax")],
        (x, y, held),
        SPARSE,
        Adam(0.01),
        epochs=25,
        sample_weight=weights,
    )
