"""Usual networks that are well: the half that may be looked at."""

from __future__ import annotations

import numpy as np

from pellucid import losses
from pellucid.layers import (
    Dense,
    Flatten,
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


@healthy("the README's first network")
def readme_digits() -> Given:
    inner = [Rescaling(1 / 16), Flatten(), Dense(64, "relu"), Dense(10, "softmax")]
    return given(
        inner, data.digits(scale=1), SPARSE, metrics=["accuracy"], epochs=30, validation_split=0.2
    )


@healthy("the README's single sigmoid", near="underfits")
def readme_single_sigmoid() -> Given:
    rows = data.clouds(500, classes=2, apart=1.5)
    return given([Dense(1, "sigmoid")], rows, BINARY, SGD(0.1), epochs=40)


@healthy("recipe logits-mistake put right", near="scores taken for probabilities")
def scores_with_from_logits() -> Given:
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    inner = [Dense(64, "relu"), Dense(10)]
    return given(inner, data.flat_digits(), loss, metrics=["accuracy"], epochs=45)


@healthy("recipe dense-512, on digits", near="too few rows for the parameters")
def wide_layer_and_rmsprop() -> Given:
    inner = [Dense(512, "relu"), Dense(10, "softmax")]
    return given(
        inner,
        data.flat_digits(),
        SPARSE,
        "rmsprop",
        metrics=["accuracy"],
        epochs=25,
        batch_size=128,
        validation_split=0.2,
    )


@healthy("recipe zero-hidden put right", near="underfits")
def softmax_regression() -> Given:
    return given(
        [Dense(10, "softmax")],
        data.flat_digits(),
        SPARSE,
        Adam(0.01),
        metrics=["accuracy"],
        epochs=30,
    )


@healthy("recipe sgd-by-hand put right", near="rate too high")
def sigmoid_layers_by_sgd() -> Given:
    inner = [Dense(30, "sigmoid"), Dense(10, "softmax")]
    return given(
        inner, data.flat_digits(), SPARSE, SGD(0.5, momentum=0.5), epochs=40, batch_size=10
    )


@healthy("`pellucid train` on a table of houses")
def houses_in_units() -> Given:
    rows = data.unit_targets(data.scaled(data.houses()))
    return given(
        [Dense(32, "relu"), Dense(16, "relu"), Dense(1)],
        rows,
        "mse",
        figure="r2",
        epochs=40,
        validation_split=0.2,
    )


@healthy("`pellucid train` on moons")
def train_moons() -> Given:
    return given(
        [Dense(32, "relu"), Dense(1, "sigmoid")],
        data.moons(),
        BINARY,
        Adam(0.01),
        metrics=["accuracy"],
        epochs=30,
        validation_split=0.2,
    )


@healthy("`pellucid train` on spirals")
def train_spirals() -> Given:
    return given(
        [Dense(48, "relu"), Dense(24, "relu"), Dense(3, "softmax")],
        data.arms(),
        SPARSE,
        Adam(0.01),
        metrics=["accuracy"],
        epochs=40,
        validation_split=0.2,
    )


@healthy("`pellucid train` on clouds of five classes")
def train_clouds() -> Given:
    rows = data.scaled(data.clouds(1000, classes=5, features=8, apart=1.8))
    return given(
        [Dense(32, "relu"), Dense(5, "softmax")],
        rows,
        SPARSE,
        metrics=["accuracy"],
        epochs=30,
        validation_split=0.2,
    )


@healthy("`pellucid train` on patients")
def train_patients() -> Given:
    return given(
        [Dense(32, "relu"), Dense(1, "sigmoid")],
        data.scaled(data.patients()),
        BINARY,
        Adam(0.005),
        metrics=["accuracy"],
        epochs=30,
        validation_split=0.2,
    )


@healthy("scikit-learn's iris, as a forum's tutorial writes it")
def iris() -> Given:
    return given(
        [Dense(16, "relu"), Dense(3, "softmax")],
        data.scaled(bundled("iris", 50)),
        SPARSE,
        Adam(0.02),
        metrics=["accuracy"],
        epochs=40,
    )


@healthy("scikit-learn's breast cancer, standardised")
def breast_cancer() -> Given:
    rows = data.scaled(bundled("breast_cancer", 150))
    return given(
        [Dense(16, "relu"), Dense(1, "sigmoid")],
        rows,
        BINARY,
        metrics=["accuracy"],
        epochs=30,
        validation_split=0.2,
    )


@healthy("Stack Overflow: linear regression in Keras", near="underfits")
def linear_regression() -> Given:
    return given([Dense(1)], data.line(), "mse", SGD(0.05), figure="r2", epochs=30)


def bundled(name: str, held: int) -> data.Rows:
    """A data set that scikit-learn brings along, in an order drawn once."""
    import pytest

    sets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    x, y = getattr(sets, f"load_{name}")(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    return data.cut(x[order].astype("float32"), y[order], held)
