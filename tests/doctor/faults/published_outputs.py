"""Programs of published benchmarks whose outputs, targets and loss do not fit together."""

from __future__ import annotations

from pellucid import initializers, regularizers
from pellucid.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given
from tests.doctor.faults.published import BINARY, LINT, LOCALIZE, ONE_HOT, SPARSE, last


@fault(
    "softmax for labels that are not exclusive",
    also=["batch too large for the budget", "targets do not fit the loss"],
    question=44164749,
    source=LOCALIZE + "tags of texts",
)
def so_44164749(mended: bool) -> Given:
    inner = [
        Dense(500, "relu"),
        Dropout(0.1),
        Dense(60, "relu"),
        Dropout(0.1),
        Dense(5, last(mended, "sigmoid", "softmax")),
    ]
    return given(
        inner,
        data.several(),
        BINARY if mended else ONE_HOT,
        SGD(0.05, momentum=0.9, nesterov=True),
        figure="labels",
        epochs=20,
    )


@fault(
    "too few outputs",
    also=["targets do not fit the loss", "output cannot reach the targets"],
    question=50079585,
    source=LOCALIZE + "three kinds of pictures and one sigmoid",
)
def so_50079585(mended: bool) -> Given:
    x, y, (x_new, y_new) = data.digits()
    rows = x[y < 3], y[y < 3], (x_new[y_new < 3], y_new[y_new < 3])
    inner = [
        Conv2D(16, 3, activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(32, "relu"),
        Dropout(0.5),
        Dense(3, "softmax") if mended else Dense(1, "sigmoid"),
    ]
    return given(inner, rows, SPARSE if mended else BINARY, "rmsprop", epochs=15)


@fault(
    "too few outputs",
    also=["targets do not fit the loss", "output cannot reach the targets"],
    question=50481178,
    source=LOCALIZE + "class numbers and one sigmoid",
)
def so_50481178(mended: bool) -> Given:
    rows = data.clouds(600, classes=3)
    inner = [
        Dense(24, "relu"),
        Dense(12, "relu"),
        Dense(3, "softmax") if mended else Dense(1, "sigmoid"),
    ]
    return given(
        inner,
        rows,
        SPARSE if mended else BINARY,
        metrics=["accuracy"],
        epochs=30,
        batch_size=10,
        validation_split=0.1,
    )


@fault(
    "sigmoids for exclusive classes",
    also=["weights start too small", "unscaled inputs", "bottleneck of one", "underfits"],
    question=51930566,
    source=LOCALIZE + "iris, three sigmoids and categorical cross-entropy",
)
def so_51930566(mended: bool) -> Given:
    return flowers(mended, 5, 25)


@fault(
    "sigmoids for exclusive classes",
    also=["weights start too small", "unscaled inputs", "underfits"],
    question=59278771,
    source=LOCALIZE + "iris by its four columns, as they are",
)
def so_59278771(mended: bool) -> Given:
    return flowers(mended, 11, 40)


def flowers(mended: bool, seed: int, epochs: int) -> Given:
    rows = data.clouds(150, classes=3, features=4, apart=1.2, seed=seed)
    rows = data.changed(rows, x=lambda x: x if mended else 0.6 * x + 5)
    start = "glorot_uniform" if mended else initializers.RandomNormal(stddev=0.05)
    inner = [
        Dense(12 if mended else 4, "relu", kernel_initializer=start),
        Dense(3, last(mended, "softmax", "sigmoid"), kernel_initializer=start),
    ]
    return given(
        inner,
        data.onehot(rows, 3),
        ONE_HOT,
        Adam(0.01 if mended else 0.001),
        metrics=["accuracy"],
        epochs=epochs,
        batch_size=5,
    )


@fault(
    "sigmoids for exclusive classes",
    also=[
        "rate too low",
        "penalty outweighs the loss",
        "no activation between layers",
        "regression loss for classes",
    ],
    question=55328966,
    source=LOCALIZE + "sigmoids at the end, a penalty on each layer",
)
def so_55328966(mended: bool) -> Given:
    penalty = regularizers.L2(1e-4 if mended else 0.01)
    inner = [
        Dense(64),
        Dense(30, "relu", kernel_regularizer=penalty),
        Dense(10, last(mended, "softmax", "sigmoid"), kernel_regularizer=penalty),
    ]
    rows = data.onehot(data.flat_digits(), 10)
    return given(inner, rows, ONE_HOT if mended else "mse", SGD(0.1), epochs=10)


@fault(
    "sigmoids for exclusive classes",
    also=["vanishing gradients", "ends before it converged", "unscaled inputs", "underfits"],
    question=58609115,
    source=LOCALIZE + "one of many classes by sigmoids, one epoch",
)
def so_58609115(mended: bool) -> Given:
    rows = data.onehot(data.clouds(1500, classes=12, features=4, apart=3.0), 12)
    hidden = last(mended, "relu", "sigmoid")
    start = initializers.RandomNormal(stddev=0.05)
    inner = [
        Dense(69, hidden, kernel_initializer=start),
        Dense(69, hidden, kernel_initializer=start),
        Dense(12, last(mended, "softmax", "sigmoid")),
    ]
    return given(
        inner,
        rows,
        ONE_HOT if mended else BINARY,
        epochs=10 if mended else 1,
        metrics=["accuracy"],
        batch_size=50,
    )


@fault(
    "targets do not fit the loss",
    also=["labels do not start at 0", "labels with gaps"],
    question=59325381,
    source=LOCALIZE + "the class numbers are divided by 255",
)
def so_59325381(mended: bool) -> Given:
    rows = data.changed(
        data.digits(), y=lambda y: y if mended else (y / 255).astype("f"), held=False
    )
    inner = [
        Conv2D(16, 3, activation="relu", padding="same"),
        MaxPooling2D(),
        Flatten(),
        Dense(64, "relu"),
        Dense(10, "softmax"),
    ]
    return given(inner, rows, SPARSE, metrics=["accuracy"], epochs=6)


@fault("shapes of target and output differ", question=38584268, source=LINT + "Flatten is missing")
def so_38584268(mended: bool) -> Given:
    inner = [
        Conv2D(15, 3, activation="relu"),
        MaxPooling2D(),
        *([Flatten()] if mended else []),
        Dense(50, "relu"),
        Dense(10, "softmax"),
    ]
    return given(inner, data.onehot(data.digits(), 10), ONE_HOT, metrics=["accuracy"], epochs=8)


@fault(
    "sigmoids for exclusive classes",
    question=44399299,
    source=LINT + "four sigmoids and categorical cross-entropy",
)
def so_44399299(mended: bool) -> Given:
    x, y, (x_new, y_new) = data.digits()
    rows = x[y < 4], y[y < 4], (x_new[y_new < 4], y_new[y_new < 4])
    inner = [
        Conv2D(8, 3, activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(32, "relu"),
        Dense(4, last(mended, "softmax", "sigmoid")),
    ]
    return given(inner, data.onehot(rows, 4), ONE_HOT, SGD(0.02), epochs=6)


@fault(
    "shapes of target and output differ",
    also=["output cannot reach the targets"],
    question=53119432,
    source=LINT + "no Flatten before one sigmoid",
)
def so_53119432(mended: bool) -> Given:
    inner = [
        Conv2D(16, 3, activation="relu"),
        MaxPooling2D(),
        *([Flatten()] if mended else []),
        Dropout(0.5),
        Dense(1, "sigmoid"),
    ]
    rows = data.changed(data.digits(), y=lambda y: (y > 4).astype(int))
    return given(inner, rows, BINARY, Adam(0.005), metrics=["accuracy"], epochs=20, batch_size=24)


@fault(
    "shapes of target and output differ",
    question=61030068,
    source=LINT + "softmax over the last axis of a sequence of features",
)
def so_61030068(mended: bool) -> Given:
    inner = [
        Conv2D(16, 3, activation="relu"),
        MaxPooling2D(),
        *([Flatten()] if mended else []),
        Dense(64, "relu"),
        Dense(10, "softmax"),
    ]
    return given(
        inner, data.digits(), SPARSE, metrics=["accuracy"], epochs=10, validation_split=0.1
    )
