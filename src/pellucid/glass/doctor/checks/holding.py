"""Dynamics: what holds a training back, or ends it: ε, a schedule, a callback, a constraint."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.glass.doctor.blueprint import Part, optimizer_of
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.pace import (
    batches_of,
    rates_of,
    steps_of,
    uncalled,
)
from pellucid.glass.doctor.checks.rates import RateTooHigh
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import at_rate, with_optimizer
from pellucid.glass.doctor.steered import STEERING, listed, steers
from pellucid.schedules import Schedule
from pellucid.training.callbacks.learning_rate import LearningRateScheduler

#: the usual ε, and from which share of the size of the gradients on it is more than a guard
USUAL, GUARD = 1e-7, 0.3
#: a rate that is below this share of its largest in more than half of the steps
FALLEN, MOST_STEPS = 0.1, 0.5
#: what schedules call the highest rate that they give
TOPS = ("learning_rate", "initial_learning_rate", "max_learning_rate", "warmup_target")
#: how many times its first rate a callback may raise it, before it is one that is too high
RAISED = 3.0


class EpsilonTooLarge(Check):
    """The ε of the optimizer is larger than the gradients.

    Adam divides by √v + ε, where ε is to keep off 0 alone. Larger than √v it is what is divided
    by, and steps are as many times shorter.
    """

    code = "PL414"
    severity = "error"
    sure = False
    share = 0.2
    after = RateTooHigh.after
    cure = "`epsilon=1e-7`, as it is by itself."
    confused = "A rate that is too low: a higher one helps here as well."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.003, epsilon=3.0), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.003, epsilon=1e-4), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None or evidence.case.net.compiled is None:
            return
        epsilon = getattr(optimizer_of(evidence.case.net), "epsilon", None)
        count = sum(each.size for each in first.gradients)
        size = first.gradient_norm / math.sqrt(max(1, count))
        if isinstance(epsilon, (int, float)) and size and epsilon > GUARD * size:
            yield Suspicion(
                f"ε is {epsilon:g}, and the gradients are of size {size:.2g}",
                {"epsilon": float(epsilon), "size of the gradients": size},
                {},
                lambda case: with_optimizer(case, epsilon=USUAL),
            )


class RateFallsSoon(Check):
    """The learning rate is next to nothing in most of the steps.

    The schedule counts steps, not epochs: what was meant for the end of the training happens
    within its first epochs, and the rest of them changes nothing; or a warm-up takes longer than
    all of the training.
    """

    code = "PL415"
    severity = "error"
    sure = False
    guessed = True
    share = 0.2
    after = tuple(code for code in RateTooHigh.after if code != "PL415")
    cure = "`decay_steps` of about the epochs times the batches of one, or a rate that stays."
    confused = "A rate that is too low from the start."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
falling = schedules.ExponentialDecay(0.01, 2, 0.5)
net.compile(optimizers.Adam(falling), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
falling = schedules.CosineDecay(0.01, 150)
net.compile(optimizers.Adam(falling), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if evidence.error is not None or evidence.case.net.compiled is None:
            return
        schedule = optimizer_of(evidence.case.net).learning_rate
        steps = steps_of(evidence)
        if not isinstance(schedule, Schedule) or steps < 2:
            return
        rates = np.asarray(schedule(np.arange(steps)), dtype=np.float64)
        most = max(float(rates.max()), highest(schedule))
        count = int((rates >= FALLEN * most).sum())
        if most > 0 and count < MOST_STEPS * steps:
            yield Suspicion(
                f"the rate is a tenth of {most:g} or more in {count:,} of {steps:,} steps only",
                {"largest rate": most, "at half of the steps": float(rates[steps // 2])},
                {},
                at_rate(most),
            )


def highest(schedule: Schedule) -> float:
    """The highest rate among the settings of a schedule, also one that it never gets to."""
    given = (getattr(schedule, name, None) for name in TOPS)
    rates = [highest(each) if isinstance(each, Schedule) else each for each in given]
    return max([float(each) for each in rates if isinstance(each, (int, float))], default=0.0)


class CallbackHolds(Check):
    """A callback ends the training, or turns its rate down, before it is there.

    A patience of an epoch or two takes the noise of a loss for its end; a quantity that is to rise
    and is watched for falling gets no better from the first epoch on.
    """

    code = "PL416"
    severity = "error"
    sure = False
    guessed = True
    share = 0.2
    rest = 0.6
    after = (*RateTooHigh.after, "PL501", "PL503")
    cure = "More patience, and `mode` and `monitor` that belong together; or leave it out."
    confused = "Early stopping that does what it is for: without it nothing gets better."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = digits(400)
stopping = callbacks.EarlyStopping("val_accuracy", mode="min", patience=1)
fit = {"epochs": 20, "validation_split": 0.2, "callbacks": [stopping]}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = digits(400)
stopping = callbacks.EarlyStopping("val_accuracy", patience=8)
fit = {"epochs": 20, "validation_split": 0.2, "callbacks": [stopping]}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        given = listed(evidence.fit)
        kinds = [type(each) for each in given if type(each) in STEERING or steers(each)]
        for kind in dict.fromkeys(kinds):
            if kind is LearningRateScheduler and raised(evidence):
                continue
            lasted = len(evidence.as_it_is.losses)
            asked = evidence.budget.epochs
            does = f"ends it after {lasted} of {asked} epochs" if lasted < asked else "slows it"
            yield Suspicion(
                f"{kind.__name__} {does}",
                {"epochs": lasted, "asked for": asked},
                {},
                uncalled(kind.__name__),
            )


def raised(evidence: Evidence) -> bool:
    """Whether the rate rises far above where it began, so that it is rather too high."""
    rates = rates_of(evidence)
    return rates is not None and bool(rates.max() > RAISED * rates[0])


class Constrained(Check):
    """Constraints on weights that leave them no room.

    After each step the weights are put back within bounds: where these are too close, what the
    step has learnt is undone.
    """

    code = "PL418"
    severity = "error"
    sure = False
    guessed = True
    share = 0.2
    after = RateTooHigh.after
    cure = "Leave the constraint out, or give it more room."
    confused = "A penalty that outweighs the loss, which makes weights small as well."
    example = """
