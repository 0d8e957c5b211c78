"""Rows to validate on that are not like those to train on: their columns, targets, or meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.checks.parts import held_out_anew, of_part, parts
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Value
from pellucid.glass.doctor.goal import guessed
from pellucid.glass.doctor.patient import Patient
from pellucid.glass.doctor.runs import Outcome
from pellucid.glass.doctor.statistics import sampled

#: distances of two distributions, from 0 to 1: that of a column which is another one, and that of
#: columns of which this share is; and how many standard errors the first has to be
APART, SHIFTED, MOST, CERTAIN = 0.4, 0.25, 0.3, 4.0
#: numbers of each part that distributions are compared by
NUMBERS = 400_000
#: by how much worse rows to validate on are hit, and by how many standard errors; the share of the
#: way from chance that has to be learnt; the fewest of these rows, and how many are looked at
WORSE, SURELY, LEARNT, FEWEST, LOOKED = 0.1, 5.0, 0.4, 30, 500
#: columns up to which their order is looked for, and how many pairs are moved
COLUMNS, SWAPS = 20, 3


class AnotherDistribution(Check):
    """The rows to validate on are from another distribution than those to train on.

    What is measured is then how the network does elsewhere: scaled otherwise, another year, other
    classes, columns in another order.
    """

    code = "PL220"
    severity = "error"
    sure = True
    tried = False
    after = ("PL222",)
    cure = "Prepare both parts alike, and draw the rows to validate on at random."
    confused = "Memorising, where validation is worse though the rows are of one kind."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(700)
fit = {"epochs": 20, "validation_data": (16 * x[500:], y[500:])}
x, y = x[:500], y[:500]
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(700)
fit = {"epochs": 20, "validation_data": (x[500:], y[500:])}
x, y = x[:500], y[:500]
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        two = parts(evidence)
        if two is None or evidence.bad_x or "validation_data" not in evidence.fit:
            return
        found = list(self.by_columns(two)) or list(self.of_targets(evidence))
        yield from found or hit_otherwise(evidence)

    def by_columns(self, two: tuple[np.ndarray, np.ndarray]) -> Iterator[Suspicion]:
        """Columns whose numbers are others."""
        gaps = distances(two[0], two[1])
        error = np.sqrt(1 / len(two[0]) + 1 / len(two[1]))
        far = gaps > max(APART, CERTAIN * error)
        many = gaps > max(SHIFTED, 0.5 * CERTAIN * error)
        if min(len(two[0]), len(two[1])) < 10 or not (far.any() or many.mean() > MOST):
            return
        at = int(np.argmax(gaps))
        yield Suspicion(
            "the rows to validate on are from another distribution than those to train on",
            spreads([each[:, at] for each in two]) | {"column": at, "distance": float(gaps[at])},
            {"columns": np.flatnonzero(far | many)[:10].tolist()},
            held_out_anew,
        )

    def of_targets(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Targets, numbers to be hit, that are others."""
        held = evidence.validation
        if evidence.task != "numbers" or held is None or len(held.y) != 1 or len(held) < 10:
            return
        two = [np.reshape(of_part(each), (len(each), -1)) for each in (evidence.data, held)]
        gap = float(distances(two[0], two[1]).max())
        if gap > max(APART, CERTAIN * (1 / len(two[0]) + 1 / len(two[1])) ** 0.5):
            yield Suspicion(
                "the targets to validate on are from another distribution than those to train on",
                spreads(two),
                {},
                held_out_anew,
            )


def spreads(two: Sequence[np.ndarray]) -> dict[str, Value]:
    """Mean and deviation of numbers to train on and to validate on."""
    told = zip(("training", "validation"), two, strict=True)
    of = {name: (float(each.mean()), float(each.std())) for name, each in told}
    means: dict[str, Value] = {f"mean, {name}": mean for name, (mean, _) in of.items()}
    return means | {f"deviation, {name}": deviation for name, (_, deviation) in of.items()}


