"""Broken outputs and losses, for the final count only: whoever writes checks leaves this shut."""

from __future__ import annotations

import numpy as np

from pellucid import Input, Model, losses, ops
from pellucid.layers import LSTM, Activation, Conv2D, Dense, Embedding, Flatten, LayerNormalization
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, ONE_HOT, BINARY = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)


@fault("softmax over one unit", source="Stack Overflow: sentiment by LSTM, accuracy 0.5")
def reviews_by_one_softmax(mended: bool) -> Given:
    inner = [Embedding(50, 8), LSTM(12), Dense(1), Activation("sigmoid" if mended else "softmax")]
    return given(inner, data.words(), BINARY, Adam(0.01), metrics=["accuracy"], epochs=12)


@fault(
    "softmax over one unit",
    also=["regression loss for classes", "output cannot reach the targets"],
    source="Keras issues: regression ends in softmax",
)
def one_softmax_for_rent(mended: bool) -> Given:
    inner = [Dense(24, "relu"), Dense(1, None if mended else "softmax")]
    rows = data.unit_targets(data.scaled(data.houses()))
    return given(inner, rows, "mae", figure="r2", epochs=50)


@fault("scores taken for probabilities", source="PyTorch habits: no softmax, NLL written as CE")
def scores_of_a_small_convolution(mended: bool) -> Given:
    inner = [Conv2D(6, 3, activation="relu"), Flatten(), Dense(10)]
    return given(
        inner,
        data.digits(),
        losses.SparseCategoricalCrossentropy(from_logits=mended),
        SGD(0.05),
        metrics=["accuracy"],
        epochs=15,
    )


@fault(
    "scores taken for probabilities",
    also=["output cannot reach the targets", "dead units"],
    source="Stack Overflow: relu as the last activation of a classifier",
)
def relu_before_cross_entropy(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(6, "softmax" if mended else "relu")]
    rows = data.onehot(data.clouds(classes=6, apart=2.2), 6)
    return given(inner, rows, ONE_HOT, SGD(0.05), metrics=["accuracy"], epochs=40)


@fault("softmax or sigmoid twice", source="PyTorch forum: BCEWithLogitsLoss after a sigmoid")
def sigmoid_then_from_logits(mended: bool) -> Given:
    inner = [Dense(24, "tanh"), Dense(1, None if mended else "sigmoid")]
    rows = data.rare(share=0.3, apart=2.5)
    return given(
        inner,
        rows,
        losses.BinaryCrossentropy(from_logits=True),
        SGD(0.05),
        figure="balanced",
        epochs=15,
    )


@fault("softmax or sigmoid twice", source="Stack Overflow: activation inside Dense and after it")
def sigmoid_layer_after_sigmoid(mended: bool) -> Given:
    inner = [Dense(24, "relu"), Dense(1, "sigmoid")] + ([] if mended else [Activation("sigmoid")])
    return given(
        inner, data.rare(share=0.4, apart=2.5), BINARY, SGD(0.1), epochs=20, figure="balanced"
    )


@fault(
    "sigmoids for exclusive classes",
    also=["regression loss for classes"],
    source="Stack Overflow: binary cross-entropy on one-hot rows shows accuracy 0.9",
)
def ten_small_yes_or_no(mended: bool) -> Given:
    inner = [Dense(32, "tanh"), Dense(10, "softmax" if mended else "sigmoid")]
    rows = data.onehot(data.flat_digits(), 10)
    metrics = ["accuracy"] if mended else ["binary_accuracy"]
    return given(inner, rows, ONE_HOT if mended else BINARY, SGD(0.1), metrics=metrics, epochs=15)


@fault(
    "softmax for labels that are not exclusive",
    also=["sigmoids for exclusive classes"],
    source="Keras forum: genres of films",
)
def genres_by_softmax_and_binary_loss(mended: bool) -> Given:
    inner = [Dense(32, "tanh"), Dense(6, "sigmoid" if mended else "softmax")]
    return given(
        inner,
        data.several(labels=6, seed=4),
        BINARY,
        figure="labels",
        metrics=["accuracy"] if not mended else ["binary_accuracy"],
        epochs=40,
    )


@fault("output cannot reach the targets", source="Stack Overflow: returns of −3 to 3 and tanh")
def tanh_output_of_returns(mended: bool) -> Given:
    rows = data.changed(data.bent(), y=lambda y: 3 * y)
    inner = [Dense(32, "relu"), Dense(1, None if mended else "tanh")]
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=60)


