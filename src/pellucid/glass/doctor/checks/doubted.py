"""Labels that networks doubt which were trained without them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import ClassVar

import numpy as np

from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Finding, Value
from pellucid.glass.doctor.goal import probabilities
from pellucid.glass.doctor.runs import Outcome

#: the share of the rows whose label is doubted, from which on it is a fault
NOISE, MOST_NOISE = 0.1, 0.7
#: how much of the way from chance has to be learnt, and how often rows of whose class networks are
#: surest are doubted, beside all rows: where classes overlap, they are hardly ever sure and wrong
LEARNT, AS_OFTEN, FEWEST = 0.4, 0.7, 4
#: where half of the labels or more are wrong, less can be learnt: then rows that networks are
#: surest of are doubted as often as all
LITTLE, MOST_BY_FAR, EVEN = 0.2, 0.8, 0.9
#: rows below which nothing is said of labels, and above which that takes too long
FEWEST_ROWS, MOST_ROWS = 60, 6000
#: of two classes of which a part of one has the label of the other: the fewest rows, and how many
#: rows of the other there may be for each of the one
ROWS_OF_CLASS, LEAST_PART = 40, 0.25
#: the share of wrong labels where the one class lies, how evenly they are spread there, and the
#: share of the one class that may lie where the other does
MIXED, EVENLY, APART = 0.2, 0.6, 0.05


class WrongLabels(Check):
    """Labels that are wrong.

    Networks trained without a row say another class than its label, and are sure of it; trained
    without these rows, they are better on the others.
    """

    code = "PL223"
    severity = "warning"
    sure = False
    guessed = True
    #: its mend leaves out rows that are hard to hit
    outdoes = False
    folded = True
    after = (
        *("PL101", "PL103", "PL110", "PL111", "PL114", "PL207", "PL208", "PL216", "PL301", "PL313"),
        *("PL314", "PL401", "PL502"),
    )
    #: the share of doubted rows below which what learns them by heart is said first
    few: ClassVar[float] = 0.2
    cure = "Look at the rows that are named; label them anew, or leave them out."
    confused = "Classes that overlap, where networks are not sure; memorising, which it leads to."
    example = """
