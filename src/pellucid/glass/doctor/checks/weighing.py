"""Rows by their weights: how much each of them counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence

#: the share of the rows that weights are worth at the least, and by how many times weights of
#: classes may make them less alike than their rows are
WORTH, LESS_ALIKE = 0.1, 5.0


class WeightsOfRows(Check):
    """The weights leave few of the rows, or the wrong class.

    A row of weight 0 is not there; a class whose weight is a tenth is a tenth as common.
    """

    code = "PL225"
    severity = "error"
    sure = False
    cure = 'Leave the weights out, or `class_weight="balanced"`.'
    confused = "Weights that make up for a rare class: with them classes count more alike."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.005), "binary_crossentropy")
x, y = rng.normal(size=(600, 4)), rng.integers(0, 2, 600)
x[:, 0] += 2 * y
fit = {"epochs": 20, "class_weight": {0: 1.0, 1: 0.02}}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.005), "binary_crossentropy")
x, y = rng.normal(size=(600, 4)), rng.integers(0, 2, 600)
x[:, 0] += 2 * y
kept = (y == 0) | (np.arange(600) % 20 == 0)
x, y = x[kept], y[kept]
fit = {"epochs": 20, "class_weight": {0: 0.5, 1: 9.0}}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if evidence.error is not None or not evidence.plain:
            return
        yield from self.of_rows(evidence.fit.get("sample_weight"))
        given = evidence.fit.get("class_weight")
        if isinstance(given, dict) and evidence.labels is not None:
            yield from self.of_classes(evidence, given)

    def of_rows(self, given: object) -> Iterator[Suspicion]:
        if given is None:
            return
        weights = np.asarray(given, dtype=np.float64).reshape(-1)
        worth = weights.sum() ** 2 / max(float(np.square(weights).sum()), 1e-300)
        if worth < WORTH * len(weights) or weights.min() < 0:
            yield Suspicion(
                f"by their weights {len(weights):,} rows count like {worth:.0f}",
                {"rows": len(weights), "rows that they are worth": float(worth)},
                {},
                lambda case: case.fitted(sample_weight=None),
            )

    def of_classes(self, evidence: Evidence, given: dict[object, float]) -> Iterator[Suspicion]:
        counts = np.bincount(evidence.labels)  # type: ignore[arg-type]
        weights = np.array([float(given[each]) for each in sorted(given)])  # type: ignore[type-var]
        if len(weights) != len(counts) or not counts.all():
            return
        rows, counted = counts / counts.max(), weights * counts
        alike = counted.min() / max(float(counted.max()), 1e-300)
        if LESS_ALIKE * alike < rows.min():
            yield Suspicion(
                f"by its weight class {int(counted.argmin())} counts {alike:.3f} times as much as "
                f"class {int(counted.argmax())}",
                {"the same by rows alone": float(rows.min()), "by weights": float(alike)},
                {"class": int(counted.argmin())},
                lambda case: case.fitted(class_weight="balanced"),
            )
