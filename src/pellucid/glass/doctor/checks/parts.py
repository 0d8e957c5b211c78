"""Rows to train on and to validate on: whether they are apart, and alike."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pellucid.data import ArrayData, holdout
from pellucid.data.batches import dense_rows
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.statistics import quick_keys, sampled, telling

#: the share of the validation rows that are among those to train on
SHARED = 0.02
#: and their least number: rows of a table are equal now and then
FEWEST_SHARED = 3
#: rows that are read at once, and bytes of rows of which all are looked at
AT_ONCE, MOST_BYTES = 1000, 1 << 28
#: rows of a class in one part, from which on it should be in the other as well
EXPECTED = 5
#: the share of the rows that new validation rows are
VALIDATION = 0.2


def held_out_anew(case: Case) -> Case:
    """Validation rows drawn at random from all rows to train on; only of one input."""
    if isinstance(case.x, tuple):
        raise LookupError("rows of several inputs are taken from each of them")
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
    two = both_parts(evidence)
    if two is None:
        return None
    found = []
    for data in two:
        rows = sampled(len(data))
        rows = rows if data.rows is None else data.rows[rows]
        found.append(dense_rows(data.x[0], rows).reshape(len(rows), -1))
    return found[0], found[1]


def both_parts(evidence: Evidence) -> tuple[ArrayData, ArrayData] | None:
    """The rows to train on and to validate on, of one input: several are laid side by side."""
    held = evidence.validation
    if held is None or evidence.error is not None:
        return None
    if evidence.plain:
        return (evidence.data, held) if len(held.x) == 1 else None
    several = isinstance(evidence.x, tuple) and all(map(dense, (*evidence.x, *held.x)))
    return (side_by_side(evidence.data), side_by_side(held)) if several else None


def dense(x: object) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind in "biuf" and x.nbytes < MOST_BYTES


def side_by_side(data: ArrayData) -> ArrayData:
    flat = [np.asarray(each).reshape(len(each), -1) for each in data.x]
    return replace(data, x=(np.concatenate(flat, axis=1),))


class RowsInBoth(Check):
    """Rows that are trained on stand among those to validate on.

    The validation then measures what was learnt by heart, and says nothing of new rows.
    """

    code = "PL217"
    severity = "error"
    sure = True
    tried = False
    after = ("PL222",)
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
        two = both_parts(evidence)
        if two is None or evidence.bad_x:
            return
        share, held = shared(*two), two[1]
        if share > SHARED and round(share * len(held)) >= FEWEST_SHARED:
            own = "validation_data" in evidence.fit
            yield Suspicion(
                f"{share:.0%} of the rows to validate on are trained on as well",
                {"share": share, "rows to validate on": len(held)},
                {},
                held_out_anew if own else None,
            )


def shared(data: ArrayData, held: ArrayData) -> float:
    """The share of the held rows, or of some of them, that stand in the others."""
    kind = np.result_type(held.x[0].dtype, data.x[0].dtype)
    some = list(keys(held, sampled(len(held)), kind))
    wanted = set(some)
    if len(wanted) < len(some) // 4:
        return 0.0
    size = len(data) * math.prod(data.x[0].shape[1:]) * kind.itemsize
    rows = np.arange(len(data)) if size < MOST_BYTES else sampled(len(data))
    seen = wanted.intersection(keys(data, alike(data, held, rows), kind))
    return float(np.mean([key in seen for key in some]))


def alike(data: ArrayData, held: ArrayData, rows: np.ndarray) -> np.ndarray:
    """Those of some rows that are equal to a held one in the columns that differ most."""
    flat, other = data.x[0], held.x[0]
    if not isinstance(flat, np.ndarray) or not isinstance(other, np.ndarray):
        return rows
    flat, other = (each.reshape(len(each), -1) for each in (flat, other))
    chosen = telling(other)
    wanted = quick_keys(other if held.rows is None else other[held.rows], chosen)
    given = quick_keys(flat, chosen)
    return rows[np.isin(given[rows if data.rows is None else data.rows[rows]], wanted)]


def keys(data: ArrayData, rows: np.ndarray, kind: np.dtype) -> Iterator[int]:
    """A number for each of some rows, equal for equal rows; a few rows are read at a time."""
    rows = rows if data.rows is None else data.rows[rows]
    for first in range(0, len(rows), AT_ONCE):
        read = dense_rows(data.x[0], rows[first : first + AT_ONCE])
        for row in np.ascontiguousarray(read.astype(kind, copy=False)):
            yield hash(row.tobytes())


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
        two = labels_of_parts(evidence)
        if two is None or evidence.labels is None or evidence.kind not in ("classes", "one-hot"):
            return
        here, there = map(counts, two)
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


def labels_of_parts(evidence: Evidence) -> tuple[np.ndarray, np.ndarray] | None:
    """The targets to train on and to validate on, also where fit refuses these."""
    held = evidence.validation
    if held is not None:
        return (of_part(evidence.data), of_part(held)) if len(held.y) == 1 else None
    given = evidence.fit.get("validation_data")
    if evidence.y is None or not isinstance(given, (tuple, list)) or len(given) < 2:
        return None
    y = np.asarray(given[1])
    whole = y.dtype.kind in "iu" and y.ndim == 1 and y.size and y.min() >= 0
    return (evidence.y, y) if whole and evidence.y.ndim == 1 else None


def of_part(data: ArrayData) -> np.ndarray:
    return data.y[0] if data.rows is None else data.y[0][data.rows]


def counts(y: np.ndarray) -> np.ndarray:
    """How many rows of each class there are."""
    y = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(-1)
    return np.bincount(y.astype(np.int64))
