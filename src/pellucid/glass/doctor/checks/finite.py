"""Numbers that are none, and columns that say nothing or say it twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import standardised
from pellucid.glass.doctor.statistics import equal_columns, not_finite

#: from which size of what the first layer reads on, and below which, it is not about 1
LARGE, SMALL = 3.0, 0.05
#: how many deviations a column's mean may be from 0
OFF = 3.0
#: the most columns that pairs of equal ones are looked for among
MOST_COLUMNS = 4000
#: a column is nearly constant by this share of equal numbers, among so many rows; of more columns
#: than these, as of pixels, that is nothing to be told of
NEARLY, MANY_ROWS, FEW_COLUMNS = 0.99, 200, 60
FILLED = (
    "np.where(np.isfinite({0}), {0}, np.nanmedian(np.where(np.isfinite({0}), {0}, np.nan), axis=0))"
)


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
        several = isinstance(evidence.x, tuple)
        for at, x in enumerate(evidence.x if several else (evidence.x,)):
            yield from self.of_array(x, f"input {at}" if several else "x", not several)

    def of_array(self, x: Any, name: str, mended: bool) -> Iterator[Suspicion]:
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or not not_finite(x):
            return
        wrong = ~np.isfinite(x.reshape(len(x), -1))
        columns, count = np.flatnonzero(wrong.any(axis=0)), int(wrong.sum())
        rows = np.flatnonzero(wrong.any(axis=1))
        yield Suspicion(
            f"{count:,} numbers of {name} are NaN or infinite, in {len(rows):,} of {len(x):,} rows",
            {"NaN": int(np.isnan(x).sum()), "infinite": int(np.isinf(x).sum())},
            {"columns": columns[:10].tolist(), "rows": rows[:10].tolist()},
            filled if mended and x.ndim == 2 else None,
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
    of_output = True
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
        pairs = equal_columns(evidence.columns.x, np.flatnonzero(evidence.columns.varying))
        if pairs:
            later, first = pairs[0]
            yield Suspicion(
                f"column {later} holds the same numbers as column {first}",
                {"pairs": len(pairs)},
                {"columns": [first, later]},
            )


class NearlyConstant(Check):
    """A column that is the same number in nearly every row.

    The few rows in which it differs may all be of one part: what it says of them is hardly known,
    and a split or a batch without such a row never sees it.
    """

    code = "PL206"
    severity = "note"
    sure = True
    tried = False
    after = ("PL204",)
    cure = "Drop the column, or look at the rows in which it differs."
    confused = "A column for a rare kind of row, which is worth keeping if the kind matters."
    example = """
net = Sequential([layers.Dense(8, "relu", input_shape=(5,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = clusters(600, 4, 3)
x = np.column_stack([x, (np.arange(600) % 300 == 7) * 1.0])
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(8, "relu", input_shape=(5,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = clusters(600, 4, 3)
x = np.column_stack([x, (np.arange(600) % 10 == 7) * 1.0])
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not flat_numbers(evidence) or evidence.bad_x or evidence.x.shape[1] > FEW_COLUMNS:
            return
        x = evidence.columns.x
        if len(x) < MANY_ROWS:
            return
        same = np.mean(x == np.median(x, axis=0), axis=0)
        found = np.flatnonzero((same > NEARLY) & (same < 1))
        if len(found):
            at = int(found[0])
            yield Suspicion(
                f"column {at} is the same number in {same[at]:.1%} of the rows",
                {"share of rows": float(same[at])},
                {"columns": found[:10].tolist()},
            )
