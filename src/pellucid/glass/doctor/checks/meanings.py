"""What columns mean: identifiers, dates, and the target under another name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pellucid.glass.doctor.blueprint import Blueprint
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.finite import FEW_COLUMNS, MOST_COLUMNS, flat_numbers
from pellucid.glass.doctor.checks.told import LOOK, TOLD, classes, copies
from pellucid.glass.doctor.checks.within import of_windows
from pellucid.glass.doctor.evidence import Evidence

#: the least number that is a date, written 19000101
FIRST_DATE = 19_000_101
#: seconds, milliseconds and microseconds
UNITS = (1, 1000, 10**6)
#: the most rows of which it is looked whether a column counts them off, and by how much of a step
#: numbers may be rounded
MOST_ROWS, ROUNDED = 200_000, 0.01
#: how many numbers a count may go over, for each that stands there; a rounding of single precision
HOLES, FLOAT = 2.0, 2.4e-7
#: the share of its variance that a column moves by, from one row to the next, where it is smooth
SMOOTH = 0.1


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
            if not np.array_equal(x[:64, at], np.round(x[:64, at])):
                few = x.shape[1] <= FEW_COLUMNS
                if few and counted_off(evidence, at) and not smooth(x, at):
                    yield self.seen(at, "a number of the row on another scale", x)
                continue
            if dates(x[:, at]):
                yield self.seen(at, "a date", x)
            elif numbered(x[:, at]) or counted_off(evidence, at):
                yield self.seen(at, "a number of the row", x)

    def seen(self, at: int, kind: str, x: np.ndarray) -> Suspicion:
        return Suspicion(
            f"column {at} is {kind}: {x[0, at]:.7g}, {x[1, at]:.7g}, {x[2, at]:.7g}, …",
            {"least": float(x[:, at].min()), "largest": float(x[:, at].max())},
            {"column": at},
            dropped(at),
        )


def numbered(column: np.ndarray) -> bool:
    """Whether each row has a larger number than the one before it, or each a smaller one."""
    steps = np.diff(column)
    return bool((steps > 0).all() or (steps < 0).all())


def counted_off(evidence: Evidence, at: int) -> bool:
    """Whether the column holds every number once, in even steps, in whatever order.

    Some may be missing, as where rows were held out.
    """
    some = evidence.columns.x[:LOOK, at]
    if evidence.row_count > MOST_ROWS or len(np.unique(some)) < len(some):
        return False
    steps = np.diff(np.sort(evidence.x[:, at].astype(np.float64)))
    if not len(steps) or steps.min() <= 0:
        return False
    step = float(np.median(steps[steps < 1.5 * steps.min()]))
    counts = np.round(steps / step)
    even = np.abs(steps - counts * step) <= ROUNDED * step + FLOAT * np.abs(evidence.x[:, at]).max()
    return bool(even.all() and counts.sum() < HOLES * len(steps))


def smooth(x: np.ndarray, at: int) -> bool:
    """Whether other columns change little from one number of this column to the next.

    Then it is a place or a time at which the others were measured or made.
    """
    others = np.delete(x, at, axis=1)[np.argsort(x[:, at], kind="stable")]
    spread = others.var(axis=0)
    moves = np.square(np.diff(others, axis=0)).mean(axis=0) / np.where(
        spread > 0, 2 * spread, np.inf
    )
    return bool((moves[spread > 0] < SMOOTH).any()) if (spread > 0).any() else True


def dates(column: np.ndarray) -> bool:
    """Whether numbers are dates written 20240131, or seconds since 1970."""
    if column[:LOOK].min() < FIRST_DATE:
        return False
    whole = column.astype(np.int64)
    year, month, day = whole // 10000, whole // 100 % 100, whole % 100
    written = (
        (year >= 1900) & (year <= 2100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    )
    many = len(np.unique(whole)) > len(whole) // 4
    stamps = (9 * 10**8 * unit < whole.min() and whole.max() < 22 * 10**8 * unit for unit in UNITS)
    return bool(written.all()) or (any(stamps) and many)


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
        yield from of_windows(evidence)
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
            return classes(x, labels)
        if evidence.task != "numbers" or y.ndim > 1 or np.array_equal(evidence.x.shape, y.shape):
            return np.zeros(x.shape[1])
        return copies(x, y[evidence.sample])
