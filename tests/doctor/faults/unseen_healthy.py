"""Usual networks that are well, for the final count only: leave this shut."""

from __future__ import annotations

import numpy as np

from pellucid import datasets, ops
from pellucid.layers import (
    Dense,
)
from pellucid.optimizers import Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, given, healthy
from tests.doctor.faults.seen_healthy import bundled

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@healthy("the README's swish of one's own")
def readme_swish_of_mine() -> Given:
    def swish_of_mine(z):
        return z * ops.sigmoid(1.5 * z)

    return given(
        [Dense(48, activation=swish_of_mine), Dense(10, "softmax")],
        data.flat_digits(),
        SPARSE,
        "adam",
        metrics=["accuracy"],
        epochs=50,
    )


@healthy("the README's loss of one's own")
def readme_own_absolute_loss() -> Given:
    return given(
        [Dense(32, "relu"), Dense(1)],
        data.bent(),
        lambda y_true, y_pred: ops.mean(ops.abs(y_true - y_pred), axis=-1),
        Adam(0.01),
        figure="r2",
        epochs=50,
    )


@healthy("recipe sigmoid-1024 put right", near="saturated units")
def wide_sigmoid_layer() -> Given:
    return given(
        [Dense(256, "sigmoid"), Dense(10, "softmax")],
        data.flat_digits(),
        SPARSE,
        Adam(0.005),
        metrics=["accuracy"],
        epochs=15,
    )


@healthy("recipe relu-adam put right")
def relu_adam() -> Given:
    inner = [Dense(64, "relu"), Dense(64, "relu"), Dense(10, "softmax")]
    return given(
        inner,
        data.flat_digits(),
        SPARSE,
        Adam(0.002),
        metrics=["accuracy"],
        epochs=20,
        validation_split=0.2,
    )


@healthy("recipe why-not-deeper: one unit less deep", near="no activation between layers")
def shallow_binary() -> Given:
    rows = data.changed(data.flat_digits(), y=lambda y: (y == 1).astype(int))
    return given(
        [Dense(16, "tanh"), Dense(1, "sigmoid")],
        rows,
        BINARY,
        Adam(0.01),
        figure="balanced",
        epochs=40,
    )


@healthy("`pellucid train` on rings")
def train_rings() -> Given:
    return given(
        [Dense(32, "relu"), Dense(1, "sigmoid")],
        data.rings(),
        BINARY,
        Adam(0.01),
        metrics=["accuracy"],
        epochs=30,
        validation_split=0.2,
    )


@healthy("`pellucid train` on exclusive or")
def train_xor() -> Given:
    return given(
        [Dense(32, "relu"), Dense(1, "sigmoid")],
        data.cut(*datasets.xor(1000)),
        BINARY,
        Adam(0.01),
        metrics=["accuracy"],
        epochs=40,
        validation_split=0.2,
    )


@healthy("`pellucid train` on a bent function")
def train_bent() -> Given:
    return given(
        [Dense(48, "relu"), Dense(24, "relu"), Dense(1)],
        data.bent(1200),
        "mse",
        Adam(0.005),
        figure="r2",
        epochs=40,
        validation_split=0.2,
    )


@healthy("scikit-learn's wine, standardised", near="too few rows for the parameters")
def wine() -> Given:
    return given(
        [Dense(8, "relu"), Dense(3, "softmax")],
        data.scaled(bundled("wine", 60)),
        SPARSE,
        Adam(0.02),
        metrics=["accuracy"],
        epochs=25,
    )


@healthy("scikit-learn's diabetes, targets standardised", near="a baseline is as good", good=0.35)
def diabetes() -> Given:
    rows = data.unit_targets(data.scaled(bundled("diabetes", 140)))
    return given([Dense(1)], rows, "mse", Adam(0.02), figure="r2", epochs=40)


@healthy("a seeded table with a column of yes and no and one of four kinds")
def columns_of_kinds() -> Given:
    rng = np.random.default_rng(9)
    kind, yes, size = rng.integers(0, 4, 1100), rng.integers(0, 2, 1100), rng.normal(size=1100)
    y = (size + yes * (kind > 1) - 0.5 * (kind == 0) > 0.3).astype(int)
    x = np.concatenate([np.eye(4)[kind], yes[:, None], size[:, None]], 1).astype("float32")
    return given(
        [Dense(24, "relu"), Dense(1, "sigmoid")],
        data.cut(x, y),
        BINARY,
        Adam(0.01),
        metrics=["accuracy"],
        epochs=30,
    )
