"""Outputs: scores that are made probabilities more than once."""

from __future__ import annotations

from collections.abc import Iterator

from pellucid import layers
from pellucid.equations.activations import LogSoftmax, Softmax
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.probabilities import name_of
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import Ending, is_a
from pellucid.glass.doctor.mending import ending_with, ends_in
from pellucid.training.compiled import PROBABILITIES


class ProbabilitiesTwice(Check):
    """Scores are made probabilities twice.

    A softmax of probabilities is nearly flat: of ten classes none gets more than 0.23, so that the
    loss cannot fall far and gradients are small.
    """

    code = "PL102"
    of_output = True
    severity = "error"
    sure = True
    after = ("PL103",)
    cure = "Leave out the activation, or `from_logits=True` in the loss: one of the two."
    confused = "A rate that is too low: the loss falls slowly in both."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
x, y = clusters(300, 4, 3, apart=1.0)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("sgd", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3, apart=1.0)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end = evidence.ending
        if end is None or end.loss is None:
            return
        both = is_a(end.last, *PROBABILITIES)
        if end.logits and both:
            yield self.by_loss(evidence, end)
        elif both and is_a(end.before, *PROBABILITIES, LogSoftmax):
            yield Suspicion(
                f"{name_of(end.before)} is followed by {name_of(end.last)}",
                {},
                {"layer": evidence.last_layer},
                ending_with(name_of(end.last)),
            )
        elif is_a(end.last, Softmax) and (first := two_outputs(evidence)) is not None:
            yield Suspicion(
                f"the {end.width} probabilities of one {name_of(end.last)} layer are read by "
                "another of as many units",
                {},
                {"layer": evidence.last_layer},
                lambda case: case.designed(case.net.without(first)),
                sure=False,
            )

    def by_loss(self, evidence: Evidence, end: Ending) -> Suspicion:
        assert end.loss is not None
        kind, settings = type(end.loss), end.loss.settings()

        def mend(case: Case) -> Case:
            return case.aimed(loss=kind(**(settings | {"from_logits": False})))

        return Suspicion(
            f"{kind.__name__}(from_logits=True) takes scores, "
            f"but the network ends with {name_of(end.last)}",
            {},
            {"layer": evidence.last_layer},
            mend,
        )


def two_outputs(evidence: Evidence) -> int | None:
    """The last dense layer but one, where it is a softmax over as many units as the last one."""
    net = evidence.case.net
    dense = [at for at, part in enumerate(net.parts) if part.kind is layers.Dense][-2:]
    if not net.straight or len(dense) < 2 or net.parts[dense[0]].get("units") == 1:
        return None
    if sum(ends_in(part, "softmax") for part in net.parts) > 2:
        return None
    alike = net.parts[dense[0]].get("units") == net.parts[dense[1]].get("units")
    return dense[0] if alike and ends_in(net.parts[dense[0]], "softmax") else None
