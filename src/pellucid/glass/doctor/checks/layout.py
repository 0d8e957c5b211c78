"""The layout of a network: what stands after its output, and what is dropped."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from pellucid import layers
from pellucid.glass.doctor.blueprint import Blueprint, Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import RECURRENT, output_at

#: a share of units dropped that is no usual one, and what is left of a number that it takes, where
#: several layers drop one after the other
ALMOST_ALL, LEFT = 0.6, 0.2
DROPPING = (
    layers.Dropout,
    layers.SpatialDropout1D,
    layers.SpatialDropout2D,
    layers.AlphaDropout,
    layers.GaussianDropout,
)
WITHIN = (*RECURRENT, layers.MultiHeadAttention)
#: what recurrent layers and attention call the shares that they drop
INSIDE = ("dropout", "recurrent_dropout")
#: what a dropout is turned down to
USUAL = 0.2


def names(net: Blueprint, evidence: Evidence, at: int) -> str:
    origin = net.parts[at].origin
    return evidence.net.layers[origin].layer_name if origin is not None else ""


def without(at: int) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return case.designed(case.net.without(at))

    return mend


class NormalisedOutput(Check):
    """A normalisation after the output.

    It moves what the output layer has said to mean 0 and deviation 1: probabilities no longer add
    up to 1, and numbers lose their size.
    """

    code = "PL310"
    severity = "error"
    sure = True
    cure = "Leave the normalisation out, or put it before the output layer."
    confused = "A normalisation between layers, which helps."
    example = """
net = Sequential(
    [
        layers.Dense(16, "relu", input_shape=(64,)),
        layers.Dense(10, "softmax"),
        layers.BatchNormalization(),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(16, "relu", input_shape=(64,)),
        layers.BatchNormalization(momentum=0.9),
        layers.Dense(10, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        if len(net.outputs) != 1:
            return
        kinds = (layers.BatchNormalization, layers.LayerNormalization, layers.UnitNormalization)
        for at in range(output_at(net) + 1, len(net.parts)):
            kind = net.parts[at].kind
            directions = kind is layers.UnitNormalization and not of_classes(evidence)
            if kind in kinds and not directions:
                name = names(net, evidence, at)
                yield Suspicion(
                    f"{name} normalises what the output layer has said",
                    {},
                    {"layer": name},
                    without(at),
                )


def of_classes(evidence: Evidence) -> bool:
    """Whether the loss is one for classes; others may compare directions."""
    return evidence.ending is not None and evidence.ending.of_classes


class DroppedOutput(Check):
    """Dropout on the output.

    While training it sets outputs to 0, whatever the network has said: the loss is then one of
    chance.
    """

    code = "PL312"
    severity = "error"
    sure = True
    cure = "Leave it out: dropout stands between layers."
    confused = "Dropout before the output layer, which is usual."
    example = """
net = Sequential(
    [layers.Dense(16, "relu", input_shape=(64,)), layers.Dense(10, "softmax"), layers.Dropout(0.5)]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [layers.Dense(16, "relu", input_shape=(64,)), layers.Dropout(0.2), layers.Dense(10, "softmax")]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        if len(net.outputs) != 1:
            return
        for at in range(output_at(net) + 1, len(net.parts)):
            part = net.parts[at]
            if part.kind in DROPPING and part.get("rate"):
                name = names(net, evidence, at)
                yield Suspicion(
                    f"{name} drops {part.get('rate'):.0%} of the outputs",
                    {"rate": float(part.get("rate"))},
                    {"layer": name},
                    without(at),
                )


class DropsAlmostAll(Check):
    """Dropout of almost everything.

    The rate is the share that is dropped, not the share that is kept: with 0.95 one number of
    twenty is left of what a layer says; three layers of 0.5 leave one of eight.
    """

    code = "PL311"
    severity = "error"
    sure = False
    cure = "A rate of 0.2 to 0.5."
    confused = "A network that is too small: both underfit."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", input_shape=(64,)),
        layers.Dropout(0.95),
        layers.Dense(10, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [layers.Dense(32, "relu", input_shape=(64,)), layers.Dropout(0.4), layers.Dense(10, "softmax")]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        shares = {at: dropped(part).values() for at, part in enumerate(net.parts)}
        rates = {at: max(each) for at, each in shares.items() if each}
        left = math.prod(1 - rate for rate in rates.values())
        high = {at: rate for at, rate in rates.items() if rate >= ALMOST_ALL}
        together = net.straight and left <= LEFT
        found = high or rates
        if high or together:
            at = max(found, key=found.__getitem__)
            share = found[at]
            several = "" if high else f"; after {len(found)} layers that drop, {left:.0%} is left"
            yield Suspicion(
                f"{names(net, evidence, at)} drops {share:.0%} of what reaches it{several}",
                {f"rate of {names(net, evidence, at)}": rate for at, rate in found.items()},
                {"layer": names(net, evidence, at)},
                turned_down(ALMOST_ALL if high else USUAL),
            )


def dropped(part: Part) -> dict[str, float]:
    """The shares that a layer drops, by the names of its settings."""
    given = ("rate",) if part.kind in DROPPING else INSIDE if part.kind in WITHIN else ()
    shares = {name: part.get(name) or 0 for name in given}
    return {name: float(each) for name, each in shares.items() if 0 < each <= 1}


def turned_down(most: float) -> Callable[[Case], Case]:
    """A mend: every dropout of so much at the usual rate."""

    def change(part: Part) -> Part:
        high = {name: USUAL for name, share in dropped(part).items() if share >= most}
        return part.changed(**high) if high else part

    return lambda case: case.designed(case.net.each(change))
