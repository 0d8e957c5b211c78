"""Networks that learn and are no good on new rows: the half that may be looked at."""

from __future__ import annotations

import numpy as np

from pellucid import regularizers
from pellucid.layers import Dense, Dropout
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault(
    "memorises",
    also=["trained too long", "too few rows for the parameters", "a baseline is as good"],
    source="Stack Overflow: validation loss rises",
)
def wide_network_on_noisy_line(mended: bool) -> Given:
    rows = data.line(60, features=20, noise=1.5)
    inner = [Dense(1)] if mended else [Dense(256, "relu"), Dense(128, "relu"), Dense(1)]
    return given(
        inner,
        rows,
        "mse",
        Adam(0.02 if mended else 0.003),
        figure="r2",
        epochs=150,
        validation_split=0.2,
    )


@fault(
    "memorises",
    also=["trained too long", "too few rows for the parameters", "overconfident"],
    source="Keras tutorial: overfit and underfit",
)
def memorises_noise_columns(mended: bool) -> Given:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(550, 60)).astype("f")
    y = (x[:, 0] + x[:, 1] + 0.7 * rng.normal(size=550) > 0).astype(int)
    penalty = regularizers.L1(0.03) if mended else None
    inner = [Dense(128, "relu", kernel_regularizer=penalty), Dense(1, "sigmoid")]
    return given(inner, data.cut(x, y), BINARY, Adam(0.005), epochs=100, validation_split=0.2)


@fault(
    "underfits",
    also=["bottleneck of one", "a baseline is as good"],
    source="Stack Overflow: two hidden units for a spiral",
)
def two_units_for_arms(mended: bool) -> Given:
    inner = [Dense(48 if mended else 2, "relu"), Dense(4, "softmax")]
    return given(inner, data.arms(classes=4), SPARSE, Adam(0.02), epochs=60)


@fault(
    "underfits",
    also=["no activation between layers", "a baseline is as good"],
    source="Stack Overflow: logistic regression for XOR",
)
def no_hidden_layer_for_moons(mended: bool) -> Given:
    inner = [*([Dense(32, "relu")] if mended else []), Dense(1, "sigmoid")]
    return given(inner, data.rings(), BINARY, Adam(0.02), epochs=60)


@fault(
    "trained too long",
    also=["memorises", "too few rows for the parameters", "overconfident"],
    source="Stack Overflow: how many epochs?",
)
def five_hundred_epochs(mended: bool) -> Given:
    rows = data.line(60, features=10, noise=0.9)
    inner = [Dense(64, "tanh"), Dense(1)]
    return given(
        inner,
        rows,
        "mse",
        Adam(0.005),
        figure="r2",
        epochs=40 if mended else 500,
        validation_split=0.25,
    )


@fault(
    "validation too small to tell",
    also=["rows in both training and validation"],
    source="Cross Validated: validation accuracy of 1.0 on ten rows",
)
def eight_rows_of_validation(mended: bool) -> Given:
    x, y, held = data.rare(700, share=0.5, apart=1.2, seed=3)
    wrong = np.abs(x[:, 0] - 0.6) > 1.5
    easy = np.flatnonzero(wrong & ((x[:, 0] > 0.6) == y))[:8]
    part = np.arange(400, 700) if mended else easy
    rest = np.setdiff1d(np.arange(400), easy)
    return given(
        [Dense(8, "relu"), Dense(1, "sigmoid")],
        (x[rest], y[rest], held),
        BINARY,
        figure="honest",
        epochs=20,
        validation_data=(x[part], y[part]),
    )


@fault(
    "overconfident",
    also=["memorises", "trained too long", "too few rows for the parameters"],
    source="Guo et al. 2017: calibration of modern networks",
)
def sure_and_wrong(mended: bool) -> Given:
    rows = data.clouds(250, classes=3, apart=1.3)
    inner = [
        Dense(16 if mended else 256, "relu"),
        *([Dropout(0.3)] if mended else []),
        Dense(3, "softmax"),
    ]
    return given(
        inner,
        rows,
        SPARSE,
        Adam(0.005),
        figure="sure",
        epochs=10 if mended else 150,
        validation_split=0.2,
    )


@fault(
    "a baseline is as good",
    also=["memorises", "trained too long", "rate too high", "too few rows for the parameters"],
    source="Cross Validated: linear wins",
)
def deep_network_for_a_line(mended: bool) -> Given:
    rows = data.line(100, features=12, noise=1.0)
    inner = [Dense(64, "relu"), Dense(64, "relu"), Dense(64, "relu"), Dense(1)]
    return given(
        [Dense(1)] if mended else inner,
        rows,
        "mse",
        SGD(0.03),
        figure="r2",
        epochs=200,
        validation_split=0.2,
    )
