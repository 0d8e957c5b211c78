"""Sequences that have the target within: a window that reaches into what is to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Suspicion
from pellucid.glass.doctor.evidence import Evidence

#: the share of the rows whose target stands at one step, and the fewest rows that tell
TOLD, FEWEST = 0.995, 30


def of_windows(evidence: Evidence) -> Iterator[Suspicion]:
    """Sequences that have the target, a number, at one of their steps."""
    x, y = evidence.x, evidence.y
    if not evidence.plain or x.ndim != 3 or evidence.task != "numbers" or y is None:
        return
    rows = evidence.sample
    target = y[rows].reshape(len(rows), -1)
    if target.shape[1] != 1 or len(rows) < FEWEST or np.ptp(target) == 0:
        return
    same = np.isclose(x[rows], target[:, None], rtol=1e-5, atol=0).mean(axis=0) >= TOLD
    for step, column in np.argwhere(same)[:1].tolist():
        yield Suspicion(
            f"step {step} of the sequences is the target itself",
            {"step": step, "steps": x.shape[1]},
            {"step": step, "column": column},
            shortened(step),
        )


def shortened(step: int) -> Callable[[Case], Case]:
    """A mend: without a step."""

    def mend(case: Case) -> Case:
        found = case.with_x(
            f"np.delete({{0}}, {step}, axis=1)", lambda x: np.delete(np.asarray(x), step, 1)
        )
        shape, kind, name = case.net.inputs[0]
        if shape is not None and shape[1]:
            inputs = (((shape[0], shape[1] - 1, *shape[2:]), kind, name),)
            return found.designed(replace(case.net, inputs=inputs))
        return found.designed(case.net)

    return mend
