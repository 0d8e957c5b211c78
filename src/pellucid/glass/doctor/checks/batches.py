"""Dynamics: batches, and averages over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pellucid import layers
from pellucid.glass.doctor.blueprint import Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.pace import USUAL_BATCH, steps_of
from pellucid.glass.doctor.checks.rates import RateTooHigh
from pellucid.glass.doctor.evidence import Evidence

#: a step of Adam moves a weight by about the rate: fewer steps than this do not get far
FEW_STEPS = 300
#: rows of a batch whose gradient is mostly chance
SMALL_BATCH = 8
#: how many times its span the running average needs to forget where it began
SPANS = 3.0
#: a momentum that follows within ten steps
QUICK = 0.9


class BatchTooLarge(Check):
    """The batch is too large for so few epochs.

    There is one step for each batch: a few dozen steps do not get far, whatever each of them sees.
    """

    code = "PL408"
    severity = "error"
    sure = False
    share = 0.2
    after = tuple(code for code in RateTooHigh.after if code != "PL408")
    cure = "A smaller batch, such as 32, in the same epochs."
    confused = "A rate that is too low: a higher one helps here as well, less surely."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(800)
fit = {"epochs": 8, "batch_size": 800}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(800)
fit = {"epochs": 20, "batch_size": 16}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        batch = evidence.fit.get("batch_size")
        if not isinstance(batch, int) or batch <= USUAL_BATCH or evidence.error is not None:
            return
        steps = steps_of(evidence)
        if steps < FEW_STEPS and "epochs" in evidence.fit:
            yield Suspicion(
                f"{evidence.fit['epochs']} epochs in batches of {batch} are {steps} steps",
                {"steps": steps, "rows of a batch": batch},
                {},
                in_batches(USUAL_BATCH),
                others=(in_batches(USUAL_BATCH // 2),),
            )


def in_batches(rows: int) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return case.fitted(batch_size=rows)

    return mend


class BatchTooSmall(Check):
    """The batch is too small.

    The gradient of a row or two is mostly chance: at this rate the weights wander about instead of
    settling.
    """

    code = "PL409"
    severity = "error"
    sure = False
    share = 0.2
    after = ("PL210", "PL211", "PL301", "PL302")
    cure = "A batch of 16 to 64 rows, or a lower rate."
    confused = "A rate that is too high for batches of any size."
    example = """
net = Sequential([layers.Dense(24, "relu", input_shape=(5,)), layers.Dense(1)])
net.compile(optimizers.SGD(0.08), "mse")
x = rng.normal(size=(600, 5))
y = np.sin(2 * x[:, 0]) + 0.6 * x[:, 1] * x[:, 2] - 0.5 * x[:, 3] + 0.8 * rng.normal(size=600)
fit = {"epochs": 15, "batch_size": 1}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.SGD(0.005), "mse")
x = rng.normal(size=(600, 3))
y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.8 * rng.normal(size=600)
fit = {"epochs": 25, "batch_size": 1}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        batch = evidence.fit.get("batch_size")
        if isinstance(batch, int) and 1 <= batch <= SMALL_BATCH and evidence.error is None:
            yield Suspicion(
                f"the gradient of {batch} row{'s' * (batch > 1)} is mostly chance",
                {"rows of a batch": batch},
                {},
                in_batches(USUAL_BATCH),
            )


class AveragesLag(Check):
    """The running averages of batch normalisation lag behind.

    While it trains, batches are normalised by themselves; to predict, by averages that begin at 0
    and 1. With a momentum of 0.99 these need some hundred steps to follow.
    """

    code = "PL410"
    severity = "error"
    sure = False
    share = 0.15
    cure = "A lower momentum, such as 0.9, or more steps."
    confused = "Memorising: there, too, training is good and validation is not."
    example = """
net = Sequential(
    [
        layers.BatchNormalization(momentum=0.999, input_shape=(64,)),
        layers.Dense(32, "relu"),
        layers.BatchNormalization(momentum=0.999),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(800)
x = 6 * x + 20
fit = {"epochs": 6}
"""
    near_miss = """
net = Sequential(
    [
        layers.BatchNormalization(momentum=0.7, input_shape=(64,)),
        layers.Dense(32, "relu"),
        layers.BatchNormalization(momentum=0.7),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(800)
x = 6 * x + 20
fit = {"epochs": 6}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if evidence.error is not None or "epochs" not in evidence.fit:
            return
        steps = steps_of(evidence)
        found = [part for part in evidence.case.net.parts if lags(part, steps)]
        if found:
            momentum = float(found[0].get("momentum"))
            yield Suspicion(
                f"in {steps} steps a running average of momentum {momentum:g} does not arrive",
                {"steps": steps, "steps that it needs": SPANS / (1 - momentum)},
                {},
                quicker,
            )


def lags(part: Part, steps: int) -> bool:
    if part.kind is not layers.BatchNormalization:
        return False
    momentum = part.get("momentum", 0.99)
    return momentum > QUICK and steps * (1 - momentum) < SPANS


def quicker(case: Case) -> Case:
    def change(part: Part) -> Part:
        slow = part.kind is layers.BatchNormalization and part.get("momentum", 0.99) > QUICK
        return part.changed(momentum=QUICK) if slow else part

    return case.designed(case.net.each(change))
