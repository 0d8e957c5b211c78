"""Rows of the data: rare classes, labels that contradict one another or are wrong, too few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import probabilities
from pellucid.glass.doctor.runs import Outcome
from pellucid.glass.doctor.statistics import row_keys

#: the share of rows with a twin of another class, from which on it is a fault
CONTRADICTED = 0.05
#: a class of fewer rows than this share is rare
RARE = 0.12
#: the least rows of a class, or of a number to be hit, that a network is trained on, and how many
#: parameters for each row are then too many
FEW_ROWS, PARAMETERS = 12, 20.0
#: the share of the rows whose label is doubted, from which on it is a fault
NOISE, MOST_NOISE = 0.1, 0.7
#: how much of the way from chance has to be learnt, and how often rows of whose class networks are
#: surest are doubted, beside all rows: where classes overlap, they are hardly ever sure and wrong
LEARNT, AS_OFTEN, FEWEST = 0.2, 0.5, 4


class Contradictions(Check):
    """Equal rows with different labels.

    One of them is wrong, and no network can say both: the loss cannot fall below what they cost.
    """

    code = "PL216"
    severity = "error"
    sure = True
    cure = "Look at these rows; keep one of each, with the label that is right."
    confused = "Few columns of few values, where equal rows are common and classes overlap."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
x, y = np.concatenate([x, x]), np.concatenate([y, (y + 1) % 10])
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
x, y = np.concatenate([x, x]), np.concatenate([y, y])
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        labels = evidence.labels
        if not evidence.plain or labels is None or evidence.bad_x or len(labels) > 200_000:
            return
        x = evidence.x.reshape(len(evidence.x), -1)
        distinct = [len(np.unique(x[:200, at])) for at in range(min(x.shape[1], 50))]
        if np.prod(np.minimum(distinct, 1000), dtype=float) < 20 * len(x):
            return
        keys = row_keys(x)
        pairs = np.unique(np.stack([keys, labels], axis=1), axis=0)
        several = np.flatnonzero(np.bincount(pairs[:, 0]) > 1)
        twins = np.isin(keys, several)
        if twins.mean() > CONTRADICTED:
            first = np.zeros(len(keys), dtype=bool)
            first[np.unique(keys, return_index=True)[1]] = True

            def mend(case: Case) -> Case:
                found = "np.unique(x.reshape(len(x), -1), axis=0, return_index=True)[1]"
                return case.only(f"np.isin(np.arange(len(x)), {found})", first)

            yield Suspicion(
                f"{twins.sum():,} of {len(keys):,} rows stand there twice, with different labels",
                {"rows": int(twins.sum()), "distinct rows": len(several)},
                {"rows": np.flatnonzero(twins)[:10].tolist()},
                mend,
            )


class Imbalanced(Check):
    """A class is rare, and every row counts alike.

    Saying the common class for every row is then nearly always right, and the rare class is hardly
    found. Accuracy does not show it.
    """

    code = "PL221"
    severity = "warning"
    sure = False
    figure = "balanced"
    cure = 'Count classes alike, `class_weight="balanced"`, and look at recall or F1.'
    confused = "A rare class that is found well: then there is nothing to mend."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
y = (rng.random(2000) < 0.05).astype(int)
x = rng.normal(size=(2000, 4)) + 1.6 * y[:, None] * np.array([1, 0.5, 0, 0])
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
y = (rng.random(2000) < 0.4).astype(int)
x = rng.normal(size=(2000, 4)) + 1.6 * y[:, None] * np.array([1, 0.5, 0, 0])
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        labels = evidence.labels
        if labels is None or evidence.fit.get("class_weight") is not None:
            return
        if evidence.fit.get("sample_weight") is not None:
            return
        shares = np.bincount(labels) / len(labels)
        rare = float(shares.min()) * len(shares) / 2
        if len(shares) < 2 or not rare < RARE:
            return

        def mend(case: Case) -> Case:
            return case.fitted(class_weight="balanced")

        yield Suspicion(
            f"{shares.min():.1%} of the rows are of class {int(shares.argmin())}; all count alike",
            {
                "share of the rarest class": float(shares.min()),
                "of the commonest": float(shares.max()),
            },
            {"class": int(shares.argmin())},
            mend,
        )


class TooFewRows(Check):
    """Too few rows for so many parameters.

    The network can learn the rows by heart, and there are not enough of them to say anything of
    others.
    """

    code = "PL224"
    severity = "error"
    sure = True
    tried = False
    cure = "More rows, a smaller network, or a penalty; judge by rows that were held out."
    confused = "Memorising with rows enough: a penalty or dropout mends that."
    example = """
