"""Which rows each network of an estimator for tables trains on, and which are held out for it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from pellucid.data import ArrayData
from pellucid.estimators.reading import Rows


class Turn(NamedTuple):
    """What a network trains on, and what is held out for it, whose places are `at`."""

    rows: ArrayData
    held: ArrayData
    at: np.ndarray


def in_turn(rows: ArrayData, fold: np.ndarray) -> list[Turn]:
    """For each fold a turn, in which its rows are held out; all are views of the same arrays.

    Rows of fold −1 are held out in none, and have no place among those that are.
    """
    order, place = np.argsort(fold, kind="stable"), np.cumsum(fold >= 0) - 1
    ends = np.cumsum(np.bincount(fold + 1)).tolist()
    found = []
    for start, end in pairwise(ends):
        held, others = order[start:end], np.concatenate([order[end:], order[:start]])
        found.append(Turn(rows.subset(others), rows.subset(held), place[held]))
    return found


def weighing(rows: Rows) -> Rows:
    """The rows that weigh anything, with weights that are 1 in the mean."""
    if rows.weight is None:
        return rows
    rows = rows.some(np.flatnonzero(rows.weight > 0))
    if not rows.height:
        raise ValueError(
            "no row weighs anything: sample_weight times class_weight is 0 for all of them"
        )
    weight = np.asarray(rows.weight)
    return rows._replace(weight=weight / weight.mean())


def held_out(classes: np.ndarray | None, count: int, share: float, rng: Any) -> np.ndarray:
    """Which of `count` rows are held out, of every class its share; of a class of few none."""
    shuffled = by_class(classes, count, rng)
    if classes is not None:
        starts = np.searchsorted(classes[shuffled], classes[shuffled])
        place = np.arange(count) - starts
    else:
        place = np.arange(count)
    held = np.zeros(count, dtype=bool)
    held[shuffled] = np.floor((place + 1) * share) > np.floor(place * share)
    return held


def folds_of(classes: np.ndarray | None, count: int, parts: int, rng: Any) -> np.ndarray:
    """In which of so many parts each row is, which are as large as each other, in every class.

    It is −1 for what is alone in its class, which is to be in no part: the others would lack it.
    """
    found = np.empty(count, dtype=np.int64)
    found[by_class(classes, count, rng)] = np.arange(count) % parts
    if classes is not None:
        found[np.bincount(classes)[classes] == 1] = -1
    return found


def by_class(classes: np.ndarray | None, count: int, rng: Any) -> np.ndarray:
    """The rows by chance, those of a class beside each other."""
    shuffled: np.ndarray = rng.permutation(count)
    return shuffled if classes is None else shuffled[np.argsort(classes[shuffled], kind="stable")]
