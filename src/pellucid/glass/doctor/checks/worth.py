"""Generalisation: what a network is worth beside others, and how well that is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.memory import CERTAIN, FIRST, GAP, HOLDS, LARGER, parameters
from pellucid.glass.doctor.checks.parts import held_out_anew, pooled
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import hidden_at, output_at

#: units of a layer that is not made larger than this
WIDE = 512
#: rows to validate on below which the error bar of an accuracy of 0.8 is more than 0.1
TOO_SMALL = 16
#: and below which there are too few, where so many times as many are trained on
FEW_OF_MANY, MANY = 30, 10
#: rows to train on of which some could be validated on
ENOUGH = 100
#: by how much the figure of one seed differs from that of another
DISAGREE = 0.15
#: the share of the way from chance that rows trained on have to go, to be called learnt by heart
HALF = 0.5
#: the share of the numbers of a row that are to be told as they are, where the row is told again
AGAIN = 0.4
PLAIN = (
    layers.Dense,
    layers.Dropout,
    layers.Activation,
    layers.Flatten,
    layers.Rescaling,
    layers.Normalization,
    layers.InputLayer,
    layers.BatchNormalization,
)


class Underfits(Check):
    """The network is too small for what there is to learn.

    It hits neither the rows that it was trained on nor others, and a larger one does, in as many
    epochs.
    """

    code = "PL502"
    severity = "warning"
    sure = False
    guessed = True
    outdoes = False
    folded = True
    share = 0.2
    after = (*FIRST, "PL413")
    cure = "More units, or a hidden layer."
    confused = "A rate that is too low, or too few epochs: then this network would do, later."
    example = """
