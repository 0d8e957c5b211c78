"""Rows of the data: which stand where, twice, or in which order, and their targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pellucid.data import ArrayData, holdout
from pellucid.data.batches import dense_rows
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import probabilities
from pellucid.glass.doctor.runs import Outcome
from pellucid.glass.doctor.statistics import columns, row_keys, sampled

#: the share of rows with a twin of another class, from which on it is a fault
CONTRADICTED = 0.05
#: the share of the validation rows that are among those to train on
SHARED = 0.02
#: the share of neighbours of one class in rows that are in order; 1 − 1/rows if they are sorted
IN_ORDER = 0.9
#: deviations of the training rows between two means, and the standard errors that this has to be
SHIFTED, CERTAIN = 1.0, 8.0
#: a class of fewer rows than this share is rare
RARE = 0.12
#: rows of a class in one part, from which on it should be in the other as well
EXPECTED = 5
#: the least rows of a class, or of a number to be hit, that a network is trained on, and how many
#: parameters for each row are then too many
FEW_ROWS, PARAMETERS = 12, 20.0
#: the share of the rows whose label is doubted, from which on it is a fault
NOISE, MOST_NOISE = 0.1, 0.6
#: the share of the rows that new validation rows are
VALIDATION = 0.2


def held_out_anew(case: Case) -> Case:
    """Validation rows drawn at random from all rows to train on."""
    labels = case.y if case.y.dtype.kind in "iub" and case.y.ndim == 1 else None
    kept, held = holdout(len(case.x), VALIDATION, 0, labels)
    given = "y" if labels is not None else "None"
    lines = (
        "from pellucid.data import holdout",
        f"kept, held = holdout(len(x), {VALIDATION}, 0, {given})",
        'fit["validation_data"] = (x[held], y[held])',
        "x, y = x[kept], y[kept]",
    )
    fit = case.fit | {"validation_data": (case.x[held], case.y[held])}
    chosen = {"x": case.x[kept], "y": case.y[kept], "rows": case.rows[kept]}
    return replace(case, **chosen, fit=fit, lines=(*case.lines, *lines))


def pooled(case: Case) -> Case:
    """All rows put together, and validation rows drawn from them at random."""
    x_val, y_val = case.fit["validation_data"]
    x, y = np.concatenate([case.x, x_val]), np.concatenate([case.y, y_val])
    rows = np.concatenate([case.rows, np.full(len(x_val), -1)])
    lines = (
        'x_val, y_val = fit["validation_data"]',
        "x, y = np.concatenate([x, x_val]), np.concatenate([y, y_val])",
    )
    return held_out_anew(replace(case, x=x, y=y, rows=rows, lines=(*case.lines, *lines)))


def parts(evidence: Evidence) -> tuple[np.ndarray, np.ndarray] | None:
    """The inputs to train on and to validate on, some rows of each, laid out flat."""
    held = evidence.validation
    if held is None or len(held.x) != 1 or not evidence.plain:
        return None
    found = []
    for data in (evidence.data, held):
        rows = sampled(len(data))
        rows = rows if data.rows is None else data.rows[rows]
        found.append(dense_rows(data.x[0], rows).reshape(len(rows), -1))
    return found[0], found[1]


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


class RowsInBoth(Check):
    """Rows that are trained on stand among those to validate on.

    The validation then measures what was learnt by heart, and says nothing of new rows.
    """

    code = "PL217"
    severity = "error"
    sure = True
    tried = False
    cure = "Take them out of the validation data, or use `validation_split`."
    confused = "A few rows that are equal by chance, where columns have few values."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(6,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x, y = clusters(300, 6, 2, apart=1.0)
fit = {"epochs": 30, "validation_data": (x[:100], y[:100])}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(6,)), layers.Dense(1, "sigmoid")])
net.compile("adam", "binary_crossentropy")
x, y = clusters(500, 6, 2, apart=1.0)
x, y, fit = x[:300], y[:300], {"epochs": 30, "validation_data": (x[300:], y[300:])}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        held = evidence.validation
        if held is None or not evidence.plain or evidence.bad_x or len(held.x) != 1:
            return
        share = shared(evidence.data, held)
        if share > SHARED:
            own = "validation_data" in evidence.fit
            yield Suspicion(
                f"{share:.0%} of the rows to validate on are trained on as well",
                {"share": share, "rows to validate on": len(held)},
                {},
                held_out_anew if own else None,
            )


def shared(data: ArrayData, held: ArrayData) -> float:
    """The share of the held rows, or of some of them, that stand in the others."""
    rows = sampled(len(held))
    rows = rows if held.rows is None else held.rows[rows]
    some = np.ascontiguousarray(dense_rows(held.x[0], rows))
    kind = np.result_type(some.dtype, data.x[0].dtype)
    wanted = {row.tobytes() for row in some.astype(kind)}
    all_rows = slice(None) if data.rows is None else data.rows
    whole = np.ascontiguousarray(dense_rows(data.x[0], all_rows))
    if whole.nbytes > 1 << 28:
        whole = whole[sampled(len(whole))]
    seen = {key for key in (row.tobytes() for row in whole.astype(kind)) if key in wanted}
    constant = len(wanted) < len(some) // 4
    return 0.0 if constant else float(np.mean([row.tobytes() in seen for row in some.astype(kind)]))


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


class AnotherDistribution(Check):
    """The rows to validate on are from another distribution than those to train on.

    What is measured is then how the network does elsewhere: scaled otherwise, another year, other
    classes.
    """

    code = "PL220"
    severity = "error"
    sure = True
    tried = False
    after = ("PL222",)
    cure = "Prepare both parts alike, and draw the rows to validate on at random."
    confused = "Memorising, where validation is worse though the rows are of one kind."
    example = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(700)
fit = {"epochs": 20, "validation_data": (16 * x[500:], y[500:])}
x, y = x[:500], y[:500]
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(700)
fit = {"epochs": 20, "validation_data": (x[500:], y[500:])}
x, y = x[:500], y[:500]
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        two = parts(evidence)
        if two is None or evidence.bad_x or "validation_data" not in evidence.fit:
            return
        train, held = columns(two[0]), columns(two[1])
        usual = np.sqrt((train.std**2 + np.median(train.std) ** 2) / 2)
        usual = np.where(usual > 0, usual, np.inf)
        apart = np.abs(held.mean - train.mean) / usual
        error = np.sqrt(1 / len(two[0]) + 1 / len(two[1]))
        wide = held.std / np.where(train.std > 0, train.std, np.inf)
        moved = (apart > SHIFTED) & (apart > CERTAIN * error)
        stretched = (wide > 3) | ((wide < 1 / 3) & (train.std > 0) & (wide > 0))
        enough = min(len(two[0]), len(two[1])) >= 10
        if enough and max(moved.mean(), stretched.mean()) > 0.2:
            at = int(
                np.argmax(
                    np.where(moved, apart, 0)
                    if moved.any()
                    else np.abs(np.log(np.maximum(wide, 1e-9)))
                )
            )
            yield Suspicion(
                "the rows to validate on are from another distribution than those to train on",
                {
                    f"mean of column {at}, training": float(train.mean[at]),
                    "validation": float(held.mean[at]),
                    "deviation, training": float(train.std[at]),
                    "deviation, validation": float(held.std[at]),
                },
                {"columns": np.flatnonzero(moved | stretched)[:10].tolist()},
                held_out_anew,
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


class ClassMissing(Check):
    """A class stands in one part of the data only.

    What is never trained on is never said; what is never validated on is never noticed.
    """

    code = "PL222"
    severity = "error"
    sure = True
    tried = False
    cure = "Draw the rows to validate on at random, with a share of each class."
    confused = "A class of one or two rows, which chance can leave out."
    example = """
