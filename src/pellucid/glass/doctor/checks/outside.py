"""Outliers: a few numbers that lie far outside of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.finite import flat_numbers
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Finding
from pellucid.glass.doctor.mending import standardised
from pellucid.glass.doctor.statistics import OUTLIER, RARE, deviating, outliers

#: rows in which outliers of the inputs are looked for
LOOKED = 1000
#: columns up to which each is cut at its own ends
FEW_COLUMNS = 8


class Outliers(Check):
    """A few numbers lie far outside of all others.

    The square of a target of 990 among numbers of about 1 outweighs a million rows; an input of
    that size moves its weights by a thousand rows' worth.
    """

    code = "PL211"
    severity = "error"
    sure = False
    after = ("PL212",)
    cure = 'Drop or cut them, or use a loss that forgives them: "mae", or losses.Huber().'
    #: by how much a mend of the scale alone may fall short of one that cuts as well
    near: ClassVar[float] = 0.02
    confused = "A long tail, as of incomes: take the logarithm."
    example = """
net = Sequential([layers.Dense(24, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(400, 3))
y = x[:, 0] + np.sin(2 * x[:, 1])
y = np.where(np.arange(400) % 80 == 7, 1000 * y, y)
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

    @classmethod
    def gives_way(cls, found: Finding, other: Finding) -> bool:
        """Where a common scale alone does as well, it is not that a few numbers lie far outside."""
        if other.code not in ("PL207", "PL208") or found.trial is None or other.trial is None:
            return False
        return other.trial.after >= found.trial.after - cls.near

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
        x = evidence.columns.x[:LOOKED]
        far = outliers(x)
        columns = np.flatnonzero(far.any(axis=0))
        if len(columns):
            at = int(columns[0])
            inside = x[~far[:, at], at]
            yield Suspicion(
                f"column {at} has numbers far outside of its others",
                {
                    "usual from": float(inside.min()),
                    "to": float(inside.max()),
                    "furthest": float(max(x[far[:, at], at], key=abs)),
                },
                {"columns": columns[:10].tolist()},
                mend := cut_to(columns, x, far),
                others=(lambda case: standardised(mend(case)),),
            )


def cut_to(columns: np.ndarray, x: np.ndarray, far: np.ndarray) -> Callable[[Case], Case]:
    """A mend: numbers are cut where the usual ones of their column end."""
    ends = []
    for at in columns.tolist():
        inside = x[~far[:, at], at]
        ends.append((at, float(f"{inside.min():.3g}"), float(f"{inside.max():.3g}")))
    if len(ends) <= FEW_COLUMNS:
        return in_places(ends)
    low, high = min(each[1] for each in ends), max(each[2] for each in ends)
    return lambda case: case.with_x(
        f"np.clip({{0}}, {low!r}, {high!r})", lambda x: np.clip(x, low, high)
    )


def in_places(ends: list[tuple[int, float, float]]) -> Callable[[Case], Case]:
    """A mend: some columns are cut, each at its own ends."""

    def mend(case: Case) -> Case:
        for at, low, high in ends:
            line = f"np.where(np.arange({{0}}.shape[1]) == {at}, np.clip({{0}}, {low!r}, {high!r})"
            case = case.with_x(f"{line}, {{0}})", clipping(at, low, high))
        return case

    return mend


def clipping(at: int, low: float, high: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.where(np.arange(x.shape[1]) == at, np.clip(x, low, high), x)
