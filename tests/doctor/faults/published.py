"""Programs of published benchmarks as networks of ours, the same layers and settings on other data.

Here are those that end in a softmax over one unit; others with wrong ends are in
`published_outputs` and `published_losses`, the rest in `published_training`.

`question` is the number of the Stack Overflow question under which a benchmark keeps the program;
`found_by` names the tools that are known to find it, and is None where nobody of us has read it.
Widths are as asked there, but for pictures, which are smaller here.
"""

from __future__ import annotations

import numpy as np

from pellucid import initializers
from pellucid.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, ONE_HOT, BINARY = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
)
LOCALIZE, LINT = "DeepLocalize's benchmark: ", "NeuraLint's samples: "
SMALL = initializers.RandomUniform(-0.05, 0.05)


def last(mended: bool, right: str | None, wrong: str | None) -> str | None:
    return right if mended else wrong


@fault("softmax over one unit", question=31880720, source=LOCALIZE + "ones and zeros told apart")
def so_31880720(mended: bool) -> Given:
    y = np.arange(1000) % 2
    x = np.repeat(y[:, None], 128, 1).astype("float32")
    inner = [
        Dense(50, "relu"),
        Dropout(0.2),
        Dense(50, "relu"),
        Dropout(0.2),
        Dense(1),
        Activation(last(mended, "sigmoid", "softmax")),
    ]
    return given(inner, data.cut(x, y), BINARY, "rmsprop", metrics=["accuracy"], epochs=3)


@fault(
    "softmax over one unit",
    also=[
        "output cannot reach the targets",
        "accuracy for regression",
        "regression loss for classes",
    ],
    question=33969059,
    source=LOCALIZE + "a weighted sum",
)
def so_33969059(mended: bool) -> Given:
    rows = data.line(800, features=3, noise=0.1)
    inner = [Dense(3, "tanh"), Dense(8, "tanh"), Dense(1, last(mended, None, "softmax"))]
    return given(
        inner,
        rows,
        "mse",
        SGD(0.1, momentum=0.9, nesterov=True),
        figure="r2",
        epochs=20,
        metrics=None if mended else ["accuracy"],
    )


@fault(
    "softmax over one unit",
    also=["rate too low", "regression loss for classes"],
    question=34311586,
    source=LOCALIZE + "two columns, squared error",
)
def so_34311586(mended: bool) -> Given:
    inner = [Dense(2, "sigmoid"), Dense(3, "sigmoid"), Dense(1, last(mended, "sigmoid", "softmax"))]
    rate = 0.5 if mended else 0.001
    return given(
        inner,
        data.clouds(classes=2, features=2, apart=2),
        "mse",
        SGD(rate, momentum=0.9, nesterov=True),
        epochs=20,
    )


@fault("softmax over one unit", question=45337371, source=LOCALIZE + "60-50-1 with softmax")
def so_45337371(mended: bool) -> Given:
    inner = [Dense(60, "relu"), Dense(50, "relu"), Dense(1, last(mended, "sigmoid", "softmax"))]
    return given(inner, data.scaled(data.patients()), BINARY, metrics=["accuracy"], epochs=15)


@fault(
    "softmax over one unit",
    also=["regression loss for classes", "bottleneck of one"],
    question=45442843,
    source=LOCALIZE + "one unit, then softmax, absolute error",
)
def so_45442843(mended: bool) -> Given:
    rows = data.changed(data.clouds(classes=2, features=2, apart=2), x=lambda x: x[:, :1])
    inner = [Dense(1, "sigmoid"), Dense(1, last(mended, "sigmoid", "softmax"))]
    return given(
        inner,
        rows,
        BINARY if mended else "mae",
        Adam(0.05) if mended else "rmsprop",
        epochs=60,
        batch_size=200,
    )


@fault("softmax over one unit", question=45378493, source=LINT + "a convolution, then one softmax")
def so_45378493(mended: bool) -> Given:
    inner = [
        Conv2D(8, 3),
        Activation("leaky_relu"),
        Dropout(0.2),
        Flatten(),
        Dense(64),
        Activation("leaky_relu"),
        Dense(1),
        Activation(last(mended, "sigmoid", "softmax")),
    ]
    rows = data.changed(data.digits(), y=lambda y: (y > 4).astype(int))
    return given(inner, rows, BINARY, metrics=["accuracy"], epochs=10)


@fault("softmax over one unit", question=51749207, source=LINT + "Dense(1, softmax) for signals")
def so_51749207(mended: bool) -> Given:
    inner = [
        Flatten(),
        Dense(50, "relu"),
        Dropout(0.3),
        Dense(1, last(mended, "sigmoid", "softmax")),
    ]
    return given(
        inner, data.waves(1000), BINARY, "nadam", metrics=["accuracy"], epochs=30, batch_size=8
    )


@fault("softmax over one unit", question=58844149, source=LINT + "pictures of two kinds")
def so_58844149(mended: bool) -> Given:
    x, y, (x_new, y_new) = data.digits()
    rows = x[y < 2], y[y < 2], (x_new[y_new < 2], y_new[y_new < 2])
    inner = [
        Conv2D(12, 3, activation="relu", padding="same"),
        MaxPooling2D(),
        Flatten(),
        Dense(30, "relu"),
        Dropout(0.2),
        Dense(1),
        Activation(last(mended, "sigmoid", "softmax")),
    ]
    return given(inner, rows, BINARY, metrics=["accuracy"], epochs=10)
