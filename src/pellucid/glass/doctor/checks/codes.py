"""Columns whose numbers stand for something else: for nothing known, or for a category."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.finite import FEW_COLUMNS, flat_numbers
from pellucid.glass.doctor.checks.meanings import narrowed
from pellucid.glass.doctor.checks.words import of_words
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Finding
from pellucid.glass.doctor.mending import standardised

#: the share of the rows that have no number, between these two, and their least number
FEWEST, MOST, ROWS = 0.005, 0.7, 4
#: how many deviations of the other numbers lie between them and the one that stands for none, and
#: of one that people write for none
APART, WRITTEN_APART = 3.0, 1.0
#: what people write where nothing is known
WRITTEN = {0, *(sign * number for sign in (-1, 1) for number in (1, 9, 99, 999, 9999, 99999))}
#: the fewest values of a column of quantities, and how far off a number is none of a few others
QUANTITY, OUT_OF_RANGE = 12, 20.0
#: how many categories a column of codes has, and the fewest rows of one, on average
FEW, MANY, ROWS_OF_CODE = 4, 40, 8
#: and a column of scaled ones, the steps of which differ by no more than this share
SCALED, EVEN = 6, 1e-2


class Placeholder(Check):
    """A number that stands for a missing one: −999, or 0 where nothing is 0.

    The network reads it as a quantity, hundreds of deviations from all others: it rules the values
    of the first layer, and the differences that count drown. Among the targets it is what the
    network is to say of these rows.
    """

    code = "PL212"
    severity = "error"
    sure = False
    after = ("PL215",)
    cure = "Put the median of the column in its place, and say in another column where it stood."
    confused = "Outliers, which are rare and differ; and columns of which most are honestly 0."
    example = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = clusters(500, 4, 3, apart=1.5)
x[rng.random(x.shape) < 0.15] = -999
fit = {"epochs": 25}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = clusters(500, 4, 3, apart=1.5)
x = np.maximum(x, 0)
fit = {"epochs": 25}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        yield from self.of_targets(evidence)
        if not flat_numbers(evidence) or evidence.bad_x or evidence.x.shape[1] > FEW_COLUMNS:
            return
        x = evidence.columns.x
        found = {at: value for at in range(x.shape[1]) if (value := unlike(x[:, at])) is not None}
        if found:
            at, value = next(iter(found.items()))
            yield Suspicion(
                f"column {at} is {value:g} in {np.mean(x[:, at] == value):.0%} of the rows, far "
                "from its other numbers",
                {"the number": value, "mean of the others": float(others(x, at, value).mean())},
                {"columns": list(found)[:10]},
                mend := put_in_the_middle(found, [middle(x, *each) for each in found.items()]),
                others=(lambda case: standardised(mend(case)),),
            )

    def of_targets(self, evidence: Evidence) -> Iterator[Suspicion]:
        y = evidence.y
        if y is None or evidence.task != "numbers" or y.ndim > 1 or y.dtype.kind not in "biuf":
            return
        value = unlike(y) if evidence.plain and np.isfinite(y).all() else None
        if value is not None:
            yield Suspicion(
                f"the target is {value:g} in {np.mean(y == value):.1%} of the rows, far from its "
                "other numbers",
                {"the number": value, "mean of the others": float(y[y != value].mean())},
                {"rows": np.flatnonzero(y == value)[:10].tolist()},
                lambda case: case.only(f"y != {value!r}", y != value),
            )


def unlike(column: np.ndarray) -> float | None:
    """The least or largest number, where it stands in several rows and far from all others."""
    for value in (column.min(), column.max()):
        there = column == value
        if not FEWEST < there.mean() < MOST or there.sum() < ROWS:
            continue
        rest = column[~there]
        gap = float(np.abs(rest - value).min())
        apart = WRITTEN_APART if float(value) in WRITTEN else APART
        some = len(np.unique(rest)) > 1  # a column of two numbers says which of two
        enough = len(np.unique(rest)) >= QUANTITY or (some and gap > OUT_OF_RANGE * rest.std())
        if enough and gap > apart * float(rest.std()):
            return float(value)
    return None


def others(x: np.ndarray, at: int, value: float) -> np.ndarray:
    return x[x[:, at] != value, at]


def middle(x: np.ndarray, at: int, value: float) -> float:
    return float(f"{np.median(others(x, at, value)):.4g}")


def put_in_the_middle(found: dict[int, float], middles: list[float]) -> Callable[[Case], Case]:
    """A mend: the median of its column in place of each."""

    def mend(case: Case) -> Case:
        for (at, value), number in zip(found.items(), middles, strict=True):
            line = f"np.where((np.arange({{0}}.shape[1]) == {at}) & ({{0}} == {value!r}), "
            case = case.with_x(f"{line}{number!r}, {{0}})", filling(at, value, number))
        return case

    return mend


def filling(at: int, value: float, number: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.where((np.arange(x.shape[1]) == at) & (x == value), number, x)


class CategoryCodes(Check):
    """Categories by their numbers, read as a quantity.

    Category 3 is not between 2 and 4: a network has to bend its function up and down along the
    column to tell them apart, which takes it long, or is beyond it.
    """

    code = "PL214"
    severity = "warning"
    sure = False
    guessed = True
    share = 0.2
    errors = (1.0, 3.0)
    #: by how much a mend of the training has to get further, to be the likelier cause
    ahead: ClassVar[float] = 0.05
    cure = "A column for each category, which is 1 in its rows; or a layers.Embedding."
    confused = "Counts and ratings, which are quantities."
    example = """
