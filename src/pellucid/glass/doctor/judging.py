"""From suspicions to findings: what was proven, what a mend has shown, and what falls to a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pellucid.glass.doctor.case import code_of
from pellucid.glass.doctor.checks.base import Check, Mend
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import SEVERITIES, Finding, Trial
from pellucid.glass.doctor.trials import Suspect, Tried, all_tried, trial_of

#: families whose checks look at what comes of a training, where several mends may help
BY_TRIAL = "45"


def findings(evidence: Evidence, suspects: Sequence[Suspect], trials: bool) -> list[Finding]:
    """The findings, with what came of their mends."""
    tried = all_tried(evidence, suspects) if trials and evidence.plain else {}
    if not trials:
        found = [untried(evidence, each) for each in suspects if not each.check.guessed]
        return ordered(found)
    pairs = [(each, judged(evidence, each, tried.get(id(each.seen)))) for each in suspects]
    return ordered([each for suspect, each in pairs if worth_saying(suspect, each)])


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
    """After the trials: without a mend that helps, what was to be tried is a note."""
    if not suspect.to_try or (tried is None and suspect.sure):
        return untried(evidence, suspect)
    if tried is None or not tried.helps:
        return finding(suspect, "note", None)
    code = code_of(evidence.case, tried.case)
    return finding(suspect, suspect.severity, code, trial_of(evidence, tried, suspect.check.folded))


def finding(
    suspect: Suspect, severity: str, mend: str | None, trial: Trial | None = None
) -> Finding:
    check, seen = suspect
    return Finding(
        code=check.code,
        severity=severity,
        title=seen.title,
        meaning=check.why(),
        evidence=dict(seen.evidence),
        where=dict(seen.where),
        mend=mend,
        trial=trial,
    )


def ordered(found: Sequence[Finding]) -> list[Finding]:
    """The worst first; of those, the cause before what follows from it, as the codes are ordered.

    What another finding explains falls to a note.
    """
    stand = {each.code for each in found if each.severity != "note"}
    fallen = [explained(each, stand) for each in found]
    return sorted(fallen, key=place)


def place(found: Finding) -> tuple[int, str, float, str]:
    """Families are in the order of cause and effect; of what a training or its end shows, that
    stands first whose mend gets furthest.
    """
    family = found.code[2]
    reached = found.trial.after if found.trial and family in BY_TRIAL else 0.0
    return SEVERITIES.index(found.severity), family, -reached, found.code


def explained(found: Finding, stand: set[str]) -> Finding:
    by = stand.intersection(Check.table[found.code].after)
    if not by or found.severity == "note":
        return found
    return replace(found, severity="note", meaning=f"{found.meaning} See {min(by)} first.")
