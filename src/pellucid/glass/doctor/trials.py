"""Trials: a mend is tried on the user's own rows, and only one that helps is offered.

Both networks start from the same draws, see the same rows in the same order, and are judged on the
same rows that neither was trained on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from pellucid.glass.doctor.blueprint import optimizer_of
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.evidence import REST, Evidence
from pellucid.glass.doctor.finding import Trial
from pellucid.glass.doctor.goal import FIGURES
from pellucid.glass.doctor.runs import Outcome
from pellucid.optimizers import SGD

#: which share of what is still to be won a gain must have: less is not worth a warning
ROOM = 0.2
#: from this share of the room on, no second opinion is asked for
OVERWHELMING = 0.5
#: by how much what was trained for the first time has to be better than chance
LEARNT = 0.05
#: how badly a row is taken to be hit at the most, where rows are hit worse than by their mean
FLOOR = -1.0
#: the most mends that are tried one by one, and suspicions that are put together in pairs
MOST, PAIRS = 60, 3
#: the seed of the second opinion
SECOND = 1
THREADS = 2


class Suspect(NamedTuple):
    """A check and what it has seen."""

    check: type[Check]
    seen: Suspicion

    @property
    def severity(self) -> str:
        return self.seen.severity or self.check.severity

    @property
    def sure(self) -> bool:
        return self.check.sure if self.seen.sure is None else self.seen.sure

    @property
    def share(self) -> float:
        return self.check.share if self.seen.share is None else self.seen.share

    @property
    def to_try(self) -> bool:
        return self.check.tried and self.seen.mend is not None


class Tried(NamedTuple):
    """A mended case, what came of it, whether it helps, by which figure and how much."""

    case: Case
    outcome: Outcome
    helps: bool
    figure: str
    gain: float = 0.0
    #: all mended cases of the suspicion that help
    ways: tuple[Case, ...] = ()


def all_tried(evidence: Evidence, suspects: Sequence[Suspect]) -> dict[int, Tried]:
    """What came of each suspicion's best mend; pairs of mends where no single one helps."""
    to_try = [each for each in suspects if each.to_try]
    if not to_try or evidence.late:
        return {}
    _ = evidence.as_it_is, evidence.task, evidence.chance
    if any(each.check.folded for each in to_try):
        _ = evidence.folded_as_it_is
    if evidence.as_it_is.cut:
        return {}
    work = in_turn(to_try)[:MOST]
    with ThreadPoolExecutor(1 if evidence.large else THREADS) as pool:
        waiting = [(each, pool.submit(attempt, evidence, each, mend)) for each, mend in work]
        results = [(each, one.result()) for each, one in waiting]
    found = best_of(results)
    if not any(each.helps for each in found.values()):
        found |= in_pairs(evidence, to_try)
    return found


def in_turn(to_try: Sequence[Suspect]) -> list[tuple[Suspect, Mend]]:
    """The first mend of each suspicion, then the second: none waits for all ways of another."""
    most = max(len(each.seen.mends) for each in to_try)
    return [
        (each, mend)
        for way in range(most)
        for each in to_try
        for mend in each.seen.mends[way : way + 1]
    ]


def best_of(results: Sequence[tuple[Suspect, Tried | None]]) -> dict[int, Tried]:
    """For each suspicion the trial that helps most."""
    found: dict[int, list[Tried]] = {}
    for suspect, tried in results:
        if tried is not None:
            found.setdefault(id(suspect.seen), []).append(tried)
    return {key: best(several) for key, several in found.items()}


def best(several: Sequence[Tried]) -> Tried:
    ways = tuple(each.case for each in several if each.helps)
    return max(several, key=lambda each: (each.helps, each.gain))._replace(ways=ways)


def in_pairs(evidence: Evidence, to_try: Sequence[Suspect]) -> dict[int, Tried]:
    """Two mends at once, for faults that hide one another; the first of them is the finding."""
    first = to_try[:PAIRS]
    results = []
    for at, one in enumerate(first):
        for two in first[at + 1 :]:
            case = both(evidence, one, two)
            if case is not None and not evidence.late:
                results.append((one, judge(evidence, one, case)))
    return {key: tried for key, tried in best_of(results).items() if tried.helps}


def both(evidence: Evidence, one: Suspect, two: Suspect) -> Case | None:
    try:
        return two.seen.mends[0](one.seen.mends[0](evidence.case))
    except Exception:
        return None


def attempt(evidence: Evidence, suspect: Suspect, mend: Mend) -> Tried | None:
    """What comes of a mend; None where it is one for another network, or the time is over."""
    if evidence.late:
        return None
    try:
        case = mend(evidence.case)
    except Exception:
        return None
    if evidence.large and keeps_more(evidence.case, case):
        return None
    return judge(evidence, suspect, case)


