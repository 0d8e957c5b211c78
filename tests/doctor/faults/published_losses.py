"""Programs of published benchmarks whose loss or last activation is another than it should be."""

from __future__ import annotations

import numpy as np

from pellucid import datasets, initializers
from pellucid.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given
from tests.doctor.faults.published import BINARY, LINT, LOCALIZE, ONE_HOT, last


@fault(
    "regression loss for classes",
    also=["rate too low", "ends before it converged", "batch too small"],
    question=31556268,
    source=LOCALIZE + "exclusive or by absolute error",
)
def so_31556268(mended: bool) -> Given:
    inner = [Dense(2 if not mended else 8, "tanh" if mended else "sigmoid"), Dense(1, "sigmoid")]
    rows = data.cut(*datasets.xor(800))
    optimizer = Adam(0.02) if mended else SGD(0.05, momentum=0.11, nesterov=True)
    return given(inner, rows, BINARY if mended else "mae", optimizer, epochs=60, batch_size=4)


@fault(
    "regression loss for classes",
    also=["unscaled inputs", "rate too high", "saturated units"],
    question=34673164,
    source=LOCALIZE + "letters of 16 columns, squared error",
)
def so_34673164(mended: bool) -> Given:
    rows = data.clouds(800, classes=2, features=16, apart=0.5)
    rows = data.onehot(data.changed(rows, x=lambda x: x if mended else 4 * x + 30), 2)
    inner = [Dense(64, "tanh"), Dropout(0.5), Dense(64, "tanh"), Dropout(0.5), Dense(2, "softmax")]
    return given(
        inner,
        rows,
        ONE_HOT if mended else "mse",
        SGD(0.1, momentum=0.9, nesterov=True),
        epochs=20,
        batch_size=16,
    )


@fault(
    "regression loss for classes",
    also=["ends before it converged", "rate too low"],
    question=38648195,
    source=LOCALIZE + "three classes, softmax and squared error",
)
def so_38648195(mended: bool) -> Given:
    rows = data.onehot(data.clouds(300, classes=3, features=20, apart=0.45), 3)
    inner = [Dense(20, "relu"), Dropout(0.5), Dense(20, "relu"), Dropout(0.5), Dense(3, "softmax")]
    optimizer = SGD(0.05, momentum=0.9) if mended else SGD(0.05)
    return given(inner, rows, ONE_HOT if mended else "mse", optimizer, epochs=20, batch_size=20)


@fault(
    "regression loss for classes",
    also=[
        "vanishing gradients",
        "rate too low",
        "weights start too small",
        "ends before it converged",
    ],
    question=39217567,
    source=LOCALIZE + "bits of a number, three sigmoid layers and SGD",
)
def so_39217567(mended: bool) -> Given:
    bits = (np.arange(1024)[:, None] >> np.arange(10) & 1).astype("float32")
    bits = bits[np.random.default_rng(0).permutation(1024)]
    rows = data.cut(bits, bits[:, ::-1].copy(), 200)
    hidden = last(mended, "relu", "sigmoid")
    start = "glorot_uniform" if mended else initializers.RandomNormal(stddev=0.05)
    inner = [
        Dense(24 if mended else 10, hidden, kernel_initializer=start),
        Dense(24 if mended else 10, hidden, kernel_initializer=start),
        Dense(10, "sigmoid", kernel_initializer=start),
    ]
    return given(
        inner,
        rows,
        BINARY if mended else "mse",
        Adam(0.02) if mended else SGD(0.01),
        figure="labels",
        epochs=60,
        batch_size=50,
    )


@fault(
    "scores taken for probabilities",
    also=["output cannot reach the targets", "dead units", "unscaled inputs"],
    question=44066044,
    source=LOCALIZE + "relu before binary cross-entropy",
)
def so_44066044(mended: bool) -> Given:
    rows = data.clouds(600, classes=2, features=11, apart=0.5)
    inner = [Dense(12, "relu"), Dense(12, "relu"), Dense(1, last(mended, "sigmoid", "relu"))]
    return given(inner, rows, BINARY, SGD(0.05), metrics=["accuracy"], epochs=30, batch_size=5)


@fault(
    "scores taken for probabilities",
    also=["output cannot reach the targets", "dead units"],
    question=47352366,
    source=LOCALIZE + "ten relu outputs and categorical cross-entropy",
)
def so_47352366(mended: bool) -> Given:
    start = initializers.Constant(0.1)
    inner = [
        Conv2D(8, 5, activation="relu", padding="same", bias_initializer=start),
        MaxPooling2D(padding="same"),
        Flatten(),
        Dense(64, "relu", bias_initializer=start),
        Dropout(0.5),
        Dense(10, last(mended, "softmax", "relu")),
    ]
    return given(
        inner,
        data.onehot(data.digits(), 10),
        ONE_HOT,
        metrics=["accuracy"],
        epochs=10,
        batch_size=50,
    )


@fault(
    "output cannot reach the targets",
    also=[
        "targets far from unit size",
        "accuracy for regression",
        "rate too low",
        "unscaled inputs",
    ],
    question=48221692,
    source=LOCALIZE + "a curve of one number by a sigmoid",
)
def so_48221692(mended: bool) -> Given:
    x = np.random.default_rng(0).uniform(-3, 3, (900, 1)).astype("float32")
    rows = data.cut(x, (x[:, 0] ** 2).astype("float32"))
    inner = [Dense(5, "sigmoid"), Dense(1, last(mended, None, "sigmoid"))]
    return given(
        inner,
        rows,
        "mse",
        SGD(0.05),
        figure="r2",
        epochs=200,
        metrics=None if mended else ["accuracy"],
    )


@fault(
    "output cannot reach the targets",
    also=["dead units", "underfits"],
    question=48251943,
    source=LOCALIZE + "relu at the end, targets on both sides of 0",
)
def so_48251943(mended: bool) -> Given:
    rows = data.line(600, features=2)
    inner = [Dense(4 if not mended else 8, "relu"), Dense(1, last(mended, None, "relu"))]
    return given(inner, rows, "mse", SGD(0.05), figure="r2", epochs=50, batch_size=10)


@fault(
    "output cannot reach the targets",
    also=["unscaled inputs", "targets far from unit size", "weights start too small"],
    question=50555434,
    source=LINT + "six sigmoids, absolute error",
)
def so_50555434(mended: bool) -> Given:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1200, 28)).astype("float32")
    y = (x @ rng.normal(size=(28, 6)) * 0.6 + 1).astype("float32")
    inner = [
        Dense(20, "relu"),
        Dense(15, "relu"),
        Dense(6 if not mended else 12, "relu"),
        Dense(6, last(mended, None, "sigmoid")),
    ]
    return given(inner, data.cut(x, y), "mae", Adam(0.005), figure="r2", epochs=60)
