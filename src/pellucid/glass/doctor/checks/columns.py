"""Columns of the data: what stands in them, and on which scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import Blueprint
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import rescaled, standardised
from pellucid.glass.doctor.statistics import deviating, equal_columns

#: from which size of what the first layer reads on, and below which, it is not about 1
LARGE, SMALL = 3.0, 0.05
#: how many times larger the deviation of one column may be than that of another
APART = 100.0
#: from so many columns on, a tenth of them may be as they like
MANY = 20
#: how many deviations a column's mean may be from 0
OFF = 3.0
#: for targets: deviations that are not about 1, and means many deviations from 0
FAR_TARGET, NEAR_TARGET, OFF_TARGET = 10.0, 0.02, 5.0
#: usual distances from the middle at which a number is an outlier: of normal numbers, none in 10⁹⁰
OUTLIER = 20.0
#: outliers are rare; what is more often than this is a tail
RARE = 0.05
#: a share of rows whose column says the target, from which on it is the target
TOLD = 0.995
#: a correlation that only a copy has
COPY = 0.9999
#: the most columns that pairs of equal ones are looked for among
MOST_COLUMNS = 4000


class NotFinite(Check):
    """NaN or infinity in the inputs.

    Whatever is computed of a NaN is one: the first batch that holds it would spoil all weights, so
    that training stops there.
    """

    code = "PL201"
    severity = "error"
    sure = True
    cure = "Fill or drop them."
    confused = "A loss that becomes NaN by a rate that is too high: there the data are finite."
    example = """
