"""Data: written after the checks by somebody who had not read them."""

from __future__ import annotations

import numpy as np

from pellucid.layers import LSTM, Dense, Flatten
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data, tables
from tests.doctor.faults.case import Given, fault, given
from tests.doctor.faults.data import Rows

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


def with_column(rows: Rows, column) -> Rows:
    """One column more, given by a function of (x, y)."""
    x, y, held = rows
    held_x = np.column_stack([held[0], column(*held)]).astype("float32")
    return np.column_stack([x, column(x, y)]).astype("float32"), y, (held_x, held[1])


@fault("NaN or infinity in the data", source="Stack Overflow: loss is nan from the first step")
def gaps_in_the_wine_table(mended: bool) -> Given:
    x, y, held = tables.scaled_table("wine")
    x = x.copy()
    if not mended:
        x[::17, 4] = np.nan
    inner = [Dense(16, "relu"), Dense(3, "softmax")]
    return given(inner, (x, y, held), SPARSE, Adam(0.01), epochs=30)


@fault("NaN or infinity in the data", source="Stack Overflow: log of zero in a column")
def logarithm_of_zero(mended: bool) -> Given:
    x, y, held = tables.friedman()
    x = x.copy()
    if not mended:
        x[40:44, 2] = -np.inf
    return given([Dense(24, "relu"), Dense(1)], (x, y, held), "mse", figure="r2", epochs=30)


@fault("unscaled inputs", source="Stack Overflow: wine data, accuracy 0.4")
def wine_as_it_comes(mended: bool) -> Given:
    rows = tables.scaled_table("wine") if mended else tables.table("wine")
    return given([Dense(16, "relu"), Dense(3, "softmax")], rows, SPARSE, SGD(0.05), epochs=30)


@fault("unscaled inputs", also=["saturated units"], source="Stack Overflow: tumours, sigmoid")
def tumours_as_they_come(mended: bool) -> Given:
    rows = (tables.scaled_table if mended else tables.table)("breast_cancer")
    return given([Dense(16, "sigmoid"), Dense(1, "sigmoid")], rows, BINARY, Adam(0.01), epochs=15)


@fault("unscaled inputs", also=["saturated units"], source="Stack Overflow: pictures of 0 to 255")
def pictures_to_255(mended: bool) -> Given:
    rows = data.digits(scale=1 / 16 if mended else 255 / 16)
    inner = [Flatten(), Dense(32, "tanh"), Dense(32, "tanh"), Dense(10, "softmax")]
    return given(inner, rows, SPARSE, SGD(0.05), epochs=20)


@fault("targets far from unit size", source="Stack Overflow: mse of 1e11 on salaries")
def salaries(mended: bool) -> Given:
    rows = tables.friedman()
    rows = rows if mended else data.changed(rows, y=lambda y: 30_000 * y + 60_000)
    return given([Dense(32, "relu"), Dense(1)], rows, "mse", figure="r2", epochs=60)


@fault(
    "outliers",
    also=["targets far from unit size", "unscaled inputs"],
    source="Kaggle: -999 stands for missing",
)
def minus_nines(mended: bool) -> Given:
    x, y, held = tables.friedman()
    x = x.copy()
    if not mended:
        rng = np.random.default_rng(1)
        x[rng.integers(0, len(x), 40), rng.integers(0, 5, 40)] = -9999.0
    return given(
        [Dense(24, "relu"), Dense(1)], (x, y, held), "mse", Adam(0.01), figure="r2", epochs=50
    )


@fault("column gives the target away", source="Kaggle: a leak, 100 % in training")
def diagnosis_among_the_columns(mended: bool) -> Given:
    x, y, held = tables.generated(classes=2)
    if not mended:
        x = np.column_stack([x, 6.0 * y - 3]).astype("float32")
        held = (np.column_stack([held[0], np.zeros(len(held[0]))]).astype("float32"), held[1])
    return given(
        [Dense(8, "relu"), Dense(1, "sigmoid")], (x, y, held), BINARY, Adam(0.02), epochs=40
    )


@fault("identifier or date as a number", also=["unscaled inputs"], source="Stack Overflow: index")
def row_numbers(mended: bool) -> Given:
    rows = tables.generated()
    if not mended:
        rows = with_column(rows, lambda x, y: 100_000.0 + np.arange(len(x)))
    return given([Dense(24, "relu"), Dense(4, "softmax")], rows, SPARSE, Adam(0.01), epochs=25)


