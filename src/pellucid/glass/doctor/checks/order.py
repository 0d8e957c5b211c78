"""The order of the rows, where nothing mixes them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence

#: the share of neighbours of one class in rows that are in order; 1 − 1/rows if they are sorted
IN_ORDER = 0.9


class SortedUnshuffled(Check):
    """Rows that are sorted by their target, and not shuffled.

    Each batch holds one class: the network learns to say it, and forgets it over the next.
    """

    code = "PL218"
    severity = "error"
    sure = True
    cure = "Leave `shuffle=False` out."
    confused = "Time series, whose order matters to a person, but not to a network that reads rows."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
x, y = digits(600)
order = np.argsort(y, kind="stable")
x, y, fit = x[order], y[order], {"epochs": 10, "shuffle": False}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
x, y = digits(600)
order = np.argsort(y, kind="stable")
x, y, fit = x[order], y[order], {"epochs": 10, "shuffle": True}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if evidence.fit.get("shuffle", True) or evidence.y is None or not evidence.plain:
            return
        share = in_order(evidence)
        if share > IN_ORDER:

            def mend(case: Case) -> Case:
                return case.fitted(shuffle=True)

            yield Suspicion(
                "the rows are sorted by their target, and shuffle=False keeps them so",
                {"how far they are in order": share},
                {},
                mend,
            )


def in_order(evidence: Evidence) -> float:
    """How far rows are sorted: 1 if they are, 0 in an order that is drawn."""
    labels, y = evidence.labels, evidence.y
    if labels is not None:
        count = len(np.unique(labels))
        if count < 2 or len(labels) < 4 * count:
            return 0.0
        chance = float(np.sum((np.bincount(labels) / len(labels)) ** 2))
        return (float(np.mean(labels[1:] == labels[:-1])) - chance) / max(1 - chance, 1e-9)
    if y is None or y.ndim > 1 or len(y) < 20 or y.dtype.kind not in "biuf":
        return 0.0
    ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable")
    return float(abs(np.corrcoef(ranks, np.arange(len(y)))[0, 1]))