def distances(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Kolmogorov's distance of each column: how far the shares below a number differ at most."""
    few = max(64, NUMBERS // max(1, one.shape[1]))
    one, two = one[sampled(len(one))][:few], two[sampled(len(two))][:few]
    found = []
    for a, b in zip(np.sort(one, axis=0).T, np.sort(two, axis=0).T, strict=True):
        both = np.concatenate([a, b])
        below = [np.searchsorted(each, both, side="right") / len(each) for each in (a, b)]
        found.append(np.abs(below[0] - below[1]).max())
    return np.array(found)


def hit_otherwise(evidence: Evidence) -> Iterator[Suspicion]:
    """Rows to validate on that are hit far worse than rows held out of those to train on."""
    shown = shown_to(evidence)
    if shown is None or not evidence.as_it_is.worked:
        return
    inside, there = evidence.as_it_is.mean(evidence.figure), shown.seen.mean(evidence.figure)
    learnt = inside > evidence.chance + LEARNT * (1 - evidence.chance)
    if learnt and inside - there > max(WORSE, SURELY * shown.error()):
        words, mend = explained(shown, inside - (inside - there) / 3)
        yield Suspicion(
            f"rows to validate on are hit at {there:.3g}, and rows held out of those to train on "
            f"at {inside:.3g}{words}",
            {"on rows to validate on": there, "on rows held out": inside},
            {},
            mend,
        )


def shown_to(evidence: Evidence) -> Shown | None:
    """The network after a run, and some of the rows to validate on."""
    held, net = evidence.validation, evidence.as_it_was_trained
    if held is None or net is None or len(held) < FEWEST or not evidence.plain:
        return None
    rows = sampled(len(held))[:LOOKED]
    rows = rows if held.rows is None else held.rows[rows]
    x, y = np.asarray(held.x[0][rows]), np.asarray(held.y[0][rows])
    return Shown(evidence, net, x, y, measured(net, x, y))


def measured(net: Patient, x: np.ndarray, y: np.ndarray) -> Outcome:
    found = Outcome()
    found.measure(net, x, y)
    return found


class Shown(NamedTuple):
    """A network that was trained, rows to validate on, and how it hits them."""

    evidence: Evidence
    net: Patient
    x: np.ndarray
    y: np.ndarray
    seen: Outcome

    def figure(self, x: np.ndarray, y: np.ndarray) -> float:
        return measured(self.net, x, y).mean(self.evidence.figure)

    def error(self) -> float:
        """The standard error of the difference from rows held out of those to train on."""
        figure = self.evidence.figure
        both = (self.seen.each(figure), self.evidence.as_it_is.each(figure))
        return float(np.sqrt(sum(each.var() / len(each) for each in both)))


def explained(shown: Shown, enough: float) -> tuple[str, Mend]:
    """What puts the rows right, in words and as a mend: other class numbers, or another order of
    the columns; or else rows that are drawn anew.
    """
    x, y = map(np.asarray, shown.evidence.fit["validation_data"][:2])
    renamed = numbered_otherwise(shown)
    if renamed is not None and shown.figure(shown.x, renamed[shown.y]) > enough:
        lines = ("x_val", f"np.array({renamed.tolist()})[y_val]")
        return ": classes are numbered otherwise there", validated(lines, (x, renamed[y]))
    order = swapped(shown, enough)
    if order is None:
        return "", held_out_anew
    moved = ", ".join(str(at) for at, each in enumerate(order) if at != each)
    words = f": columns {moved} stand in another order there"
    return words, validated((f"x_val[:, {order}]", "y_val"), (x[:, order], y))


def validated(lines: tuple[str, str], data: tuple[Any, Any]) -> Mend:
    """A mend: other rows to validate on."""
    text = (
        'x_val, y_val = fit["validation_data"]',
        f'fit["validation_data"] = ({lines[0]}, {lines[1]})',
    )

    def mend(case: Case) -> Case:
        fit = case.fit | {"validation_data": data}
        return replace(case, fit=fit, lines=(*case.lines, *text))

    return mend


def numbered_otherwise(shown: Shown) -> np.ndarray | None:
    """For each class number that of the class which the network says there, if each has its own."""
    y = shown.y
    if shown.evidence.task != "classes" or y.ndim != 1 or y.dtype.kind not in "iu":
        return None
    end, outputs = shown.seen.hit[0].end, shown.seen.hit[0].outputs
    said = guessed(end, outputs, np.array([0, 1])).reshape(len(y)).astype(int)
    count = int(max(y.max(), said.max())) + 1
    table = np.zeros((count, count))
    np.add.at(table, (y, said), 1)
    found = table.argmax(axis=1)
    return found if sorted(found.tolist()) == list(range(count)) else None


def swapped(shown: Shown, enough: float) -> list[int] | None:
    """An order of the columns by which the rows are hit, two of them moved at a time."""
    wide = shown.x.shape[1]
    if shown.x.ndim != 2 or wide > COLUMNS:
        return None
    order, best = list(range(wide)), shown.seen.mean(shown.evidence.figure)
    for _ in range(SWAPS):
        ways = ((shown.figure(shown.x[:, way], shown.y), way) for way in one_swap(order))
        reached, way = max(ways, default=(best, order))
        if reached <= best or shown.evidence.late:
            return None
        order, best = way, reached
        if best > enough:
            return order
    return None


def one_swap(order: list[int]) -> Iterator[list[int]]:
    """Every order in which two have changed places."""
    for one, other in combinations(range(len(order)), 2):
        way = order.copy()
        way[one], way[other] = way[other], way[one]
        yield way
