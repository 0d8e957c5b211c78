"""Outputs, losses and labels: written after the checks by somebody who had not read them."""

from __future__ import annotations

import numpy as np

from pellucid import losses
from pellucid.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, GlobalMaxPooling2D
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data, tables
from tests.doctor.faults.case import Given, fault, given

SPARSE, ONE_HOT, BINARY = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)


@fault("softmax over one unit", source="Stack Overflow: accuracy stays at 37 % on breast cancer")
def one_softmax_for_tumours(mended: bool) -> Given:
    inner = [Dense(16, "relu"), Dense(1, "sigmoid" if mended else "softmax")]
    return given(inner, tables.scaled_table("breast_cancer"), BINARY, epochs=25)


@fault("scores taken for probabilities", source="Stack Overflow: forgot from_logits, PyTorch habit")
def wine_scores(mended: bool) -> Given:
    loss = losses.SparseCategoricalCrossentropy(from_logits=mended)
    return given([Dense(16, "tanh"), Dense(3)], tables.scaled_table("wine"), loss, epochs=40)


@fault("scores taken for probabilities", source="Keras forum: linear unit and binary_crossentropy")
def moons_without_sigmoid(mended: bool) -> Given:
    inner = [Dense(24, "relu"), Dense(1, "sigmoid" if mended else None)]
    return given(inner, tables.half_moons(), BINARY, Adam(0.02), epochs=60)


@fault("softmax or sigmoid twice", source="Stack Overflow: sigmoid and from_logits=True")
def sigmoid_into_scores(mended: bool) -> Given:
    loss = losses.BinaryCrossentropy(from_logits=not mended)
    inner = [Dense(12, "tanh"), Dense(1, "sigmoid")]
    return given(inner, data.rare(900, share=0.3), loss, Adam(0.01), figure="sure", epochs=40)


@fault("softmax or sigmoid twice", source="Stack Overflow: two softmax layers at the end")
def softmax_after_softmax(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(10, "softmax"), *([] if mended else [Dense(10, "softmax")])]
    return given(inner, data.flat_digits(), SPARSE, epochs=20)


@fault(
    "output cannot reach the targets",
    source="Stack Overflow: sigmoid output for a target in degrees",
)
def sigmoid_for_degrees(mended: bool) -> Given:
    rows = data.changed(tables.friedman(), y=lambda y: 4 * y + 18)
    inner = [Dense(32, "relu"), Dense(1, None if mended else "sigmoid")]
    return given(inner, rows, "mse", Adam(0.02), figure="r2", epochs=60)


@fault(
    "output cannot reach the targets",
    also=["dead units"],
    source="Stack Overflow: relu on the last layer, targets below zero",
)
def relu_for_gains_and_losses(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1, None if mended else "relu")]
    rows = data.changed(tables.friedman(), y=lambda y: y - 0.6)
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=60)


@fault("regression loss for classes", source="course forum: mse on class numbers 0 to 2")
def iris_by_mse(mended: bool) -> Given:
    last = Dense(3, "softmax") if mended else Dense(1, "relu")
    loss = SPARSE if mended else "mse"
    inner = [Dense(16, "relu"), last]
    return given(
        inner, tables.scaled_table("iris"), loss, Adam(0.01), metrics=["accuracy"], epochs=40
    )


@fault("targets do not fit the loss", source="Stack Overflow: categorical loss, integer labels")
def integers_for_one_hot(mended: bool) -> Given:
    inner = [Dense(16, "relu"), Dense(4, "softmax")]
    return given(inner, tables.generated(), SPARSE if mended else ONE_HOT, Adam(0.01), epochs=30)


@fault("targets do not fit the loss", source="Stack Overflow: sparse loss, one-hot labels")
def one_hot_for_integers(mended: bool) -> Given:
    rows = data.onehot(tables.scaled_table("wine"), 3)
    inner = [Dense(16, "relu"), Dense(3, "softmax")]
    return given(inner, rows, ONE_HOT if mended else SPARSE, Adam(0.01), epochs=40)