@fault(
    "output cannot reach the targets",
    also=["regression loss for classes"],
    source="Stack Overflow: labels −1 and 1, sigmoid at the end",
)
def sigmoid_for_minus_one_and_one(mended: bool) -> Given:
    x, y, held = data.bent()
    rows = (x, np.sign(y), (held[0], np.sign(held[1])))
    inner = [Dense(32, "relu"), Dense(1, "tanh" if mended else "sigmoid")]
    return given(inner, rows, "mse", Adam(0.01), figure="r2", epochs=40)


@fault(
    "regression loss for classes",
    also=["output cannot reach the targets", "too few outputs", "accuracy for regression"],
    source="Stack Overflow: digits as a number from 0 to 9 by mean absolute error",
)
def digit_as_a_number(mended: bool) -> Given:
    inner = [Dense(48, "relu"), Dense(10, "softmax") if mended else Dense(1)]
    rows = data.flat_digits()
    if mended:
        return given(inner, rows, SPARSE, metrics=["accuracy"], epochs=25)
    return given(inner, rows, "mae", metrics=["accuracy"], epochs=25)


@fault(
    "classification loss for regression",
    also=["output cannot reach the targets", "targets do not fit the loss"],
    source="Stack Overflow: sparse cross-entropy for temperatures",
)
def temperatures_as_classes(mended: bool) -> Given:
    inner = [Dense(32, "relu"), Dense(1)] if mended else [Dense(32, "relu"), Dense(40, "softmax")]
    loss = "mse" if mended else SPARSE
    return given(inner, data.line(), loss, Adam(0.01), figure="r2", epochs=40)


@fault("targets do not fit the loss", source="Stack Overflow: one-hot rows and the sparse loss")
def one_hot_for_sparse_loss(mended: bool) -> Given:
    inner = [Dense(16, "relu"), Dense(4, "softmax")]
    rows = data.onehot(data.clouds(classes=4), 4)
    return given(inner, rows, ONE_HOT if mended else SPARSE, epochs=40)


@fault(
    "shapes of target and output differ",
    also=["too few outputs"],
    source="Stack Overflow: three targets, one output",
)
def three_targets_one_output(mended: bool) -> Given:
    x, y, held = data.line()
    twice = data.changed((x, y, held), y=lambda y: np.stack([y, -y, y**2], 1))
    return given(
        [Dense(32, "relu"), Dense(3 if mended else 1)],
        twice,
        "mse",
        Adam(0.01),
        figure="r2",
        epochs=40,
    )


@fault(
    "labels with gaps",
    also=[
        "too many outputs",
        "too few outputs",
        "labels do not start at 0",
        "targets do not fit the loss",
    ],
    source="Stack Overflow: postcodes as classes",
)
def classes_ten_twenty_thirty(mended: bool) -> Given:
    rows = data.changed(data.clouds(), y=lambda y: y if mended else 10 * y + 10)
    return given([Dense(16, "relu"), Dense(3, "softmax")], rows, SPARSE, epochs=30)


@fault(
    "labels do not start at 0",
    also=["output cannot reach the targets", "targets do not fit the loss"],
    source="Stack Overflow: benign 2, malignant 4",
)
def benign_two_malignant_four(mended: bool) -> Given:
    rows = data.changed(data.scaled(data.patients()), y=lambda y: y if mended else 2 * y + 2)
    return given([Dense(24, "relu"), Dense(1, "sigmoid")], rows, BINARY, Adam(0.01), epochs=30)


@fault("loss does not depend on the network", source="Keras issues: a loss of the targets alone")
def own_loss_forgets_the_prediction(mended: bool) -> Given:
    def spread(y_true, y_pred):
        center = y_pred if mended else ops.mean(y_true, axis=-1, keepdims=True)
        return ops.mean(ops.abs(y_true - center), axis=-1)

    return given(
        [Dense(32, "relu"), Dense(1)], data.bent(), spread, Adam(0.01), figure="r2", epochs=40
    )


@fault("everything is frozen", source="Stack Overflow: base.trainable = False on the whole model")
def frozen_as_a_whole(mended: bool) -> Given:
    x = Input((64,))
    inside = LayerNormalization()(Dense(32, "relu")(x))
    net = Model(x, Dense(10, "softmax")(inside))
    net.trainable = mended
    return given(net, data.flat_digits(), SPARSE, epochs=15)