bound = constraints.MaxNorm(0.05)
net = Sequential(
    [
        layers.Dense(32, "relu", kernel_constraint=bound, input_shape=(64,)),
        layers.Dense(10, "softmax", kernel_constraint=bound),
    ]
)
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""
    near_miss = """
bound = constraints.MaxNorm(3.0)
net = Sequential(
    [
        layers.Dense(32, "relu", kernel_constraint=bound, input_shape=(64,)),
        layers.Dense(10, "softmax", kernel_constraint=bound),
    ]
)
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        parts = [part for part in evidence.case.net.parts if bounded(part)]
        if parts:
            name, value = next(iter(bounded(parts[0]).items()))
            layers = len(parts)
            yield Suspicion(
                f"{name}={value!r} holds the weights of {layers} layer{'s' * (layers > 1)}",
                {"layers with a constraint": layers},
                {},
                unbound,
            )


def bounded(part: Part) -> dict[str, Any]:
    """The settings of a layer that are constraints."""
    given = part.settings.items()
    return {name: value for name, value in given if name.endswith("_constraint") and value}


def unbound(case: Case) -> Case:
    """No layer has a constraint."""

    def change(part: Part) -> Part:
        found = bounded(part)
        return part.changed(**dict.fromkeys(found)) if found else part

    return case.designed(case.net.each(change))


class PartOfTheRows(Check):
    """An epoch sees a part of the rows.

    `steps_per_epoch` is the number of batches of an epoch: with fewer than there are the training
    is as many times shorter.
    """

    code = "PL419"
    severity = "error"
    sure = False
    guessed = True
    share = 0.2
    after = RateTooHigh.after
    cure = "Leave `steps_per_epoch` out: an epoch then goes over all rows."
    confused = "Batches that are too large: there are few steps as well, of many rows each."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.002), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 10, "steps_per_epoch": 1}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20, "steps_per_epoch": 10}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        asked = evidence.fit.get("steps_per_epoch")
        batches = batches_of(evidence, len(evidence.chosen.train))
        if isinstance(asked, int) and 0 < asked < batches:
            yield Suspicion(
                f"steps_per_epoch={asked} of {batches} batches: an epoch sees "
                f"{asked / batches:.0%} of the rows",
                {"steps_per_epoch": asked, "batches": batches},
                {},
                lambda case: case.fitted(steps_per_epoch=None),
            )
