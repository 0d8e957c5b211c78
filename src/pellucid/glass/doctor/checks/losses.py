"""Losses and metrics: whether they are those of the targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from pellucid import losses
from pellucid.equations.activations import Sigmoid, Softmax
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.checks.bounded import (
    brought,
    ending_linear,
    last_name,
    of_parts,
    of_scores,
    of_shares,
    reached,
    scored,
)
from pellucid.glass.doctor.checks.probabilities import name_of, suited_loss
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.finding import Finding
from pellucid.glass.doctor.goal import FIGURES, Ending, bounds, is_a
from pellucid.glass.doctor.mending import ending_with

#: the share of the targets that may lie beyond what the output reaches, as noise
BEYOND = 0.02
#: by how much of their deviation they may lie beyond it
NEAR = 0.02


def class_count(evidence: Evidence) -> int:
    """How many outputs the targets need."""
    y = evidence.y
    assert y is not None
    if evidence.kind in ("one-hot", "probabilities"):
        return int(y.shape[-1])
    return int(np.max(y)) + 1


class OutOfReach(Check):
    """The activation of the outputs does not reach the targets.

    A ReLU is never below 0, a sigmoid between 0 and 1, tanh between −1 and 1: targets beyond stay
    out of reach, however long it trains. A hinge wants outputs of both signs, and a cross-entropy
    of probabilities wants targets from 0 to 1.
    """

    code = "PL106"
    of_output = True
    severity = "error"
    sure = True
    after = ("PL103", "PL104", "PL107", "PL108")
    cure = "End with a linear layer, or bring the targets into the range of the activation."
    confused = "Targets far from unit size, which a linear output does reach, though late."
    example = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(3,)), layers.Dense(1, "relu")])
net.compile("adam", "mse")
x = rng.normal(size=(300, 3))
y = x[:, 0] - x[:, 1]
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(3,)), layers.Dense(1, "relu")])
net.compile("adam", "mse")
x = rng.normal(size=(300, 3))
y = np.abs(x[:, 0] - x[:, 1])
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is None or y is None or y.dtype.kind not in "biuf":
            return
        if end.loss is not None and end.loss.expects == "sign":
            yield from self.of_one_sign(evidence, end)
        if end.of_classes:
            yield from of_shares(evidence, end)
            yield from of_scores(evidence, end)
            return
        if evidence.kind in ("one-hot", "several") or not numbers_expected(evidence):
            return
        yield from of_parts(evidence, end)
        low, high = reached(evidence, end)
        finite = y[np.isfinite(y)]
        room = NEAR * float(finite.std())
        share = float(np.mean((finite < low - room) | (finite > high + room)))
        if share > BEYOND:
            yield Suspicion(
                f"{share:.0%} of the targets lie beyond what {last_name(evidence, end)} reaches",
                {
                    "least target": float(finite.min()),
                    "largest target": float(finite.max()),
                    "output from": low,
                    "to": high,
                },
                {"layer": evidence.last_layer},
                ending_linear,
            )

    def of_one_sign(self, evidence: Evidence, end: Ending) -> Iterator[Suspicion]:
        """A loss that pushes outputs to both sides of 0, where they keep to one."""
        low, high = bounds(end.last)
        if low < 0 or evidence.error is not None:
            return
        assert end.loss is not None
        yield Suspicion(
            f"{end.loss.registered_name()} pushes outputs to −1 and 1, and {name_of(end.last)} "
            "gives none below 0",
            {"output from": low, "to": high},
            {"layer": evidence.last_layer},
            ending_with("tanh"),
            others=(ending_with(None),),
        )


def numbers_expected(evidence: Evidence) -> bool:
    """Whether the targets are numbers to be hit, not numbers of classes."""
    end = evidence.ending
    return evidence.task == "numbers" or (end is not None and end.width == 1)


class RegressionLossForClasses(Check):
    """A loss for numbers where the targets are classes.

    Squares of class numbers say that class 3 is nearer to class 2 than to class 0, and squares of
    probabilities have hardly any slope where the network is sure and wrong.
    """

    code = "PL107"
    of_output = True
    sure = True
    figure = "classes"
    after = ("PL103", "PL104")
    #: by how much another mend has to find classes better, where this one only makes surer
    far: ClassVar[float] = 0.2
    cure = "Give each class an output, and use a cross-entropy."
    confused = (
        "Counts and ratings, which are whole numbers to be hit: a loss for numbers suits them."
    )
    example = """
