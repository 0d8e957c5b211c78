"""The pace of a training: its batches, its steps, and the learning rate of each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pellucid.glass.doctor.blueprint import optimizer_of
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import at_rate
from pellucid.glass.doctor.steered import listed
from pellucid.schedules import Schedule
from pellucid.training.callbacks.learning_rate import LearningRateScheduler

#: rows of a batch that anybody would take
USUAL_BATCH = 32


def batches_of(evidence: Evidence, rows: int) -> int:
    """Into how many batches so many rows go."""
    return math.ceil(rows / (evidence.fit.get("batch_size") or USUAL_BATCH))


def steps_of(evidence: Evidence) -> int:
    """How many steps fit was asked for."""
    batches = batches_of(evidence, len(evidence.rows))
    most = evidence.fit.get("steps_per_epoch")
    count = min(batches, most) if isinstance(most, int) else batches
    return int(evidence.fit.get("epochs", 1) * count)


def rate_of(evidence: Evidence) -> float | None:
    """The learning rate, or the highest that a schedule or a callback gives."""
    rates = rates_of(evidence)
    return None if rates is None or not np.isfinite(rates).all() else float(rates.max())


def rates_of(evidence: Evidence) -> np.ndarray | None:
    """The learning rate of each step, or of each epoch, or the one number that it is."""
    if evidence.error is not None or evidence.case.net.compiled is None:
        return None
    rate = optimizer_of(evidence.case.net).learning_rate
    if isinstance(rate, Schedule):
        return np.asarray(rate(np.arange(max(1, steps_of(evidence)))), dtype=np.float64)
    return called_for(evidence, float(rate)) if isinstance(rate, (int, float)) else None


def called_for(evidence: Evidence, rate: float) -> np.ndarray:
    """The rate of each epoch, where a callback of fit sets it."""
    scheduled = [each for each in listed(evidence.fit) if type(each) is LearningRateScheduler]
    if not scheduled:
        return np.array([rate])
    rates = []
    for epoch in range(int(evidence.fit.get("epochs", 1))):
        for each in scheduled:
            rate = float(each.of(epoch, rate))
        rates.append(rate)
    return np.array(rates)


def follows(evidence: Evidence) -> bool:
    """Whether the rate follows a schedule, so that its highest value alone is one to try."""
    return isinstance(optimizer_of(evidence.case.net).learning_rate, Schedule)


def uncalled(kind: str) -> Callable[[Case], Case]:
    """A mend: without the callbacks of a kind."""

    def mend(case: Case) -> Case:
        given = listed(case.fit)
        kept = [each for each in given if type(each).__name__ != kind]
        several = f'[each for each in fit["callbacks"] if type(each).__name__ != "{kind}"]'
        line = f'fit["callbacks"] = {several if kept else []}'
        return replace(case, fit=case.fit | {"callbacks": kept}, lines=(*case.lines, line))

    return mend


def steady(rate: float) -> Callable[[Case], Case]:
    """A mend: this rate, which no callback sets anew."""

    def mend(case: Case) -> Case:
        kind = LearningRateScheduler
        called = any(type(each) is kind for each in listed(case.fit))
        return at_rate(rate)(uncalled(kind.__name__)(case) if called else case)

    return mend
