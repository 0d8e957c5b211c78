"""Dynamics: how far a step moves the weights, and networks that stay where they began."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.memory import FIRST
from pellucid.glass.doctor.checks.units import drawn_as_usual
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.first import Fitted
from pellucid.glass.doctor.mending import hidden_at, names_alone, standardised, with_adam
from pellucid.glass.doctor.statistics import root_mean_square

#: a step moves weights by about a thousandth of their size; by these shares it is far too much, or
#: next to nothing
TOO_FAR, TOO_NEAR = 0.5, 1e-6
#: by how much a figure has to be above chance, and by how many standard errors
ABOVE, CERTAIN = 0.05, 2.0


class UpdateRatio(Check):
    """A step moves the weights far too much, or next to nothing, for their size.

    About a thousandth is usual. A half draws them anew at every step; a millionth needs a million
    steps to get anywhere.
    """

    code = "PL403"
    severity = "note"
    sure = True
    tried = False
    cure = "A rate that brings the share to about a thousandth."
    confused = "Weights that start at 0, of which any step is infinitely much."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
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
        first = evidence.first
        if first is None:
            return
        shares = {each.name: share_of(each) for each in first.fitted() if share_of(each) > 0}
        far = {name: share for name, share in shares.items() if share > TOO_FAR}
        near = {name: share for name, share in shares.items() if share < TOO_NEAR}
        if far or (near and len(near) == len(shares)):
            found = far or near
            name = max(found, key=lambda each: found[each])
            yield Suspicion(
                f"the first step moves {name} by {found[name]:.1e} of its size",
                {f"share of {name}": share for name, share in list(found.items())[:5]},
            )


def share_of(weights: Fitted) -> float:
    """How far the step moves weights, for their size or that of a usual start; 0 of biases."""
    if weights.moved is None or weights.value.ndim < 2:
        return 0.0
    inputs = weights.value[..., 0].size
    size = max(root_mean_square(weights.value), inputs**-0.5)
    return root_mean_square(weights.moved) / size


class NothingLearnt(Check):
    """What it says after training is no better than saying the same for every row.

    The loss has stood still at that of chance. Several things may hide one another: here usual
    ones are put in place of all of them at once.
    """

    code = "PL405"
    general = True
    severity = "error"
    sure = False
    guessed = True
    outdoes = False
    after = (*FIRST, "PL412", "PL413", "PL502")
    cure = "Standardised inputs, ReLUs with usual initializers, and Adam: then one after the other."
    confused = (
        "Data in which there is nothing to be learnt: there no mend helps, and nothing is said."
    )
    example = """
net = Sequential(
    [layers.Dense(16, "sigmoid", bias_initializer=initializers.Constant(-2.5), input_shape=(3,))]
    + [
        layers.Dense(16, "sigmoid", bias_initializer=initializers.Constant(-2.5))
        for _ in range(2)
    ]
    + [layers.Dense(1, "sigmoid")]
)
net.compile(optimizers.SGD(0.002), "binary_crossentropy")
x, y = datasets.circles(500, noise=0.08)
x = np.column_stack([x, 2 * rng.normal(size=500)])
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x, y = rng.normal(size=(500, 3)), rng.integers(0, 2, 500)
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        outcome = evidence.as_it_is
        if not outcome.worked or evidence.learns:  # rows learnt by heart are learnt
            return
        each = outcome.each(evidence.figure)
        reached, error = float(each.mean()), float(each.std() / np.sqrt(len(each)))
        if reached > evidence.chance + max(ABOVE, CERTAIN * error):
            return
        yield Suspicion(
            f"after training it is as good as saying the same for every row: {reached:.3g}",
            {"reached": reached, "saying the same for every row": evidence.chance},
            {},
            as_usual(0.003),
            others=(as_usual(0.01), as_usual(0.001)),
        )


def as_usual(rate: float) -> Callable[[Case], Case]:
    """Standardised inputs, ReLUs with usual initializers, Adam."""

    def mend(case: Case) -> Case:
        net = case.net.each(drawn_as_usual)
        for at in hidden_at(net):
            net = net.changed(at, activation="relu")
        found = case.designed(net)
        return with_adam(rate)(found if names_alone(case) else standardised(found))

    return mend
