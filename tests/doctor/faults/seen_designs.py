"""Odd networks that are well: the half that may be looked at."""

from __future__ import annotations

import numpy as np

from pellucid import Input, Model, regularizers
from pellucid.callbacks import EarlyStopping
from pellucid.layers import (
    LSTM,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    MaxPooling2D,
    Normalization,
    Rescaling,
)
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, given, healthy

SPARSE, ONE_HOT, BINARY = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)


@healthy("binary by softmax over two units", near="softmax over one unit")
def two_softmax_units() -> Given:
    rows = data.onehot(data.rings(), 2)
    return given([Dense(24, "tanh"), Dense(2, "softmax")], rows, ONE_HOT, Adam(0.02), epochs=40)


@healthy("several labels a row", near="sigmoids for exclusive classes")
def sigmoid_for_each_label() -> Given:
    return given(
        [Dense(32, "relu"), Dense(5, "sigmoid")],
        data.several(),
        BINARY,
        Adam(0.005),
        figure="labels",
        metrics=["binary_accuracy"],
        epochs=40,
    )


@healthy("autoencoder of pixels from 0 to 1", near="output cannot reach the targets")
def autoencoder_with_sigmoid() -> Given:
    x, _, (x_new, _) = data.flat_digits()
    return given(
        [Dense(24, "relu"), Dense(64, "sigmoid")],
        (x, x, (x_new, x_new)),
        "mse",
        Adam(0.005),
        figure="r2",
        epochs=80,
    )


@healthy("counts are never below 0", near="output cannot reach the targets")
def relu_output_for_positive_targets() -> Given:
    rows = data.changed(data.line(), y=lambda y: np.log1p(np.exp(y)))
    return given(
        [Dense(32, "relu"), Dense(1, "softplus")], rows, "mse", Adam(0.01), figure="r2", epochs=40
    )


@healthy("six layers with a start that suits them", near="vanishing gradients")
def deep_with_he_start() -> Given:
    inner = [
        *(Dense(48, "relu", kernel_initializer="he_normal") for _ in range(6)),
        Dense(10, "softmax"),
    ]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.001), epochs=20)


@healthy("dropout of a half that helps", near="dropout of almost everything")
def dropout_of_a_half() -> Given:
    inner = [Dense(128, "relu"), Dropout(0.5), Dense(10, "softmax")]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.003), epochs=30, validation_split=0.2)


@healthy("batches of four", near="batch too small")
def small_batches() -> Given:
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")],
        data.flat_digits(),
        SPARSE,
        SGD(0.02),
        epochs=25,
        batch_size=4,
    )


@healthy("a large rate with batch normalisation", near="rate too high")
def large_rate_normalised() -> Given:
    inner = [
        Dense(48, "relu"),
        BatchNormalization(momentum=0.8),
        Dense(48, "relu"),
        BatchNormalization(momentum=0.8),
        Dense(10, "softmax"),
    ]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.02), epochs=20)


@healthy("a rare class with weights", near="imbalanced classes")
def rare_class_with_weights() -> Given:
    return given(
        [Dense(16, "relu"), Dense(1, "sigmoid")],
        data.rare(2000, 0.1, apart=2.5),
        BINARY,
        Adam(0.005),
        figure="balanced",
        epochs=25,
        class_weight={0: 0.56, 1: 5.0},
    )


@healthy("rows sorted by class, shuffled by fit", near="sorted rows without shuffling")
def sorted_and_shuffled() -> Given:
    x, y, held = data.flat_digits()
    order = np.argsort(y, kind="stable")
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")],
        (x[order], y[order], held),
        SPARSE,
        Adam(0.003),
        epochs=20,
        validation_split=0.2,
    )


@healthy("raw columns and a Normalization layer", near="unscaled inputs")
def normalised_by_a_layer() -> Given:
    rows = data.patients()
    first = Normalization()
    first.adapt(rows[0])
    return given(
        [first, Dense(24, "relu"), Dense(1, "sigmoid")], rows, BINARY, Adam(0.01), epochs=30
    )


@healthy("a frozen layer of random features", near="everything is frozen")
def random_features() -> Given:
    fixed = Dense(200, "tanh", kernel_initializer="he_normal")
    fixed.trainable = False
    return given([fixed, Dense(10, "softmax")], data.flat_digits(), SPARSE, Adam(0.01), epochs=20)


@healthy("words, an embedding and an LSTM")
def words_by_lstm() -> Given:
    inner = [Embedding(50, 8), LSTM(12), Dense(1, "sigmoid")]
    return given(inner, data.words(), BINARY, Adam(0.01), metrics=["accuracy"], epochs=12)


@healthy("a small convolutional network")
def convolution() -> Given:
    inner = [
        Conv2D(8, 3, activation="relu", padding="same"),
        MaxPooling2D(),
        Flatten(),
        Dense(32, "relu"),
        Dense(10, "softmax"),
    ]
    return given(inner, data.digits(), SPARSE, Adam(0.005), metrics=["accuracy"], epochs=12)


@healthy("layers that are stepped over")
def skip_connections() -> Given:
    x = Input((5,))
    wide = Dense(32, "relu")(x)
    inside = Dense(32, "relu")(wide)
    net = Model(x, Dense(1)(Add()([wide, inside])))
    return given(net, data.bent(), "mse", Adam(0.005), figure="r2", epochs=50)


@healthy("numbers of 64 bits")
def in_float64() -> Given:
    return given(
        [Dense(24, "tanh"), Dense(1)],
        data.bent(),
        "mse",
        Adam(0.01),
        figure="r2",
        epochs=50,
        dtype="float64",
    )


@healthy("early stopping with patience", near="memorises")
def stops_early() -> Given:
    inner = [Dense(64, "relu", kernel_regularizer=regularizers.L2(1e-4)), Dense(10, "softmax")]
    return given(
        inner,
        data.flat_digits(),
        SPARSE,
        Adam(0.003),
        epochs=60,
        validation_split=0.2,
        callbacks=[EarlyStopping(patience=5)],
    )


@healthy("y of shape (n, 1) and of (n,) are the same", near="shapes of target and output differ")
def targets_as_a_column() -> Given:
    rows = data.changed(data.bent(), y=lambda y: y[:, None])
    return given([Dense(32, "relu"), Dense(1)], rows, "mae", Adam(0.01), figure="r2", epochs=100)


@healthy("whole numbers of one byte as pixels, rescaled", near="unscaled inputs")
def bytes_rescaled() -> Given:
    rows = data.changed(data.digits(scale=1), x=lambda x: (15 * x).astype("uint8"))
    inner = [Rescaling(1 / 255), Flatten(), Dense(48, "relu"), Dense(10, "softmax")]
    return given(inner, rows, SPARSE, Adam(0.003), metrics=["accuracy"], epochs=25)
