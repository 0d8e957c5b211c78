"""Broken data, for the final count only: whoever writes checks leaves this shut."""

from __future__ import annotations

import numpy as np

from pellucid.layers import LSTM, Conv2D, Dense, Flatten
from pellucid.optimizers import SGD, Adam
from tests.doctor.faults import data
from tests.doctor.faults.case import Given, fault, given

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@fault("NaN or infinity in the data", source="Kaggle forum: gaps in the target")
def gaps_in_the_target(mended: bool) -> Given:
    x, y, held = data.line()
    if not mended:
        y[[7, 130, 131]] = np.nan
    return given(
        [Dense(16, "relu"), Dense(1)], (x, y, held), "mae", Adam(0.01), figure="r2", epochs=60
    )


@fault(
    "NaN or infinity in the data",
    also=["constant column"],
    source="Stack Overflow: nan after dividing by the deviation; a pixel is always 0",
)
def divided_by_no_deviation(mended: bool) -> Given:
    x, y, held = data.flat_digits()
    mean, deviation = x.mean(0), x.std(0)
    deviation = np.where(deviation > 0, deviation, 1) if mended else deviation
    with np.errstate(divide="ignore", invalid="ignore"):
        x, x_new = (x - mean) / deviation, (held[0] - mean) / deviation
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")], (x, y, (x_new, held[1])), SPARSE, epochs=15
    )


@fault(
    "unscaled inputs",
    also=["weights start too large", "rate too high", "dead units"],
    source="Stack Overflow: CNN on raw pixels stays at chance with SGD",
)
def raw_pictures_by_sgd(mended: bool) -> Given:
    inner = [Conv2D(8, 3, activation="relu"), Flatten(), Dense(32, "relu"), Dense(10, "softmax")]
    rows = data.digits(scale=1 / 16 if mended else 255 / 16)
    return given(inner, rows, SPARSE, SGD(0.05, momentum=0.9), metrics=["accuracy"], epochs=8)


@fault(
    "unscaled inputs",
    also=["saturated units", "outliers"],
    source="Stack Overflow: salary beside years of experience, tanh network",
)
def salary_beside_years(mended: bool) -> Given:
    rng = np.random.default_rng(6)
    years, salary = rng.uniform(0, 40, 1100), rng.lognormal(10.5, 0.5, 1100)
    y = (years / 12 + 2 * np.log(salary / 36000) > 1.6).astype(int)
    rows = data.cut(np.stack([years, salary], 1).astype("float32"), y)
    rows = data.scaled(rows) if mended else rows
    return given([Dense(20, "tanh"), Dense(1, "sigmoid")], rows, BINARY, Adam(0.01), epochs=40)


@fault(
    "unscaled inputs",
    also=["saturated units", "targets far from unit size"],
    source="Stack Overflow: LSTM on share prices",
)
def lstm_on_prices(mended: bool) -> Given:
    rows = data.changed(data.sums(), x=lambda x: x if mended else 1500 + 400 * x)
    return given([LSTM(16), Dense(1)], rows, "mse", Adam(0.01), figure="r2", epochs=20)


@fault(
    "targets far from unit size",
    also=["rate too low", "ends before it converged"],
    source="Stack Overflow: predicts 0 for all populations",
)
def populations(mended: bool) -> Given:
    rows = data.changed(data.line(), y=lambda y: y if mended else 3e6 * (y + 5))
    return given([Dense(24, "tanh"), Dense(1)], rows, "mae", "rmsprop", figure="r2", epochs=60)


@fault(
    "targets far from unit size",
    also=["rate too high", "ends before it converged"],
    source="Stack Overflow: rates of one in a million; the loss is 0 and nothing is learnt",
)
def chances_of_one_in_a_million(mended: bool) -> Given:
    rows = data.changed(data.bent(), y=lambda y: y if mended else 1e-6 * y)
    return given([Dense(32, "relu"), Dense(1)], rows, "mse", Adam(0.005), figure="r2", epochs=50)


@fault(
    "outliers", also=["unscaled inputs"], source="Stack Overflow: MinMaxScaler with one wrong row"
)
def squeezed_by_one_row(mended: bool) -> Given:
    x, y, (x_new, y_new) = data.moons()
    x = x.copy()
    if not mended:
        x[17] = [4000.0, -2500.0]
    low, width = x.min(0), np.ptp(x, axis=0)
    rows = (x - low) / width, y, ((x_new - low) / width, y_new)
    return given([Dense(24, "relu"), Dense(1, "sigmoid")], rows, BINARY, Adam(0.01), epochs=60)


@fault(
    "identifier or date as a number",
    also=["unscaled inputs", "saturated units"],
    source="Stack Overflow: time stamp in seconds as a feature",
)
def seconds_since_1970(mended: bool) -> Given:
    x, y, held = data.bent()
    first, later = 1.5e9 + 86400.0 * np.arange(len(x)), 1.6e9 + 86400.0 * np.arange(len(held[0]))
    if not mended:
        x, held = np.c_[first, x].astype("f"), (np.c_[later, held[0]].astype("f"), held[1])
    return given(
        [Dense(32, "relu"), Dense(1)], (x, y, held), "mse", Adam(0.01), figure="r2", epochs=60
    )


