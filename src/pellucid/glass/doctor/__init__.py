"""The doctor: what is wrong with a network, its data or its training, and the mends that help."""

from __future__ import annotations

import contextlib
import time
import warnings
from itertools import groupby
from typing import Any

from pellucid import randomness
from pellucid.glass.doctor.checks import Check
from pellucid.glass.doctor.diagnosis import Diagnosis, DiagnosisError
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Finding, Trial
from pellucid.glass.doctor.heads import by_output
from pellucid.glass.doctor.judging import findings
from pellucid.glass.doctor.patient import copy_of
from pellucid.glass.doctor.single import one_thread
from pellucid.glass.doctor.trials import Suspect, try_first

__all__ = ["Check", "Diagnosis", "DiagnosisError", "Finding", "Trial", "diagnose"]


def diagnose(
    net: Any,
    x: Any,
    y: Any = None,
    *,
    seconds: float = 10.0,
    trials: bool = True,
    **fit: Any,
) -> Diagnosis:
    """What is wrong with training `net` on these data by `net.fit(x, y, **fit)`."""
    began = time.perf_counter()
    with randomness.undone(), warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        evidence = Evidence(copy_of(net), x, y, dict(fit), seconds, trials)
        found = judged(evidence, suspected(evidence), trials)
    stopped = "the time was over before all mends were tried" if evidence.late else ""
    stopped = evidence.untried or stopped
    return Diagnosis(found, time.perf_counter() - began, stopped)


def suspected(evidence: Evidence) -> list[Suspect]:
    """What all checks see, by their codes; those that look at a training look last.

    Before those that look at many trainings, the first mends of the others are tried: these tell
    more in the same time.
    """
    checks = sorted(Check.in_order(), key=lambda check: (many(check), check.guessed))
    found: list[Suspect] = []
    for late, group in groupby(checks, many):
        if late and evidence.trials and evidence.tryable:
            begun(evidence, found)
        found += [Suspect(check, seen) for check in group for seen in looked(check, evidence)]
    return sorted(found, key=lambda suspect: suspect.check.code)


def begun(evidence: Evidence, found: list[Suspect]) -> None:
    """The first trials, where there can be any: fit may refuse the data before there is a network.

    What such a trial raises is dealt with where all of them are tried.
    """
    with contextlib.suppress(Exception):
        try_first(evidence, found)


def many(check: type[Check]) -> bool:
    """Whether a check looks at many trainings, of folds and by other seeds."""
    return check.guessed and (check.folded or check.code[2] == "5")


def looked(check: type[Check], evidence: Evidence) -> list[Any]:
    """What a check sees; nothing where it cannot look at such data."""
    try:
        by_loss = check.by_likelihood and evidence.task == "classes"
        figures = [check.figure or evidence.figure, *(["likelihood"] if by_loss else [])]
        if check.guessed and not any(map(evidence.wants, figures)):
            return []
        several = check.of_output and evidence.net.built and len(evidence.net.outputs) > 1
        return list(by_output(check, evidence) if several else check().look(evidence))
    except Exception:
        if STRICT:
            raise
        return []


def judged(evidence: Evidence, suspects: list[Suspect], trials: bool) -> list[Finding]:
    """The findings; without trials where such data cannot be tried."""
    try:
        return findings(evidence, suspects, trials)
    except Exception:
        if STRICT or not trials:
            raise
        return findings(evidence, suspects, trials=False)


#: whether an error within a check is raised, for tests
STRICT = False
