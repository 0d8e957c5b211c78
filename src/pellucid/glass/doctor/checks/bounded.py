"""What outputs can be: between which numbers, and where each row of them adds up to 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.equations.activations import Activation, Sigmoid, Softmax
from pellucid.equations.recurrent import Recurrence
from pellucid.equations.shape import Pick, Reshape
from pellucid.glass.doctor.blueprint import part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Suspicion
from pellucid.glass.doctor.checks.probabilities import name_of
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import Ending, bounds, is_a
from pellucid.glass.doctor.mending import RECURRENT, ended, output_at
from pellucid.tensor import Operation

#: equations that pass on numbers as they are
PASSING = (Pick, Reshape)
#: by how much the sum of a row misses 1, where softmax does not reach it, and in how many rows
MISSED, ROWS = 0.1, 0.1


def source(evidence: Evidence, end: Ending) -> Operation | None:
    """The equation that makes the numbers of the outputs, behind those that only choose of them."""
    if not is_a(end.last, *PASSING) or evidence.error is not None or not evidence.single:
        return end.last
    plan = evidence.net.engine.plan("predict")
    line = plan.writers.get(plan.outputs[0])
    while line is not None and isinstance(line.equation, PASSING):
        line = plan.writers.get(line.inputs[0])
    return None if line is None else line.equation


def reached(evidence: Evidence, end: Ending) -> tuple[float, float]:
    """Between which numbers the outputs lie: a state is a mean of values of its activation."""
    found = source(evidence, end)
    if not isinstance(found, Recurrence):
        return bounds(found)
    low, high = bounds(getattr(found, "activation", None))
    return min(low, 0.0), max(high, 0.0)


def last_name(evidence: Evidence, end: Ending) -> str:
    """The activation that bounds the outputs, or the recurrent layer."""
    found = source(evidence, end)
    if isinstance(found, Recurrence):
        bends = name_of(getattr(found, "activation", None))
        return f"{evidence.last_layer}, whose state ends with {bends},"
    return name_of(found)


def of_parts(evidence: Evidence, end: Ending) -> Iterator[Suspicion]:
    """Softmax over numbers that do not add up to 1."""
    y = evidence.y
    if not is_a(end.last, Softmax) or end.width < 2 or y is None or y.shape[-1] != end.width:
        return
    sums = y.sum(axis=-1, dtype=np.float64)
    off = np.abs(sums - 1) > MISSED
    if evidence.task == "numbers" and off.mean() > ROWS:
        yield Suspicion(
            f"softmax gives numbers that add up to 1, and those of the targets add up to "
            f"{sums.min():.3g} to {sums.max():.3g}",
            {"share of rows that do not": float(off.mean()), "outputs": end.width},
            {"layer": evidence.last_layer},
            ending_linear,
        )


def ending_linear(case: Case) -> Case:
    """The last dense layer without its activation; behind another last layer a dense one."""
    net = case.net
    try:
        last = output_at(net)
    except LookupError:
        last = -1
    ends = [at for at, each in enumerate(net.parts) if each.kind in RECURRENT]
    if ends and ends[-1] > last and net.chain:
        wide = net.parts[ends[-1]].get("units")
        wider = net.changed(ends[-1], units=max(wide, HIDDEN))
        return case.designed(wider.row([*wider.parts, part(layers.Dense, units=wide)]))
    return case.designed(ended(net, None))


#: units of a recurrent layer that was the output, and is so no longer
HIDDEN = 16

#: the largest number of pixels, and from how many columns on, and from which number, targets of
#: whole numbers are pixels
BYTE, PIXELS, BRIGHT = 255, 16, 20


def of_shares(evidence: Evidence, end: Ending) -> Iterator[Suspicion]:
    """A loss that takes probabilities as targets, and targets beyond 0 and 1."""
    y, loss = evidence.y, end.loss
    assert y is not None
    if loss is None or loss.expects != "probability" or not np.isfinite(y).all():
        return
    change = brought(y)
    if change is not None and (y.min() < 0 or y.max() > 1):
        yield Suspicion(
            f"the targets go from {y.min():g} to {y.max():g}; {loss.registered_name()} takes "
            "numbers from 0 to 1",
            {"least target": float(y.min()), "largest target": float(y.max())},
            {"layer": evidence.last_layer},
            lambda case: case.with_y(*change),
        )


def of_scores(evidence: Evidence, end: Ending) -> Iterator[Suspicion]:
    """Scores that an activation bounds, before they are made probabilities."""
    scores = end.last if end.logits else end.before
    if not end.logits and not is_a(end.last, Softmax, Sigmoid):
        return
    if not isinstance(scores, Activation) or is_a(scores, Softmax, Sigmoid) or evidence.error:
        return
    low, high = bounds(scores)
    if np.isfinite((low, high)).any():
        yield Suspicion(
            f"the scores end with {name_of(scores)}, so that they lie between {low:g} and {high:g}",
            {"scores from": low, "to": high},
            {"layer": evidence.last_layer},
            unbounded,
            sure=False,
        )


def unbounded(case: Case) -> Case:
    """The last dense layer gives its scores as they are; what makes shares of them stays."""
    return case.designed(case.net.changed(output_at(case.net), activation=None))


def brought(y: np.ndarray) -> tuple[str, Callable[[Any], Any]] | None:
    """What brings targets between 0 and 1: two numbers, or pixels; None where they are neither."""
    low, high = float(y.min()), float(y.max())
    two = len(np.unique(y.reshape(-1)[:LOOKED])) <= 2 and bool(((y == low) | (y == high)).all())
    if two and low <= 0 < high and (y.ndim > 1 or low < 0):
        return '({0} > 0).astype("float32")', lambda y: (np.asarray(y) > 0).astype("f4")
    pixels = y.ndim > 2 or y.shape[-1] >= PIXELS if y.ndim > 1 else False
    if pixels and low >= 0 and BRIGHT < high <= BYTE and np.array_equal(y, np.round(y)):
        return f"{{0}} / {BYTE}", lambda y: np.asarray(y) / np.float32(BYTE)
    return None


#: targets of which it is looked at first whether there are two
LOOKED = 1000


def scored(end: Ending, y: np.ndarray) -> bool:
    """Whether a loss of probabilities is given one score a row, which nothing bounds."""
    assert end.loss is not None
    unbound = bounds(end.last) == (-np.inf, np.inf) and not end.logits
    return unbound and end.loss.expects == "probability" and y.size == len(y)