net = Sequential([layers.Dense(8, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
x[::30, 2] = np.nan
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(8, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
x[::30, 2] = 0
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        x = evidence.x
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or not evidence.bad_x:
            return
        wrong = ~np.isfinite(x.reshape(len(x), -1))
        columns, count = np.flatnonzero(wrong.any(axis=0)), int(wrong.sum())
        rows = np.flatnonzero(wrong.any(axis=1))
        yield Suspicion(
            f"{count:,} numbers of x are NaN or infinite, in {len(rows):,} of {len(x):,} rows",
            {"NaN": int(np.isnan(x).sum()), "infinite": int(np.isinf(x).sum())},
            {"columns": columns[:10].tolist(), "rows": rows[:10].tolist()},
            filled if x.ndim == 2 else None,
        )


FILLED = (
    "np.where(np.isfinite({0}), {0}, np.nanmedian(np.where(np.isfinite({0}), {0}, np.nan), axis=0))"
)


def filled(case: Case) -> Case:
    """The median of its column in place of each."""

    def fill(x: np.ndarray) -> np.ndarray:
        finite = np.isfinite(x)
        return np.where(finite, x, np.nanmedian(np.where(finite, x, np.nan), axis=0))

    return case.with_x(FILLED, fill)


class NotFiniteTargets(Check):
    """NaN or infinity in the targets.

    The loss of such a row is NaN, and so is every gradient of its batch.
    """

    code = "PL203"
    severity = "error"
    sure = True
    cure = "Leave these rows out: what is not known cannot be learnt."
    confused = "NaN in the inputs, which can be filled."
    example = """
net = Sequential([layers.Dense(8, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", "mse")
x = rng.normal(size=(300, 3))
y = np.where(np.arange(300) % 40 == 0, np.nan, x[:, 0])
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(8, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", "mse")
x = rng.normal(size=(300, 3))
y = np.where(np.arange(300) % 40 == 0, 0, x[:, 0])
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        y = evidence.y
        if y is None or y.dtype.kind != "f" or np.isfinite(y).all():
            return
        wrong = ~np.isfinite(y.reshape(len(y), -1)).all(axis=1)
        line = (
            "np.isfinite(y)" if y.ndim == 1 else "np.isfinite(y).all(axis=tuple(range(1, y.ndim)))"
        )

        def mend(case: Case) -> Case:
            return case.only(line, ~wrong)

        yield Suspicion(
            f"{wrong.sum():,} of {len(y):,} targets are NaN or infinite",
            {"rows": int(wrong.sum())},
            {"rows": np.flatnonzero(wrong)[:10].tolist()},
            mend if evidence.plain else None,
        )


class ConstantColumn(Check):
    """A column that is the same number in every row.

    It says nothing; if it is large, it drowns the others: its weights move together with the bias.
    """

    code = "PL204"
    sure = False
    after = ("PL207",)
    cure = "Drop the column, or standardise: it is 0 then."
    confused = "Columns of another scale that do differ from row to row."
    example = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(3,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x, y = datasets.moons(400)
x = np.column_stack([x, np.full(400, 2017.0)])
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(3,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x, y = datasets.moons(400)
x = np.column_stack([x, rng.normal(size=400)])
fit = {"epochs": 60}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not flat_numbers(evidence):
            return
        found = evidence.columns
        constant = np.flatnonzero(~found.varying & (np.abs(found.low) > LARGE))
        if len(constant) and not scaled_inside(evidence):
            values = {f"column {at}": float(found.low[at]) for at in constant[:5].tolist()}
            yield Suspicion(
                f"{counted(constant, 'column')} the same number in every row",
                values,
                {"columns": constant[:10].tolist()},
                standardised,
            )


def counted(columns: np.ndarray, word: str) -> str:
    listed = columns.tolist()
    return f"{word} {listed[0]} is" if len(listed) == 1 else f"{len(listed)} {word}s are"


def flat_numbers(evidence: Evidence) -> bool:
    """Whether rows are columns of finite numbers, for which statistics stand."""
    return bool(evidence.plain and evidence.x.ndim == 2 and not whole_inputs(evidence))


def whole_inputs(evidence: Evidence) -> bool:
    """Whether the network reads numbers of words."""
    return bool(evidence.net.built and evidence.net.input_kinds[0] == "int")


def scaled_inside(evidence: Evidence) -> bool:
    """Whether the network itself standardises what it reads."""
    kinds = (layers.Normalization, layers.BatchNormalization, layers.LayerNormalization)
    parts = evidence.case.net.parts
    return bool(parts) and any(part.kind in kinds for part in parts[:2])


class EqualColumns(Check):
    """Columns that hold the same numbers.

    They say the same twice: harmless to a network, but often a slip of whoever made the table.
    """

    code = "PL205"
    severity = "note"
    sure = True
    tried = False
    cure = "Keep one of them."
    confused = "Columns that are strongly correlated, which is common."
    example = """
net = Sequential([layers.Dense(8, "relu", input_shape=(5,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
x = np.column_stack([x, x[:, 1]])
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(8, "relu", input_shape=(5,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
x = np.column_stack([x, x[:, 1] + 0.1 * rng.normal(size=300)])
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not flat_numbers(evidence) or evidence.x.shape[1] > MOST_COLUMNS:
            return
        varying = np.flatnonzero(evidence.columns.varying)
        pairs = equal_columns(evidence.columns.x[:, varying])
        if pairs:
            later, first = (int(varying[each]) for each in pairs[0])
            yield Suspicion(
                f"column {later} holds the same numbers as column {first}",
                {"pairs": len(pairs)},
                {"columns": [first, later]},
            )


class UnscaledInputs(Check):
    """The inputs are far from unit size.

    The first layer's values are as many times too large or too small: activations saturate, steps
    overshoot, or nothing moves. Initializers and rates are made for inputs of about 1.
    """

    code = "PL207"
    severity = "error"
    sure = False
    cure = "Begin with `layers.Rescaling(1 / 255)` for pixels, `layers.Normalization` for columns."
    confused = "A rate that is too high: it helps to lower it, but less than to scale."
    example = """
net = Sequential([layers.Dense(32, "sigmoid", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = digits(600)
x = 255 * x
fit = {"epochs": 10}
"""
    near_miss = """
net = Sequential(
    [
        layers.Rescaling(1 / 255, input_shape=(64,)),
        layers.Dense(32, "sigmoid"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = digits(600)
x = 255 * x
fit = {"epochs": 10}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        read = evidence.read
        if read is None or evidence.bad_x:
            return
        sizes = spreads(read)
        if not sizes.any():
            return
        size = float(np.sqrt(np.mean(np.square(sizes[sizes > 0]))))
        if size <= LARGE and not 0 < size < SMALL:
            return
        if differing(read):
            return
        low, high = float(evidence.columns.low.min()), float(evidence.columns.high.max())
        pixels = low == 0 and 1 < high <= 255 and not fractions(evidence)
        yield Suspicion(
            f"what the first layer reads has size {size:.3g}, where about 1 is expected",
            {"root of the mean square": size, "least": low, "largest": high},
            {"layer": evidence.net.layers[0].layer_name},
            rescaled(1 / high, high) if pixels else standardised,
        )


def fractions(evidence: Evidence) -> bool:
    x = evidence.columns.x
    return not bool(np.array_equal(x, np.round(x)))


def spreads(read: np.ndarray) -> np.ndarray:
    """The size of each column that differs from row to row; 0 of the others."""
    flat = read.reshape(-1, read.shape[-1]).astype(np.float64)
    return np.sqrt(np.mean(flat**2, axis=0)) * (np.ptp(flat, axis=0) > 0)


def differing(read: np.ndarray) -> bool:
    """Whether columns differ in scale: of many, nine in ten of them, so that rare pixels do not."""
    flat = np.abs(read.reshape(-1, read.shape[-1]))
    sizes = flat.max(axis=0)[np.ptp(flat, axis=0) > 0]
    if len(sizes) < 2:
        return False
    low, high = np.quantile(sizes, (0.1, 0.9)) if len(sizes) > MANY else (sizes.min(), sizes.max())
    return bool(high / max(low, 1e-30) > APART)


class DifferentScales(Check):
    """Columns on very different scales.

    The largest column makes the values and the gradient; the others hardly count, and no rate suits
    all of them.
    """

    code = "PL208"
    severity = "error"
    sure = False
    after = ("PL213",)
    cure = "Begin with `layers.Normalization`, adapted to the rows to train on."
    confused = "Pixels from 0 to 255, which are all on one scale."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(400, 4, 3, apart=1.5)
x = x * np.array([1, 1, 1e6, 100])
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(400, 4, 3, apart=1.5)
x = x * np.array([1, 1, 2, 0.5])
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        read = evidence.read
        if read is None or evidence.bad_x or not differing(read):
            return
        sizes = spreads(read)
        large = int(np.argmax(sizes))
        if float(sizes[large]) <= LARGE:
            return
        small = int(np.argmin(np.where(sizes > 0, sizes, np.inf)))
        yield Suspicion(
            f"column {large} is about {sizes[large] / sizes[small]:,.0f} times as large as "
            f"column {small}",
            {
                f"size of column {large}": float(sizes[large]),
                f"of column {small}": float(sizes[small]),
            },
            {"columns": [large, small]},
            standardised,
        )


class TargetsNotUnit(Check):
    """The targets are far from 0 or far from unit size.

    The first predictions are about 0 and move by the rate at each step: targets in thousands are
    out of reach for long with Adam, and blow the gradient up with SGD.
    """

    code = "PL210"
    severity = "error"
    sure = False
    after = ("PL106", "PL107", "PL108")
    cure = "Train on (y − mean)/deviation, and undo that in what is predicted."
    confused = "Inputs in other units, which the first layer suffers from."
    example = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", "mse")
x = rng.normal(size=(400, 3))
y = 150000 + 40000 * (x[:, 0] + np.sin(2 * x[:, 1]))
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(400, 3))
y = x[:, 0] + np.sin(2 * x[:, 1])
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        y, end = evidence.y, evidence.ending
        if evidence.task != "numbers" or y is None or end is None or end.of_classes:
            return
        if y.dtype.kind not in "biuf" or y.ndim > 2 or not np.isfinite(y).all():
            return
        deviation, mean = float(y.std()), float(y.mean())
        if deviation == 0:
            return
        far = not NEAR_TARGET < deviation < FAR_TARGET
        if not far and abs(mean) < OFF_TARGET * max(deviation, 1.0):
            return
        yield Suspicion(
            f"the targets have mean {mean:.4g} and deviation {deviation:.4g}, far from 0 and 1",
            {"mean": mean, "deviation": deviation},
            {},
            unit_targets,
        )


def unit_targets(case: Case) -> Case:
    """Targets of mean 0 and deviation 1."""
    y = np.asarray(case.y, dtype=np.float64)
    mean, deviation = float(f"{y.mean():.4g}"), float(f"{y.std():.4g}")
    return case.with_y(
        f"({{0}} - {mean!r}) / {deviation!r}", lambda y: (np.asarray(y) - mean) / deviation
    )


class Outliers(Check):
    """A few numbers lie far outside of all others.

    The square of a target of 999 among numbers of about 1 outweighs a million rows; an input of
    that size moves its weights by a thousand rows' worth.
    """

    code = "PL211"
    severity = "error"
    sure = False
    cure = 'Drop or cut them, or use a loss that forgives them: "mae", or losses.Huber().'
    confused = "A long tail, as of incomes: take the logarithm."
    example = """
net = Sequential([layers.Dense(24, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(400, 3))
y = np.where(np.arange(400) % 80 == 7, 999, x[:, 0] + np.sin(2 * x[:, 1]))
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(400, 3))
y = np.where(np.arange(400) % 80 == 7, 3, x[:, 0] + np.sin(2 * x[:, 1]))
fit = {"epochs": 60}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        y = evidence.y
        if evidence.task == "numbers" and y is not None and y.dtype.kind == "f" and evidence.plain:
            yield from self.of_targets(y)
        if flat_numbers(evidence) and not evidence.bad_x:
            yield from self.of_inputs(evidence)

    def of_targets(self, y: np.ndarray) -> Iterator[Suspicion]:
        off = deviating(y.reshape(len(y), -1).astype(np.float64))
        rows = (off > OUTLIER).any(axis=1)
        if 0 < rows.mean() < RARE:
            least, most = np.quantile(y[~rows], (0, 1))
            limit = float(f"{1.01 * max(abs(least), abs(most)):.3g}")
            line = f"np.abs(y) <= {limit!r}"
            kept = (np.abs(y.reshape(len(y), -1)) <= limit).all(axis=1)
            yield Suspicion(
                f"{rows.sum()} of {len(y)} targets lie far outside of the others",
                {"usual from": float(least), "to": float(most), "furthest": float(y[rows].flat[0])},
                {"rows": np.flatnonzero(rows)[:10].tolist()},
                (lambda case: case.only(line, kept)) if y.ndim == 1 else None,
            )

    def of_inputs(self, evidence: Evidence) -> Iterator[Suspicion]:
        x = evidence.columns.x
        off = deviating(x.astype(np.float64))
        far = off > OUTLIER
        columns = np.flatnonzero(far.any(axis=0) & (far.mean(axis=0) < RARE) & spread(x))
        if len(columns):
            at = int(columns[0])
            inside = x[~far[:, at], at]
            yield Suspicion(
                f"column {at} has numbers far outside of its others",
                {"usual from": float(inside.min()), "to": float(inside.max()),
                 "furthest": float(x[np.argmax(off[:, at]), at])},
                {"columns": columns[:10].tolist()},
                cut_to(x, far),
            )  # fmt: skip


def spread(x: np.ndarray) -> np.ndarray:
    """Which columns hold more than a few distinct numbers, so that they have a usual distance."""
    return np.array([len(np.unique(x[:256, at])) > 10 for at in range(x.shape[1])])


def cut_to(x: np.ndarray, far: np.ndarray) -> Callable[[Case], Case]:
    """A mend: numbers are cut where the usual ones end."""
    usual = np.where(far, np.nan, x)
    low, high = float(f"{np.nanmin(usual):.3g}"), float(f"{np.nanmax(usual):.3g}")

    def mend(case: Case) -> Case:
        return case.with_x(f"np.clip({{0}}, {low!r}, {high!r})", lambda x: np.clip(x, low, high))

    return mend


class IdentifierColumn(Check):
    """A column that numbers the rows: an identifier, or the time of entry.

    It tells rows apart without saying anything of them; new rows have numbers that were never seen.
    """

    code = "PL213"
    severity = "error"
    sure = True
    tried = False
    cure = "Drop the column."
    confused = "A quantity that happens to grow with the row, such as a time that matters."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x, y = datasets.moons(400)
x = np.column_stack([x, 100000 + 7.0 * np.arange(400)])
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x, y = datasets.moons(400)
x = np.column_stack([x, rng.normal(size=400)])
fit = {"epochs": 60}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not flat_numbers(evidence) or evidence.bad_x or len(evidence.sample) < 50:
            return
        x = evidence.columns.x
        if x.shape[1] < 2 or x.shape[1] > MOST_COLUMNS:
            return
        for at in range(x.shape[1]):
            steps = np.diff(x[:, at])
            whole = bool(np.array_equal(x[:64, at], np.round(x[:64, at])))
            if whole and (bool((steps > 0).all()) or bool((steps < 0).all())):
                kind = "a date" if dates(x[:, at]) else "a number of the row"
                yield self.seen(at, kind, x)
            elif whole and dates(x[:, at]):
                yield self.seen(at, "a date", x)

    def seen(self, at: int, kind: str, x: np.ndarray) -> Suspicion:
        return Suspicion(
            f"column {at} is {kind}: {x[0, at]:.0f}, {x[1, at]:.0f}, {x[2, at]:.0f}, …",
            {"least": float(x[:, at].min()), "largest": float(x[:, at].max())},
            {"column": at},
            dropped(at),
        )


def dates(column: np.ndarray) -> bool:
    """Whether numbers are dates written 20240131, or seconds since 1970."""
    whole = column.astype(np.int64)
    year, month, day = whole // 10000, whole // 100 % 100, whole % 100
    written = (
        (year >= 1900) & (year <= 2100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    )
    seconds = (whole > 900_000_000) & (whole < 2_200_000_000)
    many = len(np.unique(whole)) > len(whole) // 4
    return bool(written.all()) or bool(seconds.all() and many)


def narrowed(net: Blueprint, by: int) -> Blueprint:
    """The network for rows of so many columns fewer."""
    shape, kind, name = net.inputs[0]
    if shape is None:
        return net
    rows = (*shape[:-1], (shape[-1] or 0) - by)
    return replace(net, inputs=((rows, kind, name),))


def dropped(at: int) -> Callable[[Case], Case]:
    """A mend: without a column."""

    def mend(case: Case) -> Case:
        found = case.with_x(
            f"np.delete({{0}}, {at}, axis=1)", lambda x: np.delete(np.asarray(x), at, 1)
        )
        return found.designed(narrowed(case.net, 1))

    return mend


class GivenAway(Check):
    """A column that gives the target away.

    It is the target under another name, filled in when that was known. Validation looks perfect,
    and new rows do not have it.
    """

    code = "PL215"
    severity = "error"
    sure = True
    tried = False
    cure = "Drop the column."
    confused = "A column that is merely a good one: it errs now and then."
    example = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(5,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x = rng.normal(size=(400, 4))
y = (x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * rng.normal(size=400) > 0).astype(int)
x = np.column_stack([x, y])
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(5,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x = rng.normal(size=(400, 4))
y = (x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * rng.normal(size=400) > 0).astype(int)
x = np.column_stack([x, np.where(np.arange(400) % 10 == 0, 1 - y, y)])
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not flat_numbers(evidence) or evidence.x.shape[1] < 2 or evidence.bad_x:
            return
        if evidence.x.shape[1] > MOST_COLUMNS or len(evidence.sample) < 30:
            return
        told = self.told(evidence)
        for at in np.flatnonzero(told >= TOLD)[:3].tolist():
            yield Suspicion(
                f"column {at} is the target under another name",
                {"share of rows": float(told[at])},
                {"column": at},
                dropped(at),
            )

    def told(self, evidence: Evidence) -> np.ndarray:
        """For each column, the share of rows whose target it says."""
        x, y = evidence.columns.x, evidence.y
        assert y is not None
        if evidence.labels is not None:
            labels = evidence.labels[evidence.sample]
            return np.array([renamed(x[:, at], labels) for at in range(x.shape[1])])
        if evidence.task != "numbers" or y.ndim > 1 or np.array_equal(evidence.x.shape, y.shape):
            return np.zeros(x.shape[1])
        return copies(x, y[evidence.sample])


def renamed(column: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows in which each value of a column stands for a class of its own."""
    values, codes = np.unique(column, return_inverse=True)
    count = int(labels.max()) + 1
    if len(values) != count or count < 2:
        return 0.0
    table = np.zeros((count, count))
    np.add.at(table, (codes, labels), 1)
    distinct = len(set(table.argmax(axis=1).tolist())) == count
    return float(table.max(axis=1).sum() / len(labels)) if distinct else 0.0


def copies(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 for each column that is the target but for its unit."""
    off = x.astype(np.float64) - x.mean(axis=0)
    target = y.astype(np.float64) - y.mean()
    norm = np.sqrt((off**2).sum(axis=0)) * np.sqrt((target**2).sum())
    correlation = np.abs(off.T @ target) / np.where(norm > 0, norm, np.inf)
    found: Any = (correlation > COPY).astype(float)
    return found