@fault(
    "too few outputs", source="Stack Overflow: label value 2 is outside the valid range of [0, 2)"
)
def two_units_for_three_wines(mended: bool) -> Given:
    inner = [Dense(16, "relu"), Dense(3 if mended else 2, "softmax")]
    return given(inner, tables.scaled_table("wine"), SPARSE, Adam(0.01), epochs=40)


@fault("labels do not start at 0", source="Stack Overflow: CSV with grades 1 to 4")
def grades_from_one(mended: bool) -> Given:
    rows = tables.generated()
    rows = rows if mended else data.changed(rows, y=lambda y: y + 1)
    return given([Dense(32, "relu"), Dense(4, "softmax")], rows, SPARSE, Adam(0.01), epochs=30)


@fault("labels are text", source="Stack Overflow: y of 'benign' and 'malignant'")
def tumours_by_name(mended: bool) -> Given:
    rows = tables.scaled_table("breast_cancer")
    words = np.array(["malignant", "benign"])
    rows = rows if mended else data.changed(rows, y=lambda y: words[y])
    return given([Dense(8, "relu"), Dense(1, "sigmoid")], rows, BINARY, epochs=20)


@fault("sigmoids for exclusive classes", source="Stack Overflow: ten sigmoids for ten digits")
def sigmoids_for_digits(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(10, "softmax" if mended else "sigmoid")]
    rows = data.onehot(data.flat_digits(), 10)
    return given(inner, rows, ONE_HOT if mended else "mse", SGD(0.1), epochs=20)


@fault("softmax for labels that are not exclusive", source="Stack Overflow: tags of a post")
def softmax_for_tags_anew(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(6, "sigmoid" if mended else "softmax")]
    loss = BINARY if mended else ONE_HOT
    rows = data.several(labels=6, seed=4)
    return given(inner, rows, loss, Adam(0.01), figure="labels", epochs=40)


@fault("everything is frozen", source="Stack Overflow: trainable=False, forgot to set it back")
def frozen_picture_network(mended: bool) -> Given:
    inner = [Conv2D(8, 3, activation="relu"), Flatten(), Dense(10, "softmax")]
    for each in inner:
        each.trainable = mended
    return given(inner, data.digits(), SPARSE, Adam(0.01), epochs=10)


@fault("normalisation after the output", source="Stack Overflow: BatchNormalization as the last")
def normalised_probabilities_anew(mended: bool) -> Given:
    inner = [Dense(24, "relu"), Dense(3, "softmax"), *([] if mended else [BatchNormalization()])]
    return given(inner, tables.scaled_table("iris"), SPARSE, Adam(0.01), epochs=40)


@fault("dropout on the output", also=["dropout of almost everything"], source="Keras forum")
def dropout_behind_a_number(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1), *([] if mended else [Dropout(0.5)])]
    return given(inner, tables.friedman(), "mse", Adam(0.01), figure="r2", epochs=40)


@fault("classification loss for regression", source="Stack Overflow: crossentropy of house prices")
def crossentropy_of_numbers(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1, None if mended else "sigmoid")]
    loss = "mse" if mended else BINARY
    rows = data.changed(tables.friedman(), y=lambda y: 3 * y + 10)
    return given(inner, rows, loss, Adam(0.02), figure="r2", epochs=60)


@fault(
    "bottleneck of one",
    source="course forum: an hourglass that narrows to one unit before ten classes",
)
def hourglass_for_pictures(mended: bool) -> Given:
    neck = 16 if mended else 1
    inner = [
        Conv2D(8, 3, activation="relu"),
        GlobalMaxPooling2D(),
        Dense(neck, "relu"),
        Dense(10, "softmax"),
    ]
    return given(inner, data.digits(), SPARSE, Adam(0.02), epochs=30)