def keeps_more(case: Case, mended: Case) -> bool:
    """Whether the mended network has another optimizer, and the one that it had keeps nothing.

    Adam keeps two numbers for each weight: of a large network that is more memory than its user
    has asked for.
    """
    before, after = optimizer_of(case.net), optimizer_of(mended.net)
    plain = isinstance(before, SGD) and not before.momentum
    return plain and not isinstance(after, SGD)


def judge(evidence: Evidence, suspect: Suspect, case: Case) -> Tried | None:
    """A mended case, trained and compared; by a second seed where it seems to help.

    Of one that does not help the data are let go. None where the time was over before its end.
    """
    folded = suspect.check.folded
    before = evidence.folded_as_it_is if folded else evidence.as_it_is
    outcome = evidence.folded(case) if folded else evidence.trial(case)
    if outcome.cut:
        return None
    figures = figures_of(evidence, suspect)
    for figure in figures:
        helps, gain = better(evidence, suspect, figure, before, outcome)
        settled = suspect.sure or (folded and evidence.few) or overwhelming(before, gain, figure)
        if helps and not settled:
            again = evidence.trial(case, SECOND)
            helps, _ = better(evidence, suspect, figure, evidence.second_opinion, again)
        if helps:
            return Tried(case, outcome, True, figure, gain)
    return Tried(evidence.case, outcome, False, figures[0])


def figures_of(evidence: Evidence, suspect: Suspect) -> list[str]:
    """By what a mend is judged: of a fault that is proven also by the probabilities."""
    figures = [suspect.check.figure or evidence.figure]
    likely = suspect.sure and not suspect.check.folded and evidence.task == "classes"
    return list(dict.fromkeys([*figures, "likelihood"])) if likely else figures


def overwhelming(before: Outcome, gain: float, figure: str) -> bool:
    return not before.worked or gain > OVERWHELMING * max(1 - before.mean(figure), 0.1)


def better(
    evidence: Evidence, suspect: Suspect, figure: str, before: Outcome, after: Outcome
) -> tuple[bool, float]:
    """Whether held-out rows are hit better, by more than chance and enough; by how much."""
    reached = after.mean(figure)
    if before.cut or after.cut or not math.isfinite(reached):
        return False, 0.0
    if not before.worked:
        learnt = reached > chance_of(evidence, figure) + LEARNT
        return suspect.sure or learnt, reached
    try:
        gain, error = difference(before, after, figure)
    except (ValueError, IndexError):
        return False, 0.0
    proven, guessed = suspect.check.errors
    error = 0.0 if evidence.tiny else error
    if suspect.sure:
        return gain > proven * error and gain > 0, gain
    room = 1.0 - max(before.mean(figure), 0.0)
    if suspect.check.guessed and room < REST:
        return False, gain
    way = reached - chance_of(evidence, figure)
    enough = gain > ROOM * room and gain > suspect.share * way
    most = gain > suspect.check.rest * room and room > REST
    return gain > guessed * error and (enough or most), gain


def chance_of(evidence: Evidence, figure: str) -> float:
    """What saying the same for every row is worth."""
    if figure == "balanced" and evidence.labels is not None:
        return 1 / len(np.unique(evidence.labels))
    return evidence.chance if figure in ("classes", "balanced", "several") else 0.0


def difference(before: Outcome, after: Outcome, figure: str) -> tuple[float, float]:
    """The mean gain on the rows that both were judged on, and its standard error."""
    assert before.rows is not None
    assert after.rows is not None
    rows = np.intersect1d(before.rows, after.rows)
    then, now = before.each(figure, rows), after.each(figure, rows)
    if (
        figure == "numbers" and then.mean() < 0
    ):  # a few rows that are missed by far would outweigh all others
        then, now = np.maximum(then, FLOOR), np.maximum(now, FLOOR)
    gains = now - then
    error = float(gains.std() / math.sqrt(max(1, len(gains))))
    return float(gains.mean()), max(error, of_folds(after, rows, gains))


def of_folds(after: Outcome, rows: np.ndarray, gains: np.ndarray) -> float:
    """The standard error by how much folds differ: rows that one network is judged on go together.

    0 where there are no folds.
    """
    if not after.folds:
        return 0.0
    means = [float(gains[np.isin(rows, each)].mean()) for each in after.folds]
    return float(np.std(means) / math.sqrt(len(means)))


def trial_of(evidence: Evidence, tried: Tried, folded: bool) -> Trial:
    """The numbers of a trial, for the finding."""
    before, chosen = evidence.as_it_is, evidence.chosen
    if folded:
        before = evidence.folded_as_it_is
    was = before.mean(tried.figure)
    every = folded and evidence.few
    return Trial(
        figure=FIGURES[tried.figure].name,
        before=was if math.isfinite(was) else None,
        after=tried.outcome.mean(tried.figure),
        epochs=evidence.budget.epochs,
        rows=len(chosen.train),
        held=evidence.row_count if every else len(chosen.held),
    )
