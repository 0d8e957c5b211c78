"""Dynamics: steps that are cut short, too long at first, or too few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass.doctor.blueprint import optimizer_of
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.pace import batches_of, rate_of
from pellucid.glass.doctor.checks.rates import RateTooHigh, RateTooLow
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import with_optimizer
from pellucid.glass.doctor.runs import begins
from pellucid.schedules import WarmUp

#: how many times longer than the limit a gradient is that is always clipped
CLIPPED = 4.0
CLIPS = ("clipnorm", "global_clipnorm", "clipvalue")
#: the share of the steps that a warm-up takes
WARM = 0.2
#: how many times longer a training is that shows whether it had ended too early
LONGER = 4
#: by which share a loss falls in an epoch, and the share of the way that is then enough to be won
FALLING, FALLING_SHARE = 0.05, 0.2
#: the part of the mean pace of all epochs that the last one keeps up, where it was not the last
HALF_AS_FAST = 0.5


class Clipped(Check):
    """The gradient is clipped at every step.

    Its length is then the limit, whatever the loss says: the rate times the limit is how far each
    step goes.
    """

    code = "PL407"
    severity = "error"
    sure = False
    share = 0.3
    after = RateTooHigh.after
    cure = "A limit near the usual length of the gradient, or none."
    confused = "A rate that is too low: here a higher one helps as well."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(0.1, global_clipnorm=1e-4), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(0.1, global_clipnorm=1.0), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None or evidence.case.net.compiled is None:
            return
        optimizer = optimizer_of(evidence.case.net)
        limits = {name: getattr(optimizer, name) for name in CLIPS if getattr(optimizer, name)}
        if not limits:
            return
        largest = max((float(np.abs(each).max()) for each in first.gradients), default=0.0)
        for name, limit in limits.items():
            size = largest if name == "clipvalue" else first.gradient_norm
            if size > CLIPPED * limit:

                def mend(case: Case, name: str = name) -> Case:
                    return with_optimizer(case, **{name: None})

                yield Suspicion(
                    f"{name}={limit:g} shortens the gradient {size / limit:,.0f} times",
                    {"size of the gradient": size, name: float(limit)},
                    {},
                    mend,
                )


class WarmUpNeeded(Check):
    """The first steps are too long, later ones of the same rate are not.

    Before the optimizer knows the size of the gradients, and the layers each other's values, full
    steps throw the weights where they do not come back from.
    """

    code = "PL412"
    severity = "error"
    sure = False
    guessed = True
    outdoes = False
    share = 0.2
    after = (*RateTooHigh.after, "PL401", "PL404")
    cure = "Let the rate rise over the first steps: `schedules.WarmUp(rate, steps)`."
    confused = "A rate that is too high throughout: then only a lower one helps."
    example = """
net = Sequential(
    [
        layers.Dense(
            48, "relu", kernel_initializer=initializers.VarianceScaling(6.0), input_shape=(64,)
        )
    ]
    + [
        layers.Dense(48, "relu", kernel_initializer=initializers.VarianceScaling(6.0))
        for _ in range(4)
    ]
    + [layers.Dense(10, "softmax")]
)
net.compile(optimizers.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy")
x, y = digits(1000)
fit = {"epochs": 6, "batch_size": 32}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        rate = rate_of(evidence)
        if not rate or evidence.trained or evidence.learns:
            return
        steps = evidence.budget.epochs * batches_of(evidence, len(evidence.chosen.train))
        warm = max(1, round(WARM * steps))

        def mend(case: Case) -> Case:
            return with_optimizer(case, learning_rate=WarmUp(rate, warm))

        yield Suspicion(
            f"the rate {rate:g} is too high for the first steps, and not for later ones",
            {"rate": rate, "steps": steps, "of which to warm up": warm},
            {},
            mend,
        )


class EndsEarly(Check):
    """Training ends before it converged.

    The loss still falls when the epochs are over.
    """

    code = "PL413"
    severity = "warning"
    sure = False
    guessed = True
    outdoes = False
    share = 0.4
    rest = 0.8
    after = (*RateTooLow.after, "PL401", "PL402", "PL404", "PL408", "PL410")
    cure = "More epochs, with EarlyStopping to end them."
    confused = "A rate that is too low: then a higher one gets there in the same epochs."
    example = """
net = Sequential(
    [
        layers.Dense(48, "relu", input_shape=(64,)),
        layers.Dense(48, "relu"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 1}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(48, "relu", input_shape=(64,)),
        layers.Dense(48, "relu"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        epochs = evidence.fit.get("epochs")
        if not isinstance(epochs, int) or epochs < 1:
            return
        if not evidence.budget.whole:
            return
        begun = begins(evidence.case, epochs)
        if begun and not evidence.trained:
            yield Suspicion(
                f"it begins at epoch {begun} of {epochs}, though nothing was trained before",
                {"epochs": epochs - begun, "asked for": epochs},
                {},
                lambda case: case.fitted(initial_epoch=None),
            )
            return
        more = max(LONGER * (epochs - begun), 20)
        yield Suspicion(
            f"{epochs - begun} epoch{'s' * (epochs - begun > 1)} end before it has converged",
            {"epochs": epochs - begun, "tried": more},
            {},
            lambda case: case.fitted(epochs=begun + more),
            share=FALLING_SHARE if falling(evidence) else None,
        )


def falling(evidence: Evidence) -> bool:
    """Whether the loss fell in the last epoch still as fast as shows that it was not the last."""
    losses = evidence.as_it_is.losses
    if len(losses) < 2 or not 0 < losses[-1] < losses[-2]:
        return False
    evenly = HALF_AS_FAST * (losses[0] - losses[-1]) / (len(losses) - 1)
    return losses[-1] < (1 - FALLING) * losses[-2] or losses[-2] - losses[-1] > evenly