@fault("sorted rows without shuffling", source="Stack Overflow: rows by class, shuffle=False")
def classes_in_order(mended: bool) -> Given:
    x, y, held = tables.generated()
    order = np.argsort(y, kind="stable")
    return given(
        [Dense(16, "relu"), Dense(4, "softmax")],
        (x[order], y[order], held),
        SPARSE,
        SGD(0.1),
        epochs=20,
        batch_size=16,
        shuffle=mended,
    )


@fault("rows in both training and validation", source="Kaggle: duplicates before the split")
def copies_in_validation(mended: bool) -> Given:
    x, y, held = tables.generated(500)
    rng = np.random.default_rng(8)
    y = np.where(rng.random(len(y)) < 0.25, rng.integers(0, 4, len(y)), y)
    other = (held[0][:150], held[1][:150]) if mended else (x[:150], y[:150])
    rest = (held[0][150:], held[1][150:])
    return given(
        [Dense(96, "relu"), Dense(4, "softmax")],
        (x, y, rest),
        SPARSE,
        Adam(0.01),
        figure="honest",
        epochs=60,
        validation_data=other,
    )


@fault("validation from another distribution", source="Stack Overflow: scaled only one of the two")
def validation_is_not_scaled(mended: bool) -> Given:
    x, y, held = tables.scaled_table("breast_cancer")
    other, rest = (held[0][:80], held[1][:80]), (held[0][80:], held[1][80:])
    if not mended:
        other = (40 * other[0] + 100, other[1])
    return given(
        [Dense(8, "relu"), Dense(1, "sigmoid")],
        (x, y, rest),
        BINARY,
        Adam(0.01),
        figure="honest",
        epochs=30,
        validation_data=other,
    )


@fault("imbalanced classes", source="Stack Overflow: 97 % accuracy and no fraud found")
def frauds(mended: bool) -> Given:
    weights = {"class_weight": {0: 1.0, 1: 20.0}} if mended else {}
    return given(
        [Dense(12, "relu"), Dense(1, "sigmoid")],
        data.rare(1600, 0.04, seed=9),
        BINARY,
        Adam(0.01),
        figure="balanced",
        metrics=["accuracy"],
        epochs=20,
        **weights,
    )


@fault("wrong labels", source="Kaggle: a fifth of the labels is wrong", also=["memorises"])
def fifth_of_the_labels(mended: bool) -> Given:
    x, y, held = data.flat_digits()
    rng = np.random.default_rng(6)
    if not mended:
        y = np.where(rng.random(len(y)) < 0.2, rng.integers(0, 10, len(y)), y)
    return given(
        [Dense(64, "relu"), Dense(10, "softmax")], (x, y, held), SPARSE, Adam(0.01), epochs=60
    )


@fault("same rows with different labels", source="Stack Overflow: a merge that doubled rows")
def merged_twice(mended: bool) -> Given:
    x, y, held = tables.scaled_table("iris")
    if not mended:
        x, y = np.concatenate([x, x]), np.concatenate([y, (y + 1) % 3])
    return given(
        [Dense(16, "relu"), Dense(3, "softmax")],
        (x, y, held),
        SPARSE,
        Adam(0.01),
        figure="sure",
        epochs=40,
    )


@fault("constant column", also=["NaN or infinity in the data"], source="Stack Overflow: 0 / 0")
def constant_divided_away(mended: bool) -> Given:
    x, y, held = tables.scaled_table("wine")
    if not mended:
        gap = np.full(len(x), np.nan)
        x = np.column_stack([x, gap]).astype("float32")
        held = (np.column_stack([held[0], np.zeros(len(held[0]))]).astype("float32"), held[1])
    return given([Dense(16, "relu"), Dense(3, "softmax")], (x, y, held), SPARSE, epochs=40)


@fault(
    "too few rows for the parameters",
    also=["memorises"],
    source="Stack Overflow: 30 samples, two layers of 512",
)
def thirty_rows(mended: bool) -> Given:
    x, y, held = data.flat_digits(1000 if mended else 30)
    return given(
        [Dense(512, "relu"), Dense(512, "relu"), Dense(10, "softmax")],
        (x, y, held),
        SPARSE,
        epochs=8 if mended else 40,
    )


@fault("unscaled inputs", also=["saturated units"], source="Stack Overflow: LSTM on share prices")
def prices_into_lstm(mended: bool) -> Given:
    rows = tables.tones()
    rows = rows if mended else data.changed(rows, x=lambda x: 400 * x + 3000)
    return given([LSTM(16), Dense(1, "sigmoid")], rows, BINARY, Adam(0.02), epochs=25)