@fault("column gives the target away", source="Cross Validated: a rounded copy of the price")
def a_copy_of_the_price(mended: bool) -> Given:
    x, y, (x_new, y_new) = data.bent()
    if not mended:
        x, x_new = np.c_[x, 2 * y + 1].astype("f"), np.c_[x_new, 0 * y_new + 1].astype("f")
    return given(
        [Dense(32, "tanh"), Dense(1)],
        (x, y, (x_new, y_new)),
        "mse",
        Adam(0.01),
        figure="r2",
        epochs=60,
        validation_split=0.2,
    )


@fault(
    "same rows with different labels",
    also=["wrong labels", "memorises", "a baseline is as good"],
    source="Cross Validated: questionnaires with few answers",
)
def questionnaire_with_contradictions(mended: bool) -> Given:
    rng = np.random.default_rng(2)
    x = rng.integers(0, 3, (1000, 4)).astype("f")
    y = (x.sum(1) > 4).astype(int)
    rows = data.cut(x, y)
    if not mended:
        spoilt = np.where(rng.random(600) < 0.6, 1 - rows[1], rows[1])
        rows = np.r_[rows[0], rows[0]], np.r_[rows[1], spoilt], rows[2]
        rows = rows[0], np.where(rng.random(1200) < 0.2, 1 - rows[1], rows[1]), rows[2]
    return given([Dense(32, "relu"), Dense(1, "sigmoid")], rows, BINARY, Adam(0.01), epochs=60)


@fault(
    "rows in both training and validation",
    also=["memorises"],
    source="Kaggle forum: validation_data is a part of x",
)
def validation_is_part_of_x(mended: bool) -> Given:
    x, y, held = data.line(260, features=40, noise=3.0)
    part = (x[60:120], y[60:120]) if mended else (x[:60], y[:60])
    return given(
        [Dense(96, "relu"), Dense(1)],
        (x[:60], y[:60], held),
        "mse",
        Adam(0.01),
        figure="honest",
        epochs=80,
        validation_data=part,
    )


@fault(
    "sorted rows without shuffling",
    also=["oscillates"],
    source="Stack Overflow: two folders, one class after the other, shuffle=False",
)
def cats_then_dogs(mended: bool) -> Given:
    x, y, held = data.rings()
    order = np.argsort(y, kind="stable")
    return given(
        [Dense(24, "tanh"), Dense(1, "sigmoid")],
        (x[order], y[order], held),
        BINARY,
        SGD(0.3),
        epochs=60,
        shuffle=mended,
    )


@fault(
    "validation from another distribution",
    also=["class missing in a part"],
    source="Cross Validated: validated on the easy season",
)
def validated_in_summer(mended: bool) -> Given:
    x, y, held = data.moons(1000, noise=0.35)
    part = np.arange(len(x)) > 700 if mended else (np.abs(x[:, 1] - 0.25) > 0.75)
    return given(
        [Dense(16, "relu"), Dense(1, "sigmoid")],
        (x[~part], y[~part], held),
        BINARY,
        Adam(0.01),
        figure="honest",
        epochs=30,
        validation_data=(x[part], y[part]),
    )


@fault(
    "imbalanced classes",
    also=["a baseline is as good"],
    source="Stack Overflow: three kinds of stars, two of them rare",
)
def two_rare_stars(mended: bool) -> Given:
    rng = np.random.default_rng(1)
    y = rng.choice(3, 2400, p=[0.94, 0.03, 0.03])
    places = np.array([[0, 0, 0], [1.5, 1, 0], [0, -1, 1.5]])
    rows = data.cut((places[y] + rng.normal(size=(2400, 3))).astype("float32"), y, 1000)
    weights = {"class_weight": {0: 0.35, 1: 11.0, 2: 11.0}} if mended else {}
    return given(
        [Dense(16, "relu"), Dense(3, "softmax")],
        rows,
        SPARSE,
        figure="balanced",
        metrics=["accuracy"],
        epochs=20,
        **weights,
    )


@fault(
    "class missing in a part",
    also=["too many outputs", "imbalanced classes", "validation from another distribution"],
    source="Stack Overflow: the first 700 rows of a sorted file",
)
def only_digits_below_seven(mended: bool) -> Given:
    x, y, held = data.flat_digits()
    kept = np.arange(len(y)) % 10 < 7 if mended else y < 7
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")],
        (x[kept], y[kept], held),
        SPARSE,
        epochs=20,
        validation_data=(x[~kept], y[~kept]),
    )


@fault(
    "wrong labels",
    also=["same rows with different labels", "a baseline is as good", "memorises"],
    source="Stack Overflow: x was shuffled and y was not",
)
def shuffled_x_alone(mended: bool) -> Given:
    x, y, held = data.flat_digits()
    order = np.random.default_rng(0).permutation(len(x))
    rows = x[order], y[order] if mended else y, held
    return given(
        [Dense(32, "relu"), Dense(10, "softmax")], rows, SPARSE, epochs=20, validation_split=0.2
    )


@fault(
    "too few rows for the parameters",
    also=["memorises", "trained too long"],
    source="Cross Validated: 50 patients, 200 genes",
)
def fifty_patients_many_genes(mended: bool) -> Given:
    x, y, held = data.clouds(1200, classes=2, features=200, apart=0.16)
    kept = slice(None if mended else 50)
    inner = [Dense(128, "relu"), Dense(64, "relu"), Dense(1, "sigmoid")]
    return given(inner, (x[kept], y[kept], held), BINARY, epochs=20 if mended else 60)