net = Sequential([layers.Dense(1, "sigmoid", input_shape=(2,))])
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = datasets.circles(600, noise=0.08)
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(2,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = datasets.circles(600, noise=0.08)
fit = {"epochs": 60}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not evidence.as_it_is.worked:
            return
        if not evidence.folded_as_it_is.worked:
            return
        seen, new = evidence.on_trained_rows, evidence.folded_as_it_is.mean(evidence.figure)
        if seen is None or by_heart(evidence, seen, seen - new) or told_again(evidence):
            return
        others = {} if evidence.tiny else {"on others": new}
        told = "" if evidence.tiny else f", and others at {new:.3g}"
        yield Suspicion(
            f"rows that were trained on are hit at {seen:.3g}{told}",
            {"on rows trained on": seen, **others},
            {},
            larger,
            others=(deeper,),
        )


def told_again(evidence: Evidence) -> bool:
    """Whether rows are to be told again through fewer numbers, which are few by purpose."""
    net, y = evidence.case.net, evidence.y
    if y is None or not evidence.plain or evidence.x.shape != y.shape or y.ndim < 2:
        return False
    units = [net.parts[at].get("units") or 0 for at in hidden_at(net)]
    narrow = bool(units) and 0 < min(units) < int(np.prod(y.shape[1:]))
    return narrow and evidence.task == "numbers" and bool(np.isclose(evidence.x, y).mean() > AGAIN)


def by_heart(evidence: Evidence, seen: float, gap: float) -> bool:
    """Whether rows that were trained on are hit better than others, and most of them at all."""
    if parameters(evidence) < HOLDS:
        return False
    half = evidence.chance + HALF * (1 - evidence.chance)
    return gap > max(GAP, CERTAIN * evidence.uncertainty) and seen > half


def deeper(case: Case) -> Case:
    """Hidden layers of more units, and one more of them."""
    made = larger(case)
    added = part(layers.Dense, units=32, activation="relu")
    return made.designed(made.net.inserted(output_at(made.net), added))


def larger(case: Case) -> Case:
    """Hidden layers of more units; one hidden layer where there is none."""
    net = case.net
    hidden = [at for at in hidden_at(net) if net.parts[at].kind is layers.Dense]
    if not hidden:
        added = part(layers.Dense, units=32, activation="relu")
        return case.designed(net.inserted(output_at(net), added))
    for at in hidden:
        units = net.parts[at].get("units")
        net = net.changed(at, units=max(32, units, min(units * LARGER, WIDE)))
    return case.designed(net)


class ValidationTooSmall(Check):
    """There are too few rows to validate on.

    The share that is right among n rows is known up to √(p·(1 − p)/n): of ten rows, ±0.13.
    """

    code = "PL504"
    severity = "warning"
    sure = True
    tried = False
    after = ("PL217", "PL220", "PL222", "PL224")
    cure = "A hundred rows or more; or the mean over several splits."
    confused = "Rows from another distribution, which are wrong however many there are."
    example = """
net = Sequential([layers.Dense(8, "relu", input_shape=(6,)), layers.Dense(2, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(408, 6, 2, apart=0.7)
fit = {"epochs": 20, "validation_data": (x[400:], y[400:])}
x, y = x[:400], y[:400]
"""
    near_miss = """
net = Sequential([layers.Dense(8, "relu", input_shape=(6,)), layers.Dense(2, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(500, 6, 2, apart=0.7)
fit = {"epochs": 20, "validation_data": (x[400:], y[400:])}
x, y = x[:400], y[:400]
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        held = evidence.validation
        if held is None or len(held) >= FEW_OF_MANY:
            return
        if len(held) >= TOO_SMALL and len(evidence.rows) < MANY * len(held):
            return
        error = float(np.sqrt(0.8 * 0.2 / len(held)))
        enough = len(evidence.rows) >= ENOUGH
        own = "validation_data" in evidence.fit
        yield Suspicion(
            f"{len(held)} rows to validate on tell an accuracy of 0.8 up to ±{error:.2f}",
            {"rows to validate on": len(held), "standard error": error},
            {},
            (pooled if own and evidence.plain else held_out_anew) if enough else None,
            "warning" if enough else "note",
        )


class BaselineAsGood(Check):
    """A baseline is better: one linear layer, or saying the same for every row.

    What the hidden layers add is noise, or the training does not use them.
    """

    code = "PL506"
    general = True
    severity = "warning"
    sure = False
    guessed = True
    outdoes = False
    folded = True
    errors = (1.5, 2.0)
    share = 0.05
    after = (*FIRST, "PL501", "PL503")
    cure = "Use the linear model, or find what keeps the network from being better."
    confused = "A network and a line that are equally good, where nothing is wrong with either."
    example = """
net = Sequential(
    [layers.Dense(64, "relu", input_shape=(12,))]
    + [layers.Dense(64, "relu") for _ in range(2)]
    + [layers.Dense(1)]
)
net.compile(optimizers.SGD(0.03), "mse")
x = rng.normal(size=(400, 12))
y = x @ np.linspace(-1, 1.5, 12) + 1.0 * rng.normal(size=400)
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential([layers.Dense(1, input_shape=(12,))])
net.compile(optimizers.SGD(0.03), "mse")
x = rng.normal(size=(400, 12))
y = x @ np.linspace(-1, 1.5, 12) + 1.0 * rng.normal(size=400)
fit = {"epochs": 60}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not evidence.as_it_is.worked:
            return
        net = evidence.case.net
        if (
            not net.straight
            or not hidden_at(net)
            or any(each.kind not in PLAIN for each in net.parts)
            or told_again(evidence)
        ):
            return
        yield Suspicion(
            "a linear model is better on rows that are held out",
            {"network": evidence.as_it_is.mean(evidence.figure), "chance": evidence.chance},
            {},
            linear,
        )


def linear(case: Case) -> Case:
    """The output layer alone."""
    net = case.net
    kept = (layers.Flatten, layers.Rescaling, layers.Normalization, layers.InputLayer)
    gone = [at for at in range(output_at(net)) if net.parts[at].kind not in kept]
    return case.designed(net.without(*gone))


class SeedsDisagree(Check):
    """Two seeds give very different networks.

    What is gained by a change has to be more than what another seed gives.
    """

    code = "PL507"
    severity = "note"
    sure = True
    tried = False
    guessed = True
    cure = "Train with several seeds, and compare means."
    confused = "A rate that is too high, or units that die: mend these first."
    example = """
net = Sequential([layers.Dense(3, "relu", input_shape=(2,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.05), "binary_crossentropy")
x, y = datasets.circles(400, noise=0.08)
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(48, "relu", input_shape=(2,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = datasets.circles(400, noise=0.08)
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not evidence.as_it_is.worked:
            return
        if not evidence.second_opinion.worked:
            return
        one, two = (
            each.mean(evidence.figure) for each in (evidence.as_it_is, evidence.second_opinion)
        )
        if abs(one - two) > DISAGREE:
            yield Suspicion(
                f"one seed gives {one:.3g}, another {two:.3g}", {"one seed": one, "another": two}
            )
