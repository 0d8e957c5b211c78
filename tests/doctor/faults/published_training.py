"""Programs of published benchmarks with faults of data, start and rate."""

from __future__ import annotations

import numpy as np

from pellucid import initializers
from pellucid.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given
from tests.doctor.faults.published import BINARY, LINT, LOCALIZE, ONE_HOT, SMALL, last


@fault(
    "unscaled inputs",
    also=["identifier or date as a number", "softmax or sigmoid twice"],
    question=31627380,
    source=LOCALIZE + "columns of whole numbers from a label encoder",
)
def so_31627380(mended: bool) -> Given:
    rows = data.onehot(data.scaled(data.patients()) if mended else data.patients(), 2)
    inner = [Dense(512, "relu"), Dropout(0.5), Dense(2, "softmax")]
    return given(inner, rows, ONE_HOT, metrics=["accuracy"], epochs=10, batch_size=128)


@fault(
    "unscaled inputs",
    also=["dead units", "batch too small", "bottleneck of one"],
    question=39525358,
    source=LOCALIZE + "three columns in their own units, batches of one",
)
def so_39525358(mended: bool) -> Given:
    rows = data.changed(data.patients(), x=lambda x: x[:, :3])
    rows = data.scaled(rows) if mended else rows
    inner = [
        Dense(12, "relu", kernel_initializer="glorot_uniform" if mended else SMALL),
        Dense(3 if not mended else 8, "relu"),
        Dense(1, "sigmoid"),
    ]
    return given(inner, rows, BINARY, metrics=["accuracy"], epochs=20, batch_size=4)


@fault(
    "underfits",
    also=["unscaled inputs", "dead units", "ends before it converged", "weights start too small"],
    question=41372874,
    source=LOCALIZE + "two units a layer",
)
def so_41372874(mended: bool) -> Given:
    units, start = (24, "glorot_uniform") if mended else (2, SMALL)
    inner = [
        Dense(units, "relu", kernel_initializer=start),
        Dense(units, "relu", kernel_initializer=start),
        Dense(1, "sigmoid"),
    ]
    return given(inner, data.rings(), BINARY, epochs=60, batch_size=4)


@fault(
    "unscaled inputs",
    also=["identifier or date as a number", "outliers"],
    question=47724077,
    source=LOCALIZE + "census columns from a label encoder, beside capital gains",
)
def so_47724077(mended: bool) -> Given:
    rows = data.scaled(data.patients(seed=3)) if mended else data.patients(seed=3)
    inner = [Dense(21, "relu"), Dense(2, "softmax")]
    return given(
        inner, data.onehot(rows, 2), ONE_HOT, metrics=["accuracy"], epochs=50, batch_size=25
    )


@fault(
    "no activation between layers",
    also=[
        "regression loss for classes",
        "rate too high",
        "weights start too large",
        "scores taken for probabilities",
        "exploding gradients",
    ],
    question=48385830,
    source=LOCALIZE + "30 and 10 units without activations, SGD at 3",
)
def so_48385830(mended: bool) -> Given:
    start = initializers.RandomNormal(stddev=1.0)
    inner = [
        Dense(30, last(mended, "sigmoid", None), kernel_initializer=start, bias_initializer=start),
        Dense(10, last(mended, "softmax", None), kernel_initializer=start),
    ]
    rows = data.onehot(data.flat_digits(), 10)
    return given(
        inner,
        rows,
        ONE_HOT if mended else "mse",
        SGD(0.5 if mended else 3.0),
        epochs=30,
        batch_size=10,
    )


@fault(
    "rate too high",
    also=["exploding gradients", "targets far from unit size", "accuracy for regression"],
    question=48934338,
    source=LOCALIZE + "5x² by SGD at 0.1",
)
def so_48934338(mended: bool) -> Given:
    x = np.random.default_rng(1).normal(size=(1000, 1)).astype("float32")
    y = (5 * x[:, 0] ** 2 + 0.3 * np.random.default_rng(2).normal(size=1000) ** 3).astype("f")
    inner = [Dense(50, "relu"), Dense(30, "relu"), Dense(1)]
    return given(
        inner,
        data.cut(x, y),
        "mse",
        SGD(0.001 if mended else 0.1),
        figure="r2",
        epochs=60,
        metrics=None if mended else ["accuracy"],
    )


@fault(
    "ends before it converged",
    also=["rate too low", "bottleneck of one", "underfits"],
    question=50306988,
    source=LOCALIZE + "two sigmoid units, five epochs of SGD",
)
def so_50306988(mended: bool) -> Given:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 1000)
    x = (rng.uniform(0.2, 0.4, (1000, 2)) + 0.3 * y[:, None]).astype("float32")
    inner = [Dense(2, "sigmoid"), Dense(2, "softmax")]
    rows = data.onehot(data.cut(x, y), 2)
    return given(
        inner,
        rows,
        ONE_HOT,
        SGD(1.0) if mended else SGD(0.01),
        metrics=["accuracy"],
        epochs=50 if mended else 5,
    )


@fault(
    "targets far from unit size",
    also=["unscaled inputs", "saturated units", "rate too low", "batch too large for the budget"],
    question=52800582,
    source=LOCALIZE + "x⁴ from −100 to 100",
)
def so_52800582(mended: bool) -> Given:
    x = np.random.default_rng(0).uniform(-100, 100, (1000, 1)).astype("float32")
    rows = data.cut(x, (x[:, 0] ** 4).astype("float32"))
    rows = data.unit_targets(data.scaled(rows)) if mended else rows
    inner = [Dense(50, last(mended, "tanh", "sigmoid")), Dense(50, "elu"), Dense(1)]
    return given(
        inner,
        rows,
        "mse",
        Adam(0.01 if mended else 0.001),
        figure="r2",
        epochs=300,
        batch_size=1000,
    )


@fault(
    "dropout of almost everything",
    question=60566498,
    source=LINT + "dropout between convolutions, and of 0.8 before the end",
)
def so_60566498(mended: bool) -> Given:
    rate = 0.1 if mended else 0.8
    inner = [
        Conv2D(16, 3, activation="relu", padding="same"),
        MaxPooling2D(),
        Dropout(rate),
        Conv2D(16, 3, activation="relu", padding="same"),
        MaxPooling2D(),
        Dropout(rate),
        Flatten(),
        Dense(32, "relu"),
        Dropout(rate),
        Dense(10, "softmax"),
    ]
    return given(inner, data.onehot(data.digits(), 10), ONE_HOT, metrics=["accuracy"], epochs=10)