net = Sequential([layers.Dense(24, "relu", input_shape=(6,)), layers.Dense(4, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(600, 6, 4)
part = y == 3
x, y, fit = x[~part], y[~part], {"epochs": 30, "validation_data": (x[part], y[part])}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "relu", input_shape=(6,)), layers.Dense(4, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(600, 6, 4)
part = np.arange(600) % 5 == 0
x, y, fit = x[~part], y[~part], {"epochs": 30, "validation_data": (x[part], y[part])}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        held, labels = evidence.validation, evidence.labels
        if (
            held is None
            or labels is None
            or len(held.y) != 1
            or evidence.kind not in ("classes", "one-hot")
        ):
            return
        here = of_part(evidence.data)
        there = of_part(held)
        count = max(len(here), len(there))
        here, there = (np.pad(each, (0, count - len(each))) for each in (here, there))
        share = here.sum() / max(1, there.sum())
        missing = (here == 0) & (there >= 2)
        unseen = (there == 0) & (here > EXPECTED * max(1.0, share))
        if missing.any() or unseen.any():
            at = int(np.argmax(missing | unseen))
            which = "to train on" if here[at] == 0 else "to validate on"
            own = "validation_data" in evidence.fit
            yield Suspicion(
                f"no row {which} is of class {at}",
                {"rows to train on": int(here[at]), "rows to validate on": int(there[at])},
                {"classes": np.flatnonzero(missing | unseen)[:10].tolist()},
                pooled if own and evidence.plain else None,
            )


def of_part(data: ArrayData) -> np.ndarray:
    """How many rows of each class a part has."""
    y = data.y[0] if data.rows is None else data.y[0][data.rows]
    y = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(-1)
    return np.bincount(y.astype(np.int64))


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
        if evidence.error is not None or not evidence.plain:
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
        share, of_surest = float(wrong.mean()), float(wrong[surest(outcome)].mean())
        if not NOISE < share < MOST_NOISE or of_surest < NOISE:
            return
        rows = outcome.rows[wrong]
        kept = ~np.isin(np.arange(len(labels)), rows)
        line = f"~np.isin(np.arange(len(x)), {rows.tolist()})"
        yield Suspicion(
            f"{len(rows)} rows have another label than networks say that were trained without them",
            {"rows": len(rows), "share": share, "of the half they are surest of": of_surest},
            {"rows": rows[:20].tolist()},
            lambda case: case.only(line, kept),
        )


def surest(outcome: Outcome) -> np.ndarray:
    """The half of the rows of whose class networks are surest."""
    assert outcome.outputs is not None
    assert outcome.end is not None
    p = probabilities(outcome.end, outcome.outputs.reshape(len(outcome.outputs), -1))
    sure = p.max(axis=1) if p.shape[1] > 1 else np.abs(p[:, 0] - 0.5)
    return np.argsort(-sure, kind="stable")[: len(sure) // 2]
