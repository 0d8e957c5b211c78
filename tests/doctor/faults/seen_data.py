"""Broken data: the half that may be looked at."""

from __future__ import annotations

import numpy as np

from pellucid.layers import Conv2D, Dense, Flatten, MaxPooling2D
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault("NaN or infinity in the data", source="Stack Overflow: loss is nan from a csv file")
def gaps_in_a_table(mended: bool) -> Given:
    x, y, held = data.bent()
    x[::37, 2] = 0 if mended else np.nan
    return given([Dense(24, "tanh"), Dense(1)], (x, y, held), "mse", figure="r2", epochs=80)


@fault("NaN or infinity in the data", source="Stack Overflow: logarithm of zero incomes")
def infinity_by_logarithm(mended: bool) -> Given:
    rng = np.random.default_rng(3)
    income = rng.lognormal(0, 1, 1000) * (rng.random(1000) > 0.1)
    y = (income > 1).astype(int)
    with np.errstate(divide="ignore"):
        x = np.stack([np.log1p(income) if mended else np.log(income), rng.normal(size=1000)], 1)
    rows = data.cut(x.astype("float32"), y)
    return given([Dense(8, "relu"), Dense(1, "sigmoid")], rows, BINARY, Adam(0.01), epochs=30)


@fault(
    "unscaled inputs",
    also=["weights start too large", "saturated units", "rate too high"],
    source="Stack Overflow: sigmoid network on pixels 0 to 255 does not learn",
)
def pixels_to_255(mended: bool) -> Given:
    rows = data.flat_digits(scale=1 / 16 if mended else 255 / 16)
    inner = [Dense(64, "sigmoid"), Dense(10, "softmax")]
    return given(inner, rows, SPARSE, Adam(0.01), metrics=["accuracy"], epochs=10)


@fault(
    "unscaled inputs",
    also=["targets far from unit size", "saturated units", "rate too high"],
    source="Stack Overflow: blood counts beside ages",
)
def blood_counts_in_millions(mended: bool) -> Given:
    rows = data.scaled(data.patients()) if mended else data.patients()
    inner = [Dense(24, "relu"), Dense(1, "sigmoid")]
    return given(inner, rows, BINARY, metrics=["accuracy"], epochs=50)


@fault(
    "targets far from unit size",
    also=["rate too high", "rate too low"],
    source="Stack Overflow: house prices, loss of 1e10 that hardly moves",
)
def prices_as_they_are(mended: bool) -> Given:
    rows = data.scaled(data.houses())
    rows = data.unit_targets(rows) if mended else rows
    return given([Dense(32, "relu"), Dense(1)], rows, "mse", figure="r2", epochs=40)


@fault(
    "targets far from unit size",
    also=["rate too high", "exploding gradients"],
    source="Stack Overflow: loss goes to nan with SGD on targets in thousands",
)
def sales_in_thousands_by_sgd(mended: bool) -> Given:
    rows = data.changed(data.bent(), y=lambda y: y if mended else 5000 + 2000 * y)
    return given([Dense(32, "relu"), Dense(1)], rows, "mse", SGD(0.01), figure="r2", epochs=80)


@fault(
    "outliers",
    also=["targets far from unit size", "unscaled inputs", "rate too high"],
    source="Stack Overflow: a few broken sensors",
)
def broken_sensor(mended: bool) -> Given:
    x, y, held = data.bent()
    spoilt = np.arange(5, len(y), 80)
    if not mended:
        y[spoilt], x[spoilt] = 999, x[spoilt]
    return given(
        [Dense(24, "tanh"), Dense(1)], (x, y, held), "mse", Adam(0.01), figure="r2", epochs=60
    )


@fault(
    "identifier or date as a number",
    also=["unscaled inputs", "memorises"],
    source="Stack Overflow: customer number in the table",
)
def customer_number(mended: bool) -> Given:
    x, y, held = data.moons()
    number, later = 100_000 + 7.0 * np.arange(len(x)), 200_000 + 7.0 * np.arange(len(held[0]))
    if not mended:
        x, held = np.c_[x, number].astype("f"), (np.c_[held[0], later].astype("f"), held[1])
    return given([Dense(16, "relu"), Dense(1, "sigmoid")], (x, y, held), BINARY, epochs=60)


@fault("column gives the target away", source="Kaggle forum: leakage; a column filled afterwards")
def treatment_is_known_afterwards(mended: bool) -> Given:
    x, y, (x_new, y_new) = data.scaled(data.patients())
    if not mended:
        x, x_new = np.c_[x, y * 1.0].astype("f"), np.c_[x_new, 0 * y_new].astype("f")
    inner = [Dense(24, "tanh"), Dense(1, "sigmoid")]
    return given(inner, (x, y, (x_new, y_new)), BINARY, Adam(0.01), epochs=40, validation_split=0.2)