net = Sequential([layers.Dense(256, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(40)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential([layers.Dense(256, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(800)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if evidence.error is not None or not evidence.tryable:
            return
        labels = evidence.labels
        rows = len(evidence.rows)
        groups = 1 if labels is None else len(np.unique(labels))
        parameters = sum(weight.size for weight in evidence.net.trainable_weights)
        few = rows < FEW_ROWS * groups if labels is not None else rows < 2 * FEW_ROWS
        if few and parameters > PARAMETERS * rows:
            of_class = "" if labels is None else f", {rows / groups:.1f} of each class,"
            yield Suspicion(
                f"there are {rows} rows{of_class} for {parameters:,} parameters",
                {
                    "rows": rows,
                    "parameters": parameters,
                    "parameters for each row": parameters / rows,
                },
            )


class WrongLabels(Check):
    """Labels that are wrong.

    Networks trained without a row say another class than its label, and are sure of it; trained
    without these rows, they are better on the others.
    """

    code = "PL223"
    severity = "warning"
    sure = False
    guessed = True
    folded = True
    after = (
        "PL101",
        "PL103",
        "PL110",
        "PL111",
        "PL114",
        "PL207",
        "PL208",
        "PL216",
        "PL301",
        "PL313",
        "PL314",
        "PL401",
        "PL502",
    )
    cure = "Look at the rows that are named; label them anew, or leave them out."
    confused = "Classes that overlap, where networks are not sure; memorising, which it leads to."
    example = """
net = Sequential([layers.Dense(64, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(500)
y = np.where(rng.random(500) < 0.35, rng.integers(0, 10, 500), y)
fit = {"epochs": 80}
"""
    near_miss = """
net = Sequential([layers.Dense(64, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(500)
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        labels = evidence.labels
        if labels is None or not evidence.few:
            return
        end, curve = evidence.ending, evidence.folded_as_it_is.validation
        if end is None or not end.of_classes or len(labels) < 60 or not curve:
            return
        best = int(np.argmin(curve)) + 1
        outcome = evidence.folded(evidence.case.fitted(epochs=best))
        if not outcome.worked or outcome.rows is None:
            return
        wrong = outcome.each("classes") == 0
        share, doubted = float(wrong.mean()), wrong[surest(outcome)]
        of_surest, way = float(doubted.mean()), 1 - evidence.chance
        if not NOISE < share < MOST_NOISE * way or 1 - share - evidence.chance < LEARNT * way:
            return
        if doubted.sum() < FEWEST or of_surest < AS_OFTEN * share:
            return
        rows = outcome.rows[wrong]
        kept = ~np.isin(np.arange(len(labels)), rows)
        line = f"~np.isin(np.arange(len(x)), {rows.tolist()})"
        yield Suspicion(
            f"{len(rows)} rows have another label than networks say that were trained without them",
            {"rows": len(rows), "share": share, "of the quarter they are surest of": of_surest},
            {"rows": rows[:20].tolist()},
            lambda case: case.only(line, kept),
            sure=True,
        )


def surest(outcome: Outcome) -> np.ndarray:
    """The quarter of the rows of whose class networks are surest."""
    said, _, end = outcome.hit[0]
    p = probabilities(end, said.reshape(len(said), -1))
    sure = p.max(axis=1) if p.shape[1] > 1 else np.abs(p[:, 0] - 0.5)
    return np.argsort(-sure, kind="stable")[: len(sure) // 4]
