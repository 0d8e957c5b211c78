"""Broken outputs and losses: the half that may be looked at."""

from __future__ import annotations

import numpy as np

from pellucid import losses, ops
from pellucid.layers import Activation, Conv2D, Dense, Flatten
from pellucid.optimizers import Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, ONE_HOT, BINARY = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)
FORUM = "Keras forum and Stack Overflow: "


@fault("softmax over one unit", source=FORUM + "accuracy stays at 0.5 for two classes")
def moons_by_one_softmax(mended: bool) -> Given:
    inner = [Dense(16, "relu"), Dense(1, "sigmoid" if mended else "softmax")]
    return given(inner, data.moons(), BINARY, metrics=["accuracy"], epochs=40)


@fault(
    "softmax over one unit",
    also=["regression loss for classes"],
    source="Stack Overflow: the network predicts 1 for every row",
)
def one_softmax_and_squares(mended: bool) -> Given:
    inner = [Dense(20, "tanh"), Dense(10, "tanh"), Dense(1, "sigmoid" if mended else "softmax")]
    return given(inner, data.rings(), BINARY if mended else "mse", "rmsprop", epochs=60)


@fault(
    "scores taken for probabilities",
    source="Stack Overflow: cross-entropy with a linear last layer; the recipe logits-mistake",
)
def linear_output_of_digits(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(10, "softmax" if mended else None)]
    rows = data.onehot(data.flat_digits(), 10)
    return given(inner, rows, ONE_HOT, "sgd", metrics=["accuracy"], epochs=40, batch_size=16)


@fault("scores taken for probabilities", source=FORUM + "loss is huge from the first epoch")
def linear_output_of_patients(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(2)]
    loss = losses.SparseCategoricalCrossentropy(from_logits=mended)
    return given(inner, data.scaled(data.patients()), loss, Adam(0.01), epochs=30)


@fault("softmax or sigmoid twice", source=FORUM + "from_logits=True after a softmax layer")
def softmax_then_from_logits(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(10, None if mended else "softmax")]
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return given(inner, data.flat_digits(), loss, "sgd", epochs=20, metrics=["accuracy"])


@fault("softmax or sigmoid twice", source="PyTorch forum: CrossEntropyLoss after a softmax")
def softmax_layer_after_softmax(mended: bool) -> Given:
    inner = [Flatten(), Dense(32, "relu"), Dense(10, "softmax")]
    inner += [] if mended else [Activation("softmax")]
    return given(inner, data.digits(), SPARSE, "sgd", epochs=20)


@fault(
    "sigmoids for exclusive classes",
    also=["regression loss for classes"],
    source="Stack Overflow: what activation for ten classes?",
)
def ten_sigmoids_and_squares(mended: bool) -> Given:
    inner = [Dense(10, "softmax" if mended else "sigmoid")]
    rows = data.onehot(data.flat_digits(), 10)
    return given(inner, rows, ONE_HOT if mended else "mse", "sgd", epochs=30)


@fault(
    "softmax for labels that are not exclusive",
    also=["targets do not fit the loss"],
    source="Stack Overflow: multi-label in Keras",
)
def softmax_for_tags(mended: bool) -> Given:
    inner = [Dense(24, "relu"), Dense(5, "sigmoid" if mended else "softmax")]
    loss = BINARY if mended else ONE_HOT
    return given(inner, data.several(), loss, figure="labels", epochs=40)


@fault("output cannot reach the targets", source="Stack Overflow: predictions are never below 0")
def relu_output_of_bent(mended: bool) -> Given:
    inner = [Dense(32, "tanh"), Dense(1, None if mended else "relu")]
    return given(inner, data.bent(), "mse", "adam", figure="r2", epochs=60)


@fault(
    "output cannot reach the targets",
    also=["targets far from unit size"],
    source="Stack Overflow: the regression always predicts 1",
)
def sigmoid_output_of_ages(mended: bool) -> Given:
    rows = data.changed(data.bent(), y=lambda y: 6 * y + 40)
    inner = [Dense(32, "tanh"), Dense(1, None if mended else "sigmoid")]
    return given(inner, rows, "mse", Adam(0.02), figure="r2", epochs=80)


@fault(
    "regression loss for classes",
    also=["output cannot reach the targets", "too few outputs", "accuracy for regression"],
    source="Stack Overflow: one output for the class number",
)
def class_number_by_squares(mended: bool) -> Given:
    rows = data.clouds(classes=4)
    if mended:
        return given([Dense(24, "relu"), Dense(4, "softmax")], rows, SPARSE, epochs=40)
    return given([Dense(24, "relu"), Dense(1)], rows, "mse", metrics=["accuracy"], epochs=40)


@fault(
    "classification loss for regression",
    also=[
        "output cannot reach the targets",
        "targets do not fit the loss",
        "accuracy for regression",
    ],
    source="Stack Overflow: huge negative loss for prices",
)
def binary_loss_of_prices(mended: bool) -> Given:
    rows = data.unit_targets(data.scaled(data.houses()))
    inner = [Dense(32, "relu"), Dense(1, None if mended else "sigmoid")]
    loss = "mse" if mended else BINARY
    return given(
        inner, rows, loss, figure="r2", metrics=None if mended else ["accuracy"], epochs=60
    )


@fault("targets do not fit the loss", source="Stack Overflow: shapes (None, 1) and (None, 3)")
def numbers_for_one_hot_loss(mended: bool) -> Given:
    inner = [Dense(16, "relu"), Dense(3, "softmax")]
    return given(inner, data.clouds(), SPARSE if mended else ONE_HOT, epochs=30)


@fault(
    "labels do not start at 0",
    also=["too few outputs"],
    source="Stack Overflow: label value of 5 is outside the valid range",
)
def stars_from_one_to_five(mended: bool) -> Given:
    rows = data.changed(data.clouds(classes=5), y=lambda y: y + (0 if mended else 1))
    return given([Dense(24, "relu"), Dense(5, "softmax")], rows, SPARSE, epochs=30)


@fault(
    "labels are text",
    also=["targets do not fit the loss"],
    source="Stack Overflow: could not convert string to float: 'setosa'",
)
def species_by_name(mended: bool) -> Given:
    names = np.array(["setosa", "versicolor", "virginica"])
    rows = data.changed(data.clouds(), y=lambda y: y if mended else names[y])
    return given([Dense(16, "relu"), Dense(3, "softmax")], rows, SPARSE, epochs=30)


@fault("too few outputs", source="Stack Overflow: two outputs, three classes")
def two_outputs_for_three(mended: bool) -> Given:
    inner = [Dense(16, "relu"), Dense(3 if mended else 2, "softmax")]
    return given(inner, data.clouds(), SPARSE, epochs=30)


@fault("loss does not depend on the network", source="Keras forum: no gradients for any variable")
def rounded_loss(mended: bool) -> Given:
    def wrong_answers(y_true, y_pred):
        said = y_pred if mended else ops.maximum(ops.minimum(y_pred, 0.0), 0.0)
        return ops.mean(ops.square(y_true - said), axis=-1)

    inner = [Dense(24, "tanh"), Dense(1)]
    return given(inner, data.bent(), wrong_answers, Adam(0.01), figure="r2", epochs=60)


@fault("everything is frozen", source="Stack Overflow: transfer learning does not change anything")
def frozen_head(mended: bool) -> Given:
    inner = [Conv2D(8, 3, activation="relu"), Flatten(), Dense(10, "softmax")]
    for layer in inner:
        layer.trainable = mended
    return given(inner, data.digits(), SPARSE, metrics=["accuracy"], epochs=15)
