"""Rows divided at random into those to keep and those to hold out, class by class."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..randomness import generator

#: the purpose of the draw, for the generator
STREAM = 0x73706C6974


def holdout(
    rows: int,
    fraction: float,
    seed: int,
    labels: np.ndarray | None = None,
    name: str = "validation_split",
) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the rows kept and of the rows held out, each in ascending order.

    The rows are drawn at random. With `labels`, every class keeps its share of both parts.
    """
    held = count_of(rows, fraction, name)
    if held >= rows:
        raise ValueError(
            f"{name}={fraction} of {rows} row{'s' * (rows != 1)} leaves none to train "
            f"on: give more rows or a smaller fraction"
        )
    kept_rows, held_rows = divide(rows, held, seed, labels)
    return np.sort(kept_rows), np.sort(held_rows)


def count_of(
    rows: int, fraction: float, name: str, rounded: Callable[[float], int] = math.ceil
) -> int:
    """fraction·rows as a whole number, for a fraction between 0 and 1."""
    number = isinstance(fraction, (float, np.floating))
    if not number or not 0 < fraction < 1:
        raise ValueError(
            f"{name} is {fraction!r}; expected a fraction between 0 and 1, such as {name}=0.2"
        )
    return rounded(round(float(fraction) * rows, 6))


def divide(
    rows: int, held: int, seed: int, labels: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """`rows - held` row numbers and `held` others, both shuffled; with `labels`, stratified."""
    order = generator(seed, STREAM).permutation(rows)
    return (order[held:], order[:held]) if labels is None else parted(order, held, labels)


def parted(order: np.ndarray, held: int, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """All but `held` of the rows in an order, and the others; every class has its share of both."""
    codes = class_codes(labels, len(order))[order]
    quota = class_quotas(np.bincount(codes), held)
    chosen = rank_in_class(codes) < quota[codes]
    return order[~chosen], order[chosen]


def class_codes(labels: Any, rows: int) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.ndim == 0 or len(labels) != rows:
        raise ValueError(
            f"the labels to stratify by have shape {labels.shape}; expected one for each of the "
            f"{rows} rows"
        )
    flat = labels.reshape(rows, -1)
    if flat.shape[1] == 1:
        return np.unique(flat[:, 0], return_inverse=True)[1]
    return np.unique(flat, axis=0, return_inverse=True)[1].reshape(rows)


def rank_in_class(codes: np.ndarray) -> np.ndarray:
    """For each row, how many rows of its class come before it."""
    by_class = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    starts = np.cumsum(sizes) - sizes
    rank = np.empty(len(codes), dtype=np.intp)
    rank[by_class] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return rank


def class_quotas(sizes: np.ndarray, held: int) -> np.ndarray:
    """How many rows of each class are held: ⌊size·held/rows⌋, then by largest remainder.

    A class of two rows or more is in both parts wherever the numbers allow it.
    """
    share = sizes * (held / sizes.sum())
    least, most = np.minimum(sizes - 1, 1), sizes - 1
    if least.sum() > held:
        least = np.zeros_like(sizes)
    if most.sum() < held:
        most = sizes
    quota = np.clip(np.floor(share).astype(np.intp), least, most)
    while (short := held - quota.sum()) != 0:
        step = int(np.sign(short))
        movable = np.flatnonzero(quota < most if step > 0 else quota > least)
        neediest = movable[np.argsort(step * (quota - share)[movable], kind="stable")]
        quota[neediest[: abs(short)]] += step
    return quota
