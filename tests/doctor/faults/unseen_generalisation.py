"""Networks that are no good on new rows, for the final count only: leave this shut."""

from __future__ import annotations

import numpy as np

from pellucid import regularizers
from pellucid.layers import (
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    Reshape,
)
from pellucid.optimizers import Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault(
    "memorises",
    also=["trained too long", "too few rows for the parameters", "overconfident"],
    source="Stack Overflow: text classifier, training 1.0, validation 0.7",
)
def learns_reviews_by_heart(mended: bool) -> Given:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 400, (700, 15)), rng.integers(0, 2, 700)
    x[:, 0] = 2 * rng.integers(0, 20, 700) + y
    x = rng.permuted(x, axis=1)
    size = 4 if mended else 64
    penalty = regularizers.L2(0.003) if mended else None
    inner = [
        Embedding(400, size, embeddings_regularizer=penalty),
        Flatten(),
        Dense(128, "relu"),
        Dense(1, "sigmoid"),
    ]
    if mended:
        inner[1:3] = [Reshape((15, 1, size)), GlobalAveragePooling2D()]
    return given(inner, data.cut(x, y), BINARY, Adam(0.01), epochs=60, validation_split=0.2)


@fault(
    "memorises",
    also=[
        "trained too long",
        "too few rows for the parameters",
        "a baseline is as good",
        "wrong labels",
    ],
    source="Cross Validated: noise learnt",
)
def bends_to_every_point(mended: bool) -> Given:
    rng = np.random.default_rng(7)
    x = rng.uniform(-2, 2, (450, 10)).astype("f")
    y = (x[:, 0] + 0.6 * rng.normal(size=450)).astype("f")
    inner = [
        Dense(200, "tanh", kernel_regularizer=regularizers.L2(0.05) if mended else None),
        Dense(100, "relu", kernel_regularizer=regularizers.L2(0.05) if mended else None),
        Dense(1),
    ]
    return given(
        inner, data.cut(x, y), "mse", Adam(0.003), figure="r2", epochs=200, validation_split=0.2
    )


@fault(
    "underfits",
    also=["bottleneck of one", "a baseline is as good"],
    source="Stack Overflow: one filter and an average for ten digits",
)
def one_filter_for_digits(mended: bool) -> Given:
    filters = 24 if mended else 1
    inner = [
        Conv2D(filters, 3, activation="relu"),
        Conv2D(filters, 3, activation="relu"),
        *([Flatten()] if mended else [GlobalAveragePooling2D()]),
        Dense(10, "softmax"),
    ]
    return given(inner, data.digits(), SPARSE, Adam(0.005), epochs=15)


@fault(
    "underfits",
    also=["no activation between layers", "a baseline is as good"],
    source="Cross Validated: straight line through a bent cloud",
)
def straight_line_through_bent(mended: bool) -> Given:
    inner = [*([Dense(48, "relu")] if mended else []), Dense(1)]
    return given(
        inner, data.bent(), "mse", Adam(0.01), figure="r2", epochs=60, validation_split=0.2
    )


@fault(
    "trained too long",
    also=["memorises", "too few rows for the parameters", "overconfident"],
    source="Keras forum: validation loss has its least at epoch 10 of 300",
)
def three_hundred_epochs(mended: bool) -> Given:
    rows = data.clouds(140, classes=3, features=20, apart=0.65)
    inner = [Dense(64, "relu"), Dense(3, "softmax")]
    return given(
        inner,
        rows,
        SPARSE,
        Adam(0.003),
        figure="sure",
        epochs=12 if mended else 300,
        validation_split=0.3,
    )


@fault(
    "validation too small to tell",
    also=["validation from another distribution"],
    source="Stack Overflow: validation_split=0.01 of 600 rows",
)
def six_rows_of_validation(mended: bool) -> Given:
    x, y, held = data.bent(800, noise=1.0)
    part = slice(500, 800) if mended else slice(500, 504)
    return given(
        [Dense(24, "relu"), Dense(1)],
        (x[:500], y[:500], held),
        "mse",
        Adam(0.01),
        figure="honest",
        epochs=20,
        validation_data=(x[part], y[part]),
    )


@fault(
    "overconfident",
    also=["memorises", "trained too long", "too few rows for the parameters"],
    source="Cross Validated: probabilities are all 0.99",
)
def always_ninety_nine(mended: bool) -> Given:
    rows = data.rare(300, share=0.5, apart=1.8)
    inner = [
        Dense(8 if mended else 256, "relu"),
        *([Dropout(0.2)] if mended else [Dense(128, "relu")]),
        Dense(1, "sigmoid"),
    ]
    return given(
        inner,
        rows,
        BINARY,
        Adam(0.005),
        figure="sure",
        epochs=15 if mended else 200,
        validation_split=0.2,
    )


@fault(
    "a baseline is as good",
    also=["memorises", "trained too long", "too few rows for the parameters"],
    source="Kaggle forum: worse than the mean",
)
def worse_than_a_linear_model(mended: bool) -> Given:
    rows = data.line(70, features=25, noise=0.8, seed=2)
    inner = [Dense(1)] if mended else [Dense(128, "tanh"), Dense(64, "tanh"), Dense(1)]
    return given(
        inner,
        rows,
        "mae",
        Adam(0.02 if mended else 0.005),
        figure="r2",
        epochs=150,
        validation_split=0.2,
    )
