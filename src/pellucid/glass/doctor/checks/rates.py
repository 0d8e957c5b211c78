"""Dynamics: the learning rate, and how the loss moves by it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pellucid.glass.doctor.blueprint import optimizer_of
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.pace import follows, rate_of, rates_of, steady
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Value
from pellucid.glass.doctor.mending import with_optimizer
from pellucid.glass.doctor.runs import Outcome
from pellucid.glass.doctor.statistics import root_mean_square
from pellucid.optimizers import SGD, Adadelta, Adagrad, Ftrl

#: by what a rate is multiplied to find one that works
LOWER, HIGHER = (1 / 3, 1 / 10, 1 / 100, 1 / 1000), (3.0, 10.0, 100.0, 1000.0)
#: the share of the way down from its first loss that a run must have left to be called stuck
STUCK = 0.5
#: the share of the last half of the epochs in which the loss rises, that is called oscillating, and
#: the size of these moves beside the whole way
RISES, SWING = 0.3, 0.1
#: momentum that carries on for a hundred steps
HEAVY = 0.95
#: the rates that are usual, the highest that anybody takes among them: of SGD and others whose step
#: is smaller than the rate, and of optimizers whose step has the rate's size
USUAL_SGD, USUAL = (0.01, 0.1, 1.0), (0.001, 0.01, 0.1)
LARGE_STEPS = (SGD, Adadelta, Adagrad, Ftrl)
#: rates that are nearer to one another than this are one
NEAR = 1.7
#: a step that is so many times as large as weights that start as usual draws them anew
LEAP = 2.0
#: the share of the way that rows trained on have gone, and by how much more than others, where they
#: are learnt by heart
WELL, BY_HEART = 0.6, 0.15
#: by how many times a rate has to differ, at the least, to be tried
LEAST_STEP = 3.0


def fell(outcome: Outcome) -> float:
    """By what share the loss fell from the first epoch to the last."""
    losses = [each for each in outcome.losses if math.isfinite(each)]
    if len(losses) < 2 or losses[0] == 0:
        return 0.0
    return 1 - losses[-1] / losses[0]


def usual(evidence: Evidence) -> tuple[float, ...]:
    return USUAL_SGD if isinstance(optimizer_of(evidence.case.net), LARGE_STEPS) else USUAL


def lower(rate: float, evidence: Evidence) -> list[float]:
    """Lower rates to try, from the highest on: parts of this one, and usual ones."""
    near = [each for each in usual(evidence)[:2] if each < rate / LEAST_STEP]
    return apart([rate * each for each in LOWER] + near)[::-1]


def higher(rate: float, evidence: Evidence) -> list[float]:
    """Higher rates to try, from the lowest on: multiples of this one, and usual ones."""
    highest = usual(evidence)[-1]
    near = [each for each in usual(evidence)[:2] if each > rate * LEAST_STEP]
    near += [rate] if follows(evidence) else []
    return [each for each in apart([rate * each for each in HIGHER] + near) if each <= highest]


def tenths_first(rates: list[float]) -> list[float]:
    """The nearest of several rates behind those that are further off, which tell more."""
    return [*rates[1:3], *rates[:1], *rates[3:]]


def apart(rates: list[float]) -> list[float]:
    """Rates in order, of those that are near one another the first."""
    found: list[float] = []
    for rate in sorted(rates):
        if not found or rate > NEAR * found[-1]:
            found.append(rate)
    return found


class Rate(Check):
    """A rate that does not suit: what is tried are other rates."""

    @classmethod
    def learnt(cls, ways: Sequence[Case]) -> dict[str, Value]:
        """Between which rates it works, of those tried."""
        rates = sorted(float(optimizer_of(case.net).learning_rate) for case in ways)
        if len(rates) < 2:
            return {}
        return {"rates that work, of those tried, from": rates[0], "to": rates[-1]}


class RateTooHigh(Rate):
    """The learning rate is too high.

    Each step overshoots: the loss jumps, stays at that of saying the same for every row, or runs
    away to infinity.
    """

    code = "PL401"
    severity = "error"
    sure = False
    guessed = True
    share = 0.15
    after = (
        *("PL101", "PL103", "PL106", "PL107", "PL108", "PL118", "PL120", "PL121", "PL122", "PL123"),
        *("PL201", "PL203", "PL204", "PL207", "PL208", "PL210", "PL211", "PL212", "PL214"),
        *("PL218", "PL225", "PL226", "PL227", "PL228", "PL301", "PL302", "PL307", "PL308", "PL310"),
        *("PL311", "PL312", "PL316", "PL317", "PL318", "PL319", "PL320", "PL321", "PL404"),
        *("PL408", "PL409", "PL411", "PL415"),
    )
    cure = "A lower rate; the finding says which of those tried helps most."
    confused = "Inputs or targets in large units, with which no rate is right."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(1.0), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        rate, rates = rate_of(evidence), rates_of(evidence)
        leap = first_step(evidence)
        if not rate or rates is None or (learnt(evidence) and leap < LEAP):
            return
        before = evidence.as_it_is
        lost = not before.worked
        numbers = {"rate": rate, "loss fell by": fell(before)}
        words = "and training runs away" if lost else "for these data"
        begun = [float(rates[0])] if 0 < rates[0] < rate / LEAST_STEP else []
        first, *others = map(steady, [*begun, *tenths_first(lower(rate, evidence))])
        yield Suspicion(
            f"the learning rate {rate:g} is too high {words}",
            numbers,
            {},
            first,
            sure=leap > LEAP or None,
            others=tuple(others),
        )


def learnt(evidence: Evidence) -> bool:
    """Whether rows that are trained on are learnt, all of them or far more surely than others.

    A rate that is too high has not come as far; a lower one ends earlier, which helps where rows
    are learnt by heart.
    """
    if evidence.learns:
        return True
    seen, found = evidence.on_trained_rows, evidence.as_it_is
    if seen is None or not found.worked:
        return False
    gone = (seen - evidence.chance) > WELL * (1 - evidence.chance)
    return gone and seen - found.mean(evidence.figure) > BY_HEART


def first_step(evidence: Evidence) -> float:
    """√k·Δ: how large the first step is beside weights of k inputs that start as usual."""
    first = evidence.first
    if first is None or evidence.trained:
        return 0.0
    moved = [
        each.moved for each in first.fitted() if each.moved is not None and each.moved.ndim > 1
    ]
    steps = [root_mean_square(each) * math.sqrt(each[..., 0].size) for each in moved]
    return max([each for each in steps if math.isfinite(each)], default=0.0)


class RateTooLow(Rate):
    """The learning rate is too low.

    In the epochs that it is given the network moves a small part of the way.
    """

    code = "PL402"
    severity = "error"
    sure = False
    guessed = True
    share = 0.5
    after = (
        *RateTooHigh.after,
        *("PL102", "PL104", "PL105", "PL303", "PL304", "PL305", "PL306", "PL406", "PL407"),
        *("PL414", "PL416", "PL417", "PL418", "PL419"),
    )
    cure = "A higher rate; the finding says which of those tried helps most."
    confused = "Dead or saturated units, vanishing gradients: there no rate helps."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(1e-5), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        rate = rate_of(evidence)
        if not rate or not evidence.budget.whole:
            return
        before = evidence.as_it_is
        if not before.worked or "epochs" not in evidence.fit:
            return
        rates = higher(rate, evidence)
        if not rates:
            return
        first, *others = map(steady, tenths_first(rates))
        numbers = {"rate": rate, "loss fell by": fell(before)}
        yield Suspicion(
            f"the learning rate {rate:g} is too low for {evidence.budget.epochs} epochs",
            numbers,
            {},
            first,
            others=tuple(others),
        )


class Oscillates(Check):
    """The loss oscillates.

    Momentum adds up a hundred steps and carries the weights past where they were to go, to and fro.
    """

    code = "PL404"
    severity = "error"
    sure = False
    guessed = True
    share = 0.15
    after = tuple(code for code in RateTooHigh.after if code != "PL404")
    cure = "A momentum of 0.9, and a lower rate with it."
    confused = "A loss that is noisy by small batches, whose epochs still go down."
    example = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.SGD(0.3, momentum=0.99), "mse")
x = rng.normal(size=(500, 3))
y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.SGD(0.02, momentum=0.9), "mse")
x = rng.normal(size=(500, 3))
y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        rate = rate_of(evidence)
        if not rate or evidence.learns:
            return
        momentum = getattr(optimizer_of(evidence.case.net), "momentum", 0.0) or 0.0
        if momentum < HEAVY:
            return
        lower = [calmed(rate * each) for each in (1 / 10, 1 / 30, 1 / 100)]
        yield Suspicion(
            f"momentum {momentum:g} at a rate of {rate:g} carries the weights to and fro",
            {"momentum": float(momentum), "rate": rate, "rises": rises(evidence.as_it_is)},
            {},
            lower[0],
            others=tuple(lower[1:]),
        )


def calmed(rate: float) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return with_optimizer(case, learning_rate=float(f"{rate:.2g}"), momentum=0.9)

    return mend


def rises(outcome: Outcome) -> float:
    """The share of the last half of the epochs in which the loss rises."""
    later = np.array(outcome.losses[len(outcome.losses) // 2 :])
    return float(np.mean(np.diff(later) > 0)) if len(later) > 1 else 0.0
