"""How much of the targets a column says by itself: copies, other names, amounts of one class."""

from __future__ import annotations

from typing import Any

import numpy as np

#: a share of rows whose column says the target, from which on it is the target
TOLD = 0.995
#: and from which on, where the other columns tell little
SELDOM = 0.97
#: a correlation that only a copy has
COPY = 0.9999
#: rows by which a column that cannot be meant is passed over
LOOK = 200
#: rows of a class, on average, of which one is seen for sure
ROWS_OF_CLASS = 16
#: a correlation that hardly anything but the target has, and what a line through the other columns
#: explains at the most, where a column is taken to be the target by it
NEARLY, OTHERS = 0.998, 0.9
#: how many deviations lie between the numbers of two classes, in a column that stands for them
GAP = 8.0


def classes(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """For each column, the share of rows whose class it says."""
    ways = (renamed, left_open)
    found = [max(way(x[:, at], labels) for way in ways) for at in range(x.shape[1])]
    return by_a_gap(x, labels, but_for_errors(x, labels, np.array(found)))


def but_for_errors(x: np.ndarray, labels: np.ndarray, told: np.ndarray) -> np.ndarray:
    """TOLD also for a column that errs seldom, of two classes which the others do not tell."""
    for at in np.flatnonzero((told >= SELDOM) & (told < TOLD))[:3].tolist():
        if labels.max() == 1 and not told_by_others(x, labels, at):
            told[at] = TOLD
    return told


def by_a_gap(x: np.ndarray, labels: np.ndarray, told: np.ndarray) -> np.ndarray:
    """1 also for a column of two heaps far apart that are two classes which the others do not tell.

    It is the class with a little noise, or an amount that is paid in one of them alone.
    """
    if labels.max() != 1:
        return told
    for at in [at for at in range(x.shape[1]) if apart(x[:, at], labels)][:3]:
        told[at] = told[at] if told_by_others(x, labels, at) else 1.0
    return told


def told_by_others(x: np.ndarray, labels: np.ndarray, at: int) -> bool:
    """Whether a line through the other columns tells two classes."""
    said = fitted(np.delete(x, at, axis=1), labels) > 0.5
    return not np.mean(said == labels) < OTHERS


def apart(column: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the gap between the numbers of two classes is many times as wide as either is."""
    one, two = column[labels == 0], column[labels == 1]
    if min(len(one), len(two)) < ROWS_OF_CLASS:
        return False
    gap = max(float(one.min() - two.max()), float(two.min() - one.max()))
    return gap > GAP * max(float(one.std()), float(two.std()))


def renamed(column: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows in which each value of a column stands for a class of its own."""
    count = int(labels.max()) + 1
    some = len(np.unique(column[:: max(1, len(column) // LOOK)]))
    if some > count or (some < count and ROWS_OF_CLASS * count < LOOK):
        return 0.0
    values, codes = np.unique(column, return_inverse=True)
    if len(values) != count or count < 2:
        return 0.0
    table = np.zeros((count, count))
    np.add.at(table, (codes, labels), 1)
    distinct = len(set(table.argmax(axis=1).tolist())) == count
    return float(table.max(axis=1).sum() / len(labels)) if distinct else 0.0


def left_open(column: np.ndarray, labels: np.ndarray) -> float:
    """How surely a column has its commonest number in the rows of one class of two, and only there.

    As in a column that is filled in where something happened.
    """
    values, count = np.unique(column[:LOOK], return_counts=True)
    if labels.max() != 1 or count.max() < 3:
        return 0.0
    usual = column == values[count.argmax()]
    return float(abs(usual[labels == 0].mean() - usual[labels == 1].mean()))


def fitted(x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """What a linear model of the columns says, by least squares."""
    whole = np.column_stack([x, np.ones(len(x))]).astype(np.float64)
    return whole @ np.linalg.lstsq(whole, targets, rcond=None)[0]


def copies(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 for each column that is the target but for its unit."""
    off = x.astype(np.float64) - x.mean(axis=0)
    target = y.astype(np.float64) - y.mean()
    norm = np.sqrt((off**2).sum(axis=0)) * np.sqrt((target**2).sum())
    correlation = np.abs(off.T @ target) / np.where(norm > 0, norm, np.inf)
    found: Any = (correlation > COPY).astype(float)
    for at in np.flatnonzero((correlation > NEARLY) & (found == 0))[:3].tolist():
        left = target - fitted(np.delete(x, at, axis=1), target)
        found[at] = float(np.var(left) > (1 - OTHERS) * np.var(target))
    return found
