"""Rows of the data: rare classes, labels that contradict one another, too few of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.statistics import row_keys

#: the share of rows with a twin of another class, from which on it is a fault
CONTRADICTED = 0.05
#: a class of fewer rows than this share is rare
RARE = 0.12
#: the share of rows with an equal one at one distance, where they are copies, not equal by chance
COPIED = 0.4
#: the least rows of a class, or of a number to be hit, that a network is trained on, and how many
#: parameters for each row are then too many
FEW_ROWS, PARAMETERS = 12, 20.0
#: the same where there are more columns than rows, so that a line goes through all of them
FEW_OF_WIDE = 25


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
        expected = np.prod(np.minimum(distinct, 1000), dtype=float) < 20 * len(x)
        keys = row_keys(x)
        if expected and not copied(keys):
            return
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
                others=(by_majority(keys, labels),),
            )


def by_majority(keys: np.ndarray, labels: np.ndarray) -> Mend:
    """Without the rows whose label is not the commonest of those of rows like them."""
    table = np.zeros((keys.max() + 1, labels.max() + 1), dtype=np.intp)
    np.add.at(table, (keys, labels), 1)
    right = table[keys, labels] == table.max(axis=1)[keys]
    right &= (table == table.max(axis=1, keepdims=True)).sum(axis=1)[keys] == 1
    line = f"~np.isin(np.arange(len(x)), {np.flatnonzero(~right).tolist()})"
    return lambda case: case.only(line, right)


def copied(keys: np.ndarray) -> bool:
    """Whether rows are copies of one another: most of them have an equal one as many rows on."""
    order = np.argsort(keys, kind="stable")
    pairs = keys[order][1:] == keys[order][:-1]
    apart = np.diff(order)[pairs]
    far = np.bincount(apart) if len(apart) else np.zeros(1)
    for offset in {int(far.argmax()), len(keys) // 2}:
        if 0 < offset < len(keys) and np.mean(keys[offset:] == keys[:-offset]) > COPIED:
            return True
    return False


class Imbalanced(Check):
    """A class is rare, and every row counts alike.

    Saying the common class for every row is then nearly always right, and the rare class is hardly
    found. Accuracy does not show it.
    """

    code = "PL221"
    severity = "warning"
    sure = False
    figure = "balanced"
    folded = True
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
        wide = int(np.prod(evidence.x.shape[1:])) if evidence.plain else 0
        least = max(2, groups)
        few = rows < FEW_ROWS * least or rows <= min(wide, FEW_OF_WIDE * least)
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