net = Sequential([layers.Dense(8, "relu", input_shape=(2,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
kind = rng.integers(0, 12, 500)
x = np.column_stack([kind, rng.normal(size=500)])
y = rng.permutation(np.linspace(-1.5, 1.5, 12))[kind] + 0.3 * x[:, 1]
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(8, "relu", input_shape=(2,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
kind = rng.integers(0, 12, 500)
x = np.column_stack([kind / 4, rng.normal(size=500)])
y = np.linspace(-1.5, 1.5, 12)[kind] + 0.3 * x[:, 1]
fit = {"epochs": 40}
"""

    @classmethod
    def gives_way(cls, found: Finding, other: Finding) -> bool:
        """A column for each value helps most networks a little that are held back by something."""
        if found.trial is None or other.trial is None or other.code[2] != "4":
            return False
        return other.code != "PL405" and other.trial.after > found.trial.after + cls.ahead

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not flat_numbers(evidence) or evidence.bad_x:
            return
        yield from of_words(evidence)
        if evidence.x.shape[1] > FEW_COLUMNS:
            return
        x = evidence.columns.x
        found = {at: count for at in range(x.shape[1]) if (count := categories(x[:, at]))}
        whole = {at: count for at, count in found.items() if evidence.x[:, at].max() < count}
        if not whole:
            yield from self.of_scaled(evidence)
            return
        if whole:
            at = next(iter(whole))
            yield Suspicion(
                f"column {at} holds whole numbers of {whole[at]} values, which are read as a "
                "quantity",
                {f"values of column {each}": count for each, count in list(whole.items())[:5]},
                {"columns": list(whole)[:10]},
                in_columns(whole),
            )

    def of_scaled(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Categories whose numbers were scaled with the other columns."""
        x = evidence.columns.x
        steps = {at: found for at in range(x.shape[1]) if (found := even(x[:, at])) is not None}
        if steps:
            at = next(iter(steps))
            yield Suspicion(
                f"column {at} has {len(steps[at])} values in even steps, as scaled numbers of "
                "categories have, which are read as a quantity",
                {f"values of column {each}": len(found) for each, found in list(steps.items())[:5]},
                {"columns": list(steps)[:10]},
                in_columns_of(steps),
            )


def even(column: np.ndarray) -> np.ndarray | None:
    """The values of a column of scaled codes: many, in even steps, each in several rows."""
    values = np.unique(column)
    if not SCALED <= len(values) < MANY or len(column) < ROWS_OF_CODE * len(values):
        return None
    steps = np.diff(values)
    return values if np.ptp(steps) < EVEN * steps.mean() else None


def in_columns_of(steps: dict[int, np.ndarray]) -> Callable[[Case], Case]:
    """A mend: a column for each value of these columns."""
    places = list(steps)
    lines = [(at, float(f"{v[0]:.6g}"), float(f"{v[-1]:.6g}"), len(v)) for at, v in steps.items()]
    expression = (
        f"np.column_stack([np.delete({{0}}, {places}, axis=1), *("
        "np.eye(k)[np.clip(np.round(({0}[:, at] - low) / (high - low) * (k - 1)), 0, k - 1)"
        f".astype(int)] for at, low, high, k in {lines})])"
    )

    def spread(x: np.ndarray) -> np.ndarray:
        each = (
            np.eye(k)[
                np.clip(np.round((x[:, at] - low) / (high - low) * (k - 1)), 0, k - 1).astype(int)
            ]
            for at, low, high, k in lines
        )
        return np.column_stack([np.delete(x, places, axis=1), *each])

    def mend(case: Case) -> Case:
        wider = sum(len(each) for each in steps.values()) - len(steps)
        return case.with_x(expression, spread).designed(narrowed(case.net, -wider))

    return mend


def categories(column: np.ndarray) -> int:
    """One more than the largest number of a column of codes; 0 of any other."""
    if column.min() < 0 or column.max() >= MANY or np.any(column != np.round(column)):
        return 0
    values = np.unique(column)
    held = len(values) >= FEW and len(column) >= ROWS_OF_CODE * len(values)
    together = values[-1] - values[0] == len(values) - 1 and values[0] <= 1
    return int(values[-1]) + 1 if held and together else 0


def in_columns(found: dict[int, int]) -> Callable[[Case], Case]:
    """A mend: a column for each category."""
    places, pairs = list(found), list(found.items())
    expression = (
        f"np.column_stack([np.delete({{0}}, {places}, axis=1), "
        f"*(np.eye(k)[{{0}}[:, at].astype(int)] for at, k in {pairs})])"
    )

    def spread(x: np.ndarray) -> np.ndarray:
        each = (np.eye(k)[x[:, at].astype(int)] for at, k in pairs)
        return np.column_stack([np.delete(x, places, axis=1), *each])

    def mend(case: Case) -> Case:
        wider = sum(found.values()) - len(found)
        return case.with_x(expression, spread).designed(narrowed(case.net, -wider))

    return mend
