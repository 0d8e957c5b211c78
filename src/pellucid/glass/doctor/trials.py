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
from pellucid.glass.doctor.gains import difference, overwhelming, ran_away
from pellucid.glass.doctor.goal import FIGURES, LEAST
from pellucid.glass.doctor.runs import Outcome
from pellucid.optimizers import SGD

#: which share of what is still to be won a gain must have: less is not worth a warning
ROOM = 0.2
#: by how much what was trained for the first time has to be better than chance
LEARNT = 0.05
#: the most mends that are tried one by one, and suspicions that are put together in pairs
MOST, PAIRS = 60, 3
#: how many mends of each suspicion are tried before others look at many trainings
WAYS_FIRST = 2
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
    if not to_try or (evidence.late and not evidence.attempts) or not ready(evidence, to_try):
        return {}
    tried_now(evidence, in_turn(to_try)[:MOST])
    results = [(each, evidence.attempts.get(key(each, mend))) for each, mend in in_turn(to_try)]
    found = best_of(results)
    general = {id(each.seen) for each in to_try if each.check.general}
    if not any(each.helps for seen, each in found.items() if seen not in general):
        found |= in_pairs(evidence, to_try)
    return found


def try_first(evidence: Evidence, suspects: Sequence[Suspect]) -> None:
    """The first mends of these suspicions, which are not tried again."""
    to_try = [each for each in suspects if each.to_try]
    if to_try and not evidence.late and ready(evidence, to_try):
        tried_now(evidence, in_turn(to_try, WAYS_FIRST)[:MOST])


def ready(evidence: Evidence, to_try: Sequence[Suspect]) -> bool:
    """Gathers what all trials are compared with; whether there was time for it."""
    _ = evidence.as_it_is, evidence.task, evidence.chance
    if any(each.check.folded for each in to_try):
        _ = evidence.folded_as_it_is
    return not evidence.as_it_is.cut


def tried_now(evidence: Evidence, work: Sequence[tuple[Suspect, Mend]]) -> None:
    """Try those of some mends that were not tried before."""
    new = [each for each in work if key(*each) not in evidence.attempts]
    with ThreadPoolExecutor(1 if evidence.large else THREADS) as pool:
        waiting = [(each, pool.submit(attempt, evidence, *each)) for each in new]
        evidence.attempts.update({key(*each): one.result() for each, one in waiting})


def key(suspect: Suspect, mend: Mend) -> tuple[int, int]:
    """What a mend of a suspicion is known by."""
    return id(suspect.seen), suspect.seen.mends.index(mend)


def in_turn(to_try: Sequence[Suspect], ways: int | None = None) -> list[tuple[Suspect, Mend]]:
    """The first mend of each suspicion, then the second: none waits for all ways of another."""
    most = max(len(each.seen.mends) for each in to_try)
    return [
        (each, mend)
        for way in range(most if ways is None else ways)
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
    first = [each for each in to_try if not each.check.general][:PAIRS]
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
        elif gain > 0 and not settled and not suspect.check.guessed:
            again = evidence.trial(case, SECOND)
            helps, gain = in_both(evidence, suspect, figure, (before, outcome), again)
        if helps:
            return Tried(case, outcome, True, figure, gain)
    return Tried(evidence.case, outcome, False, figures[0])


def figures_of(evidence: Evidence, suspect: Suspect) -> list[str]:
    """By what a mend is judged: of a fault that is proven also by the probabilities."""
    figures = [suspect.check.figure or evidence.figure]
    known = suspect.sure and (not suspect.check.folded or suspect.check.by_likelihood)
    reached = evidence.tiny and evidence.as_it_is.mean(figures[0]) > 1 - REST
    if reached or evidence.task != "classes":
        return figures
    return list(dict.fromkeys([*figures, "likelihood"])) if known else figures


def better(
    evidence: Evidence, suspect: Suspect, figure: str, before: Outcome, after: Outcome
) -> tuple[bool, float]:
    """Whether held-out rows are hit better, by more than chance and enough; by how much."""
    reached = after.mean(figure)
    if before.cut or after.cut or not math.isfinite(reached):
        return False, 0.0
    if not before.worked or ran_away(before, figure):
        learnt = reached > chance_of(evidence, figure) + LEARNT
        return suspect.sure or learnt, reached
    try:
        gain, error = difference(before, after, figure)
    except (ValueError, IndexError):
        return False, 0.0
    return enough(evidence, suspect, figure, (before.mean(figure), reached), (gain, error)), gain


def in_both(
    evidence: Evidence,
    suspect: Suspect,
    figure: str,
    first: tuple[Outcome, Outcome],
    after: Outcome,
) -> tuple[bool, float]:
    """Whether it is better by two seeds taken together: one may have been lucky as it is."""
    pairs = [first, (evidence.second_opinion, after)]
    if not all(each.worked and not each.cut for pair in pairs for each in pair):
        return False, 0.0
    found = [difference(*pair, figure) for pair in pairs]
    gain, error = float(np.mean([each for each, _ in found])), max(each for _, each in found)
    was, reached = (float(np.mean([pair[at].mean(figure) for pair in pairs])) for at in (0, 1))
    return enough(evidence, suspect, figure, (was, reached), (gain, error)), gain


def enough(
    evidence: Evidence,
    suspect: Suspect,
    figure: str,
    way: tuple[float, float],
    gained: tuple[float, float],
) -> bool:
    """Whether what is gained, with its standard error, is worth saying."""
    (was, reached), (gain, error) = way, gained
    proven, guessed = suspect.check.errors
    error = 0.0 if evidence.tiny else error
    if suspect.sure:
        return gain > proven * error and gain > 0
    room = 1.0 - max(was, 0.0)
    if suspect.check.guessed and room < REST:
        return False
    whole = reached - chance_of(evidence, figure)
    if figure == "likelihood" and whole < 0:  # no surer than it may be, and yet of no use
        return False
    much = gain > ROOM * room and gain > suspect.share * whole
    most = gain > suspect.check.rest * room and room > REST
    return gain > guessed * error and (much or most)


def chance_of(evidence: Evidence, figure: str) -> float:
    """What saying the same for every row is worth."""
    if figure == "balanced" and evidence.labels is not None:
        return 1 / len(np.unique(evidence.labels))
    if figure == "likelihood" and evidence.labels is not None:
        shares = np.bincount(evidence.labels) / len(evidence.labels)
        return 1 + float(np.sum(shares * np.log(np.maximum(shares, LEAST))))
    return evidence.chance if figure in ("classes", "balanced", "several") else 0.0


def trial_of(evidence: Evidence, tried: Tried, folded: bool) -> Trial:
    """The numbers of a trial, for the finding."""
    before = evidence.folded_as_it_is if folded else evidence.as_it_is
    was = before.mean(tried.figure)
    held = evidence.row_count if folded and evidence.few else len(evidence.chosen.held)
    return Trial(
        figure=FIGURES[tried.figure].name,
        before=was if math.isfinite(was) else None,
        after=tried.outcome.mean(tried.figure),
        epochs=evidence.budget.epochs,
        rows=len(evidence.chosen.train),
        held=0 if evidence.tiny else held,
    )
