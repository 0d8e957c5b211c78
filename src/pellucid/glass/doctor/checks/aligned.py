"""Rows and targets: whether those of one number belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence

#: by how many rows targets may stand off that is looked at, rows that are looked at, and how many
#: of them follow one another in a part that is fitted, or judged
FURTHEST, ROWS, FEWEST, PART = 3, 2000, 200, 20
#: columns from which on a projection of them is taken; the functions of the columns that are fitted
WIDE, FUNCTIONS, PENALTY = 128, 96, 0.02
#: what is explained of the targets that stand off, at least; of those in place, and by any other
#: distance, as a share of it, at the most
EXPLAINED, IN_PLACE, ELSEWHERE = 0.12, 0.03, 0.3


class TargetsShifted(Check):
    """The targets stand some rows away from the rows that they belong to.

    A header that was read as a row, a difference or a lag that was taken of one of the two, and
    every row has the target of its neighbour: there is nothing to be learnt, though all is there.
    """

    code = "PL228"
    severity = "error"
    sure = False
    after = ("PL216",)
    cure = "Cut both so that row i of x and of y are the same thing: `x, y = x[:-1], y[1:]`."
    confused = "A series of which the next number is asked: there neighbours say much as well."
    example = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(600, 3))
y = np.roll(x[:, 0] + np.sin(2 * x[:, 1]), 1)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(603, 3)).cumsum(axis=0) / 10
x, y = x[:-3], np.diff(x[3:, 0], prepend=0)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        y = wanted(evidence)
        if y is None or evidence.fit.get("sample_weight") is not None:
            return
        told = explained(functions(evidence.x[: len(y)]), y)
        best = max(told, key=lambda each: told[each])
        others = max(told[each] for each in told if each != best)
        if EXPLAINED < told[best] > others / ELSEWHERE and told[0] < IN_PLACE:
            rows = f"{abs(best)} row{'s' * (abs(best) > 1)} further {'down' if best > 0 else 'up'}"
            yield Suspicion(
                f"the targets stand {rows} than the rows that they belong to",
                {"explained as they stand": told[0], "explained so": told[best]},
                {"rows": best},
                moved(best),
            )


def wanted(evidence: Evidence) -> np.ndarray | None:
    """What a row of some is to say: its number, or a column for each class; of mean 0."""
    y = evidence.y
    if y is None or not evidence.plain or evidence.bad_x or evidence.row_count < FEWEST:
        return None
    if evidence.labels is not None:
        found = np.eye(int(evidence.labels.max()) + 1)[evidence.labels[:ROWS]]
    elif evidence.task == "numbers" and y.dtype.kind in "biuf" and np.isfinite(y).all():
        found = y[:ROWS].reshape(len(y[:ROWS]), -1).astype(np.float64)
    else:
        return None
    return found - found.mean(axis=0)


def functions(x: np.ndarray) -> np.ndarray:
    """Columns of unit size, or a projection of them, and bent functions of them."""
    rng = np.random.default_rng(0)
    flat = x.reshape(len(x), -1).astype(np.float32)
    spread = flat.std(axis=0)
    flat = (flat - flat.mean(axis=0)) / np.where(spread > 0, spread, 1)
    if flat.shape[1] > WIDE:
        flat = flat @ rng.normal(size=(flat.shape[1], WIDE)).astype("f4") / flat.shape[1] ** 0.5
    ways = rng.normal(size=(flat.shape[1], FUNCTIONS)).astype("f4") / flat.shape[1] ** 0.5
    bent = np.tanh(1.5 * flat @ ways + rng.normal(size=FUNCTIONS).astype("f4"))
    return np.column_stack([flat, bent - bent.mean(axis=0)]).astype(np.float64)


def explained(found: np.ndarray, y: np.ndarray) -> dict[int, float]:
    """For each distance, what of the targets that far on is explained, in parts left out."""
    inside = np.arange(FURTHEST, len(y) - FURTHEST)
    fitted = inside // PART % 2 == 0
    ways = range(-FURTHEST, FURTHEST + 1)
    targets = np.concatenate([y[inside + each] for each in ways], axis=1)
    rows = found[inside]
    square = rows[fitted].T @ rows[fitted] + PENALTY * len(rows) * np.eye(rows.shape[1])
    said = rows[~fitted] @ np.linalg.solve(square, rows[fitted].T @ targets[fitted])
    left = np.square(targets[~fitted] - said).reshape(len(said), len(ways), -1).sum(axis=(0, 2))
    whole = np.square(targets[~fitted]).reshape(len(said), len(ways), -1).sum(axis=(0, 2))
    return {
        each: float(1 - a / max(b, 1e-300)) for each, a, b in zip(ways, left, whole, strict=True)
    }


def moved(by: int) -> Callable[[Case], Case]:
    """A mend: each row with the target so many rows on; at the ends rows are left over."""

    def mend(case: Case) -> Case:
        x, y = (
            (slice(None, -by), slice(by, None)) if by > 0 else (slice(-by, None), slice(None, by))
        )
        line = f"x, y = x[:-{by}], y[{by}:]" if by > 0 else f"x, y = x[{-by}:], y[:{by}]"
        chosen = {"x": case.x[x], "y": case.y[y], "rows": case.rows[x]}
        return replace(case, **chosen, lines=(*case.lines, line))

    return mend
