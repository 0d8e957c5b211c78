"""From suspicions to findings: what was proven, what a mend has shown, and what falls to a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from pellucid.glass.doctor.case import code_of
from pellucid.glass.doctor.checks.base import Check, Mend
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import SEVERITIES, Finding, Trial, Value
from pellucid.glass.doctor.trials import Suspect, Tried, all_tried, chance_of, trial_of

#: families whose checks look at what comes of a training, where several mends may help
BY_TRIAL = "45"
#: what is left to be won after a mend, and the share of it that another mend has to win beyond that
LEFT, MOST_OF = 0.1, 0.6
#: the share of the way from chance that shows that there is something to be learnt
LEARNT = 0.2


def findings(evidence: Evidence, suspects: Sequence[Suspect], trials: bool) -> list[Finding]:
    """The findings, with what came of their mends."""
    tried = all_tried(evidence, suspects) if trials and evidence.tryable else {}
    if not trials:
        found = [untried(evidence, each) for each in suspects if not each.check.guessed]
        return ordered(found)
    pairs = [(each, judged(evidence, each, tried.get(id(each.seen)))) for each in suspects]
    pairs = uncontradicted(evidence, pairs, tried)
    pairs = without_last_resort(evidence, pairs)
    return ordered([each for suspect, each in pairs if worth_saying(suspect, each)], sure_of(pairs))


def uncontradicted(
    evidence: Evidence, pairs: list[tuple[Suspect, Finding]], tried: Mapping[int, Tried]
) -> list[tuple[Suspect, Finding]]:
    """Where a mend has learnt what others' rows are, nothing is said to be beyond all learning."""
    for each in tried.values():
        chance = chance_of(evidence, each.figure)
        if each.helps and each.outcome.mean(each.figure) > chance + LEARNT * (1 - chance):
            return [pair for pair in pairs if not pair[0].check.denies]
    return pairs


def without_last_resort(
    evidence: Evidence, pairs: list[tuple[Suspect, Finding]]
) -> list[tuple[Suspect, Finding]]:
    """What is said where nothing else is seen goes, if something is, or the time was over."""
    others = [
        suspect.check.severity
        for suspect, each in pairs
        if worth_saying(suspect, each) and not suspect.check.last_resort
    ]
    if not evidence.late and set(others) <= {"note"}:
        return pairs
    return [pair for pair in pairs if not pair[0].check.last_resort]


def sure_of(pairs: Sequence[tuple[Suspect, Finding]]) -> set[int]:
    """The findings that the evidence alone proves."""
    return {id(each) for suspect, each in pairs if suspect.sure}


def worth_saying(suspect: Suspect, found: Finding) -> bool:
    """Whether there is anything to it: a guess without a mend that helps is none."""
    return not suspect.check.guessed or suspect.sure or found.severity != "note"


def untried(evidence: Evidence, suspect: Suspect) -> Finding:
    """What is known without a trial: a suspicion that only a mend can prove is a note."""
    severity = suspect.severity if suspect.sure else "note"
    return finding(suspect, severity, code_for(evidence, suspect.seen.mend))


def code_for(evidence: Evidence, mend: Mend | None) -> str | None:
    """The program of a mend, where it can be applied."""
    if mend is None:
        return None
    try:
        return code_of(evidence.case, mend(evidence.case))
    except Exception:
        return None


def judged(evidence: Evidence, suspect: Suspect, tried: Tried | None) -> Finding:
    """After the trials: without a mend that helps, what was to be tried is a note.

    So is what only a training has shown, where the time was over before its mend was tried.
    """
    known = suspect.sure and not (suspect.check.guessed and evidence.late)
    if not suspect.to_try or (tried is None and known):
        return untried(evidence, suspect)
    if tried is None or not tried.helps:
        return finding(suspect, "note", None)
    code = code_of(evidence.case, tried.case)
    trial = trial_of(evidence, tried, suspect.check.folded)
    return finding(suspect, suspect.severity, code, trial, suspect.check.learnt(tried.ways))


def finding(
    suspect: Suspect,
    severity: str,
    mend: str | None,
    trial: Trial | None = None,
    learnt: Mapping[str, Value] | None = None,
) -> Finding:
    check, seen = suspect
    return Finding(
        code=check.code,
        severity=severity,
        title=seen.title,
        meaning=check.why(),
        evidence={**seen.evidence, **(learnt or {})},
        where=dict(seen.where),
        mend=mend,
        trial=trial,
    )


def ordered(found: Sequence[Finding], sure: Set[int] = frozenset()) -> list[Finding]:
    """The worst first; of those, the cause before what follows from it, as the codes are ordered.

    What another finding explains falls to a note. A guess whose mend is outdone by that of another
    finding stands behind it, and explains nothing; so does what gives way to another.
    """
    told = [each for each in found if each.severity != "note"]
    behind = {
        id(each)
        for each in told
        if any((id(each) not in sure and outdone(each, by)) or gives_way(each, by) for by in told)
    }
    stand = [each for each in told if id(each) not in behind]
    notes = {id(each): standing(each, id(each) in sure) for each in found}
    fallen = [
        (notes[id(each)] if each.severity == "note" else id(each) in behind, explained(each, stand))
        for each in found
    ]
    return [each for _, each in sorted(fallen, key=lambda pair: place(*pair))]


def gives_way(found: Finding, other: Finding) -> bool:
    return found is not other and Check.table[found.code].gives_way(found, other)


def standing(found: Finding, sure: bool) -> int:
    """Of notes, those stand first that are proven, of checks that find faults."""
    return 2 * (Check.table[found.code].severity == "note") + (not sure)


def outdone(one: Finding, other: Finding) -> bool:
    """Whether the other's mend gets most of the way that is left after the mend of the one."""
    if one.trial is None or other.trial is None or one.trial.figure != other.trial.figure:
        return False
    if not Check.table[other.code].outdoes:
        return False
    left = 1.0 - one.trial.after
    return left > LEFT and other.trial.after - one.trial.after > MOST_OF * left


def place(behind: int, found: Finding) -> tuple[int, int, str, float, str]:
    """Families are in the order of cause and effect; of what a training or its end shows, that
    stands first whose mend gets furthest.
    """
    family = found.code[2]
    reached = found.trial.after if found.trial and family in BY_TRIAL else 0.0
    return SEVERITIES.index(found.severity), behind, family, -reached, found.code


def further(one: Finding, other: Finding) -> bool:
    """Whether the mend of one gets further, of two that explain each other."""
    if one.code not in Check.table[other.code].after or one.trial is None or other.trial is None:
        return False
    return one.trial.figure == other.trial.figure and one.trial.after > other.trial.after


def explained(found: Finding, stand: Sequence[Finding]) -> Finding:
    causes = set(Check.table[found.code].after)
    told = [each for each in stand if each.code in causes and not further(found, each)]
    by = {each.code for each in told if not outdone(each, found)}
    if not by or found.severity == "note":
        return found
    return replace(found, severity="note", meaning=f"{found.meaning} See {min(by)} first.")
