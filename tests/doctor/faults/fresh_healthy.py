"""Usual networks that are well: written after the checks, without reading them."""

from __future__ import annotations

import numpy as np

from pellucid import losses, regularizers
from pellucid.layers import (
    LSTM,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from pellucid.optimizers import SGD, Adam, AdamW, RMSprop
from tests.doctor.faults import data, tables
from tests.doctor.faults.case import Given, given, healthy

SPARSE, ONE_HOT, BINARY = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)


@healthy("iris, as in a first course", near="batch too small")
def iris_anew() -> Given:
    inner = [Dense(16, "relu"), Dense(3, "softmax")]
    return given(
        inner,
        tables.scaled_table("iris"),
        SPARSE,
        Adam(0.02),
        metrics=["accuracy"],
        epochs=60,
        batch_size=8,
    )


@healthy("wine with tanh", near="vanishing gradients")
def wine_anew() -> Given:
    inner = [Dense(12, "tanh"), Dense(3, "softmax")]
    return given(inner, tables.scaled_table("wine"), SPARSE, SGD(0.1, momentum=0.9), epochs=60)


@healthy("logistic regression of tumours", near="underfits")
def tumours() -> Given:
    return given(
        [Dense(1, "sigmoid")],
        tables.scaled_table("breast_cancer"),
        BINARY,
        Adam(0.02),
        metrics=["accuracy"],
        epochs=40,
    )


@healthy("a noisy target that a small network reaches as far as one can", good=0.3)
def blood_sugar() -> Given:
    inner = [Dense(8, "relu", kernel_regularizer=regularizers.L2(0.01)), Dense(1)]
    return given(inner, tables.scaled_table("diabetes"), "mse", Adam(0.01), figure="r2", epochs=40)


@healthy("Friedman's function", near="targets far from unit size")
def friedman() -> Given:
    inner = [Dense(64, "relu"), Dense(32, "relu"), Dense(1)]
    return given(
        inner, tables.friedman(), "mse", Adam(0.005), figure="r2", metrics=["mae"], epochs=60
    )


@healthy("moons with sigmoid units", near="saturated units")
def moons() -> Given:
    inner = [Dense(16, "tanh"), Dense(16, "tanh"), Dense(1, "sigmoid")]
    return given(inner, tables.half_moons(), BINARY, Adam(0.02), epochs=120)


@healthy("sigmoids for tags", near="sigmoids for exclusive classes")
def tags() -> Given:
    inner = [Dense(32, "relu"), Dense(4, "sigmoid")]
    return given(
        inner, data.several(labels=4, seed=7), BINARY, Adam(0.01), figure="labels", epochs=50
    )


@healthy("a small picture network", near="batch too large for the budget")
def pictures() -> Given:
    inner = [
        Conv2D(8, 3, activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(32, "relu"),
        Dense(10, "softmax"),
    ]
    return given(
        inner,
        data.digits(),
        SPARSE,
        Adam(0.005),
        metrics=["accuracy"],
        epochs=25,
        validation_split=0.2,
    )


@healthy("pictures with an average at the end", near="bottleneck of one", good=0.5)
def averaged_pictures() -> Given:
    inner = [
        Conv2D(16, 3, activation="relu"),
        Conv2D(32, 3, activation="relu"),
        GlobalAveragePooling2D(),
        Dense(10, "softmax"),
    ]
    return given(inner, data.digits(), SPARSE, Adam(0.01), epochs=30)


@healthy("tones by an LSTM", near="state of a recurrent layer explodes")
def tones() -> Given:
    return given([LSTM(24), Dense(1, "sigmoid")], tables.tones(), BINARY, Adam(0.02), epochs=40)


@healthy("dropout and normalisation where they belong", near="dropout of almost everything")
def normalised_and_dropped() -> Given:
    inner = [
        Dense(64),
        BatchNormalization(momentum=0.9),
        Dense(64, "relu"),
        Dropout(0.3),
        Dense(10, "softmax"),
    ]
    return given(inner, data.flat_digits(), SPARSE, Adam(0.005), epochs=40)


@healthy("scores and from_logits for two classes", near="scores taken for probabilities")
def two_classes_by_score() -> Given:
    loss = losses.BinaryCrossentropy(from_logits=True)
    return given(
        [Dense(16, "relu"), Dense(1)],
        data.rare(800, 0.4, seed=3),
        loss,
        Adam(0.01),
        figure="accuracy",
        epochs=40,
    )


@healthy("one-hot labels and label smoothing", near="overconfident")
def smoothed_labels() -> Given:
    loss = losses.CategoricalCrossentropy(label_smoothing=0.1)
    rows = data.onehot(tables.generated(), 4)
    return given([Dense(48, "relu"), Dense(4, "softmax")], rows, loss, AdamW(0.01), epochs=40)


@healthy("hinge and labels of ±1", near="targets do not fit the loss")
def margins() -> Given:
    rows = data.changed(tables.scaled_table("breast_cancer"), y=lambda y: 2 * y - 1)
    return given([Dense(1, "tanh")], rows, "hinge", Adam(0.02), epochs=50)


@healthy("quantile of a skewed target", near="regression loss for classes", good=-0.5)
def an_absolute_error() -> Given:
    return given(
        [Dense(32, "relu"), Dense(1)],
        tables.friedman(),
        "mae",
        RMSprop(0.003),
        figure="r2",
        epochs=60,
    )


@healthy("a share of the targets at both ends, sigmoid output and mse", good=0.4)
def shares() -> Given:
    rows = data.changed(tables.friedman(), y=lambda y: 1 / (1 + 2.7 ** (-y)))
    return given(
        [Dense(32, "relu"), Dense(1, "sigmoid")], rows, "mse", Adam(0.01), figure="r2", epochs=60
    )


@healthy("weights for rare classes", near="imbalanced classes", good=0.6)
def weighted_classes() -> Given:
    return given(
        [Dense(12, "relu"), Dense(1, "sigmoid")],
        data.rare(1600, 0.1, seed=5),
        BINARY,
        Adam(0.01),
        figure="balanced",
        epochs=30,
        class_weight={0: 1.0, 1: 9.0},
    )


@healthy("a column of ones and noughts among others", near="identifier or date as a number")
def a_switch_among_the_columns() -> Given:
    rows = data.changed(data.clouds(700, classes=3, features=6, seed=8), x=switched)
    return given([Dense(24, "relu"), Dense(3, "softmax")], rows, SPARSE, Adam(0.01), epochs=40)


def switched(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, x[:, 0] > 0]).astype("float32")


@healthy("digits, large batches with a rate that suits", near="batch too large for the budget")
def large_batches() -> Given:
    return given(
        [Dense(64, "relu"), Dense(10, "softmax")],
        data.flat_digits(),
        SPARSE,
        Adam(0.02),
        epochs=60,
        batch_size=250,
    )


@healthy("early stopping by hand: few epochs of a wide network", near="ends before it converged")
def wide_and_short() -> Given:
    return given(
        [Dense(256, "relu"), Dense(10, "softmax")],
        data.flat_digits(),
        SPARSE,
        Adam(0.003),
        epochs=20,
        validation_split=0.15,
    )