net = Sequential([layers.Dense(48, "relu", input_shape=(6,)), layers.Dense(4, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = clusters(500, 6, 4)
y = np.where(rng.random(500) < 0.35, rng.integers(0, 4, 500), y)
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential([layers.Dense(64, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(500)
fit = {"epochs": 40}
"""

    @classmethod
    def gives_way(cls, found: Finding, other: Finding) -> bool:
        """A few rows of each class are beyond others wherever classes overlap."""
        share = found.evidence.get("share")
        return isinstance(share, float) and share < cls.few and other.code in ("PL501", "PL503")

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        outcome = at_its_best(evidence)
        if outcome is None or outcome.rows is None:
            return
        yield from self.of_one_class(evidence, outcome)
        wrong = outcome.each("classes") == 0
        share, doubted = float(wrong.mean()), wrong[surest(outcome)]
        of_surest, way = float(doubted.mean()), 1 - evidence.chance
        learnt = 1 - share - evidence.chance
        plain = share < MOST_NOISE * way and learnt >= LEARNT * way
        least, most, often = (
            (LEARNT, MOST_NOISE, AS_OFTEN) if plain else (LITTLE, MOST_BY_FAR, EVEN)
        )
        if not NOISE < share < most * way or learnt < least * way:
            return
        if doubted.sum() < FEWEST or of_surest < often * share:
            return
        rows = outcome.rows[wrong]
        yield left_out(
            evidence,
            rows,
            f"{len(rows)} rows have another label than networks say that were trained without them",
            {"share": share, "of the quarter they are surest of": of_surest},
            sure=plain,
        )

    def of_one_class(self, evidence: Evidence, outcome: Outcome) -> Iterator[Suspicion]:
        """A part of one class that has the label of another."""
        assert evidence.labels is not None
        assert outcome.rows is not None
        found = mixed(outcome, evidence.labels[outcome.rows])
        if found is not None:
            one, other, among = found
            yield left_out(
                evidence,
                outcome.rows[among],
                f"{len(among)} rows of class {other} are where those of class {one} are, and "
                "nowhere else are the two alike",
                {f"rows of class {one}": int((evidence.labels == one).sum())},
                sure=False,
            )


def at_its_best(evidence: Evidence) -> Outcome | None:
    """Networks trained as long as is best for rows that are held out, each row held out once."""
    labels, end = evidence.labels, evidence.ending
    if labels is None or not evidence.budget.whole or end is None or not end.of_classes:
        return None
    curve = evidence.folded_as_it_is.validation
    if not FEWEST_ROWS <= len(labels) <= MOST_ROWS or not curve:
        return None
    best = int(np.argmin(curve)) + 1
    if best == len(curve) and evidence.few:
        return evidence.folded_as_it_is
    outcome = evidence.in_folds(evidence.case.fitted(epochs=best))
    return outcome if outcome.worked else None


def left_out(
    evidence: Evidence, rows: np.ndarray, title: str, told: dict[str, Value], sure: bool = True
) -> Suspicion:
    """What is seen of some rows, and the mend to leave them out."""
    kept = ~np.isin(np.arange(evidence.row_count), rows)
    line = f"~np.isin(np.arange(len(x)), {rows.tolist()})"
    told = {"rows": len(rows), **told}
    where = {"rows": rows[:20].tolist()}
    return Suspicion(title, told, where, lambda case: case.only(line, kept), sure=sure)


def mixed(outcome: Outcome, labels: np.ndarray) -> tuple[int, int, np.ndarray] | None:
    """A class, another, and the rows of the other that lie among those of the first.

    By networks that were trained without them, as evenly as if labels had been drawn: where the
    first class is surest, the other is as common as where it is least sure. Where classes overlap,
    it is not.
    """
    p = said_of(outcome)
    p = p if p.shape[1] > 1 else np.concatenate([1 - p, p], axis=1)
    count = np.bincount(labels, minlength=p.shape[1])
    for one, other in permutations(np.flatnonzero(count >= ROWS_OF_CLASS).tolist(), 2):
        if max(one, other) >= p.shape[1] or count[one] < LEAST_PART * count[other]:
            continue
        among = lying_among(p, labels, one, other)
        if among is not None:
            return one, other, among
    return None


def lying_among(p: np.ndarray, labels: np.ndarray, one: int, other: int) -> np.ndarray | None:
    """The rows of the other class that are evenly spread among those of the first, if any are."""
    rows = np.flatnonzero(np.isin(labels, (one, other)))
    of_one = p[rows, one] / np.maximum(p[rows, one] + p[rows, other], 1e-12)
    wrong = labels[rows] == other
    order = np.argsort(-of_one, kind="stable")
    first, last = order[: int((~wrong).sum())], order[-int(wrong.sum() // 2) :]
    top = first[: len(first) // 4]
    evenly = wrong[top].sum() >= FEWEST and wrong[top].mean() >= EVENLY * wrong[first].mean()
    if not evenly or wrong[first].mean() < MIXED:
        return None
    if (~wrong[last]).mean() > APART or of_one[last].mean() > 2 * APART:
        return None
    return rows[wrong & (of_one >= float(np.quantile(of_one[~wrong], 0.1)))]


def said_of(outcome: Outcome) -> np.ndarray:
    """The probabilities that networks give the rows."""
    said, _, end = outcome.hit[0]
    return probabilities(end, said.reshape(len(said), -1))


def surest(outcome: Outcome) -> np.ndarray:
    """The quarter of the rows of whose class networks are surest."""
    p = said_of(outcome)
    sure = p.max(axis=1) if p.shape[1] > 1 else np.abs(p[:, 0] - 0.5)
    return np.argsort(-sure, kind="stable")[: len(sure) // 4]