net = Sequential([layers.Dense(24, "relu", input_shape=(6,)), layers.Dense(1)])
net.compile("adam", "mse")
x, y = clusters(600, 6, 4)
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "relu", input_shape=(6,)), layers.Dense(1)])
net.compile("adam", "mse")
x, y = clusters(600, 6, 4)
y = x[:, 0] * x[:, 1]
fit = {"epochs": 40}
"""

    @classmethod
    def gives_way(cls, found: Finding, other: Finding) -> bool:
        """Where classes are found no better by it, and far better by another mend."""
        if found.trial is None or other.trial is None or Check.table[other.code].general:
            return False
        alike = found.trial.figure == FIGURES["likelihood"].name != other.trial.figure
        return alike and other.trial.after - (other.trial.before or 0.0) > cls.far

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is None or end.loss is None or end.loss.expects not in ("any", "positive"):
            return
        if isinstance(end.loss, losses.OwnLoss) or y is None:
            return
        if not one_of_classes(evidence):
            return
        loss = end.loss.registered_name()
        count = class_count(evidence) if evidence.kind != "sign" else 2
        proven = is_a(end.last, Sigmoid, Softmax) or end.width > 1 or asked_accuracy(evidence)
        yield Suspicion(
            f"the targets are {count} classes, but the loss is {loss}, for numbers",
            {"classes": count},
            {"layer": evidence.last_layer},
            self.mend(evidence, count),
            sure=proven,
        )

    def mend(self, evidence: Evidence, count: int) -> Mend:
        if evidence.kind == "classes" and count == 2:
            return ending_with("sigmoid", "binary_crossentropy", 1)
        return ending_with("softmax", suited_loss(evidence), count)


def one_of_classes(evidence: Evidence) -> bool:
    """Whether targets are numbers of few classes from 0 on, or one-hot rows."""
    y = evidence.y
    if y is None:
        return False
    if evidence.kind == "one-hot":
        return y.ndim == 2 and y.shape[-1] > 1
    whole = evidence.kind == "classes" and y.dtype.kind in "biu"
    zero_one = evidence.kind == "classes" and set(np.unique(y).tolist()) <= {0, 1}
    count = len(np.unique(y))
    return (whole or zero_one) and y.min() == 0 and count > 1 and y.max() < 2 * count


def asked_accuracy(evidence: Evidence) -> bool:
    """Whether a metric is asked for that only classes have."""
    compiled = evidence.case.net.compiled or {}
    return "accuracy" in str(compiled.get("metrics")) or "acc" in str(compiled.get("metrics"))


class ClassificationLossForNumbers(Check):
    """A loss for classes where the targets are numbers to be hit.

    A cross-entropy takes probabilities from 0 to 1 or numbers of classes; of other targets it
    makes a loss without a least value, or fit refuses them.
    """

    code = "PL108"
    of_output = True
    severity = "error"
    sure = True
    after = ("PL114",)
    cure = 'End with a linear layer and use the loss "mse".'
    confused = "Labels that do not start at 0: those are few whole numbers."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x = rng.normal(size=(300, 3))
y = x[:, 0] + x[:, 1] ** 2
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x = rng.normal(size=(300, 3))
y = 1 / (1 + np.exp(-x[:, 0] - x[:, 1] ** 2))
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is None or not end.of_classes or evidence.kind != "numbers" or y is None:
            return
        if y.ndim > 2 or y.dtype.kind not in "biuf" or not np.isfinite(y).any() or brought(y):
            return
        shares = end.loss is not None and end.loss.expects in ("probability", "sign")
        low = -1 if end.loss is not None and end.loss.expects == "sign" else 0
        if shares and np.nanmin(y) >= low and np.nanmax(y) <= 1 and not scored(end, y):
            return
        width = 1 if y.ndim == 1 else int(y.shape[-1])
        assert end.loss is not None
        yield Suspicion(
            f"{end.loss.registered_name()} is a loss for classes, but the targets are numbers "
            f"from {np.nanmin(y):.3g} to {np.nanmax(y):.3g}",
            {"distinct targets": len(np.unique(y))},
            {"layer": evidence.last_layer},
            ending_with(None, "mse", width, []),
        )


class AccuracyForNumbers(Check):
    """Accuracy is asked for where the targets are numbers to be hit.

    It counts the rows whose prediction is exactly the target: of numbers that is none, however
    good they are.
    """

    code = "PL109"
    sure = True
    tried = False
    after = ("PL108",)
    cure = 'Ask for `metrics=["mae"]`.'
    confused = "A network that learns nothing: here the loss falls all the same."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse", metrics=["accuracy"])
x = rng.normal(size=(300, 3))
y = x[:, 0] + x[:, 1] ** 2
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse", metrics=["mae"])
x = rng.normal(size=(300, 3))
y = x[:, 0] + x[:, 1] ** 2
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end = evidence.ending
        if end is None or evidence.task != "numbers" or not asked_accuracy(evidence):
            return
        if end.of_classes or evidence.kind != "numbers":
            return

        def mend(case: Case) -> Case:
            return case.aimed(metrics=["mae"])

        yield Suspicion("accuracy is asked for, but the targets are numbers", {}, {}, mend)