@fault(
    "same rows with different labels",
    also=["wrong labels"],
    source="Cross Validated: the same picture was labelled twice",
)
def labelled_by_two_people(mended: bool) -> Given:
    x, y, held = data.flat_digits(400)
    if not mended:
        x, y = np.concatenate([x] * 3), np.concatenate([y, (y + 1) % 10, (y + 2) % 10])
    return given([Dense(32, "relu"), Dense(10, "softmax")], (x, y, held), SPARSE, epochs=40)


@fault(
    "rows in both training and validation",
    also=["memorises"],
    source="Stack Overflow: oversampled before the split",
)
def copies_before_the_split(mended: bool) -> Given:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(700, 30)).astype("f"), rng.integers(0, 2, 700)
    y[:] = x[:, 0] + 2 * rng.normal(size=700) > 0
    rows = x[:150], y[:150], (x[300:], y[300:])
    validation = (x[150:300], y[150:300]) if mended else (x[:150], y[:150])
    return given(
        [Dense(64, "relu"), Dense(1, "sigmoid")],
        rows,
        BINARY,
        Adam(0.01),
        epochs=60,
        figure="honest",
        validation_data=validation,
    )


@fault(
    "sorted rows without shuffling",
    also=["oscillates"],
    source="Stack Overflow: accuracy falls with each batch",
)
def digits_in_order(mended: bool) -> Given:
    x, y, held = data.flat_digits()
    order = np.argsort(y, kind="stable")
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")],
        (x[order], y[order], held),
        SPARSE,
        SGD(0.1),
        epochs=10,
        shuffle=mended,
    )


@fault("validation from another distribution", source="Stack Overflow: only validation is scaled")
def validation_scaled_otherwise(mended: bool) -> Given:
    x, y, held = data.flat_digits()
    x_val = x[800:] if mended else x[800:] * 16 - 8
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")],
        (x[:800], y[:800], held),
        SPARSE,
        epochs=20,
        figure="honest",
        validation_data=(x_val, y[800:]),
    )


@fault(
    "imbalanced classes",
    also=["a baseline is as good"],
    source="Stack Overflow: accuracy of 0.95 and no fraud found",
)
def rare_fraud(mended: bool) -> Given:
    weights = {"class_weight": {0: 0.5, 1: 10.0}} if mended else {}
    inner = [Dense(16, "relu"), Dense(1, "sigmoid")]
    return given(
        inner, data.rare(), BINARY, figure="balanced", metrics=["accuracy"], epochs=30, **weights
    )


@fault(
    "class missing in a part",
    also=["validation from another distribution"],
    source="Stack Overflow: the last rows as validation, of a sorted table",
)
def last_class_only_in_validation(mended: bool) -> Given:
    x, y, held = data.clouds(1000, classes=4)
    part = np.arange(len(y)) % 5 == 0 if mended else y == 3
    return given(
        [Dense(24, "relu"), Dense(4, "softmax")],
        (x[~part], y[~part], held),
        SPARSE,
        epochs=30,
        validation_data=(x[part], y[part]),
    )


@fault(
    "wrong labels",
    also=["memorises", "same rows with different labels"],
    source="Cross Validated: labels by cheap workers",
)
def third_of_labels_wrong(mended: bool) -> Given:
    x, y, held = data.flat_digits(500)
    rng = np.random.default_rng(4)
    wrong = rng.random(len(y)) < 0.35
    y = y if mended else np.where(wrong, rng.integers(0, 10, len(y)), y)
    return given(
        [Dense(64, "relu"), Dense(10, "softmax")], (x, y, held), SPARSE, Adam(0.005), epochs=80
    )


@fault(
    "too few rows for the parameters",
    also=["memorises", "trained too long"],
    source="Stack Overflow: training 1.0, validation 0.6",
)
def forty_rows_of_digits(mended: bool) -> Given:
    rows = data.digits(1000 if mended else 40)
    inner = [
        Conv2D(16, 3, activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(128, "relu"),
        Dense(10, "softmax"),
    ]
    return given(inner, rows, SPARSE, epochs=20)


@fault(
    "constant column",
    also=["unscaled inputs", "saturated units"],
    source="Stack Overflow: the year is 2017 in all rows",
)
def the_same_year(mended: bool) -> Given:
    def with_year(x):
        return x if mended else np.c_[x, np.full(len(x), 2017)].astype("f")

    rows = data.changed(data.moons(), x=with_year)
    return given([Dense(16, "tanh"), Dense(1, "sigmoid")], rows, BINARY, epochs=60)
