"""Floors: the least time a workload could take here, by what it has to compute and to move.

Nothing is faster than its arithmetic at the speed of a matrix product, or than reading what it
needs from where that can be kept at best; a write counts as a read. Π are the multiplications of a
row, in dense layers n₀·n₁ + n₁·n₂ + …, and P is the number of parameters.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from parts import along
from workloads import Workload, data_files

#: bytes of a float32, and of one that is kept with its column
NUMBER, ENTRY = 4, 8
#: for each parameter of a step: operations, numbers read and written, numbers kept
UPDATES = {"sgd": (2, 2, 1), "rmsprop": (9, 4, 2), "adam": (13, 6, 3)}


class Zeros(NamedTuple):
    """What of X is not 0: the share of its numbers, and of its columns within a batch."""

    density: float = 1.0
    touched: float = 1.0


class Needs(NamedTuple):
    """What a workload computes and moves, and where that may be kept, in bytes."""

    flops: float
    rows: float
    parameters: float
    size_of_rows: float
    size_of_parameters: float


def zeros(of: Workload, folder: Path, least: int = 2000) -> Zeros:
    """As counted in the first rows, in one batch at least; only dense layers profit from them."""
    if not of.dense:
        return Zeros()
    size = of.rows_per_call or of.batch
    x = np.load(data_files(of.data, folder)[0], mmap_mode="r")[: max(least, size)] != 0
    batches = x[: len(x) // size * size].reshape(-1, size, x.shape[1])
    return Zeros(float(x.mean()), float(batches.any(axis=1).mean()))


def products(of: Workload, share: float) -> tuple[float, float]:
    """That share of the first part's multiplications, and the rest of Π."""
    first, *others = (part.products(given) for part, given in along(of.parts, of.shape))
    return share * first, sum(others)


def flops(of: Workload, known: Zeros) -> float:
    """2·Π a row to predict; to train 6·Π a row, 4 for the first part, and the update of P a step.

    Z = A·W, dW = Aᵀ·dZ and, but for the first layer, dA = dZ·Wᵀ.
    """
    first, rest = products(of, known.density)
    if of.rows_per_call:
        return of.rows_per_call * 2 * (first + rest)
    updates = UPDATES[of.optimizer][0] * steps(of) * used(of, known)
    return of.rows * of.epochs * (4 * first + 6 * rest) + updates


def steps(of: Workload) -> int:
    return 1 if of.rows_per_call else -(-of.rows // of.batch) * of.epochs


def used(of: Workload, known: Zeros) -> float:
    """The parameters that a call reads or a step changes: of P, what zeros do not make needless."""
    share = known.touched if of.rows_per_call or of.optimizer == "sgd" else 1.0
    weights = [
        [math.prod(each.extents) for each in part.weights(given)]
        for part, given in along(of.parts, of.shape)
    ]
    first, *others = weights
    return share * first[0] + sum(first[1:]) + sum(map(sum, others))


def needs(of: Workload, known: Zeros) -> Needs:
    """Rows are read once an epoch, after the first without their zeros if that is less.

    Parameters are read once a call to predict; a step reads and writes those that it changes.
    """
    rows = of.rows_per_call or of.rows
    width = math.prod(of.shape)
    row, entries = NUMBER * width, ENTRY * known.density * width
    numbers, kept = (1, 1) if of.rows_per_call else UPDATES[of.optimizer][1:]
    return Needs(
        flops=flops(of, known),
        rows=rows * (row + (of.epochs - 1) * min(row, entries)),
        parameters=NUMBER * numbers * steps(of) * used(of, known),
        size_of_rows=rows * row,
        size_of_parameters=NUMBER * kept * used(of, Zeros()),
    )


def place(size: float, caches: dict[str, int], threads: int) -> str:
    """The nearest place that so many bytes fit into."""
    if size <= caches["core"] * threads:
        return "core"
    return "last" if size <= caches["last"] else "memory"


def floor(need: Needs, ceilings: dict[str, Any], threads: str) -> tuple[float, str]:
    """Seconds, and what takes them: the longest of arithmetic, rows and parameters."""

    def reading(amount: float, size: float) -> float:
        where = place(size, ceilings["caches"], int(threads))
        return amount / ceilings["bandwidth"][where][threads]

    return max(
        (need.flops / ceilings["flops"][threads], "arithmetic"),
        (reading(need.rows, need.size_of_rows), "rows"),
        (reading(need.parameters, need.size_of_parameters), "parameters"),
    )


def lowest(need: Needs, ceilings: dict[str, Any]) -> tuple[float, str]:
    """The floor at the better number of threads."""
    return min(floor(need, ceilings, threads) for threads in ceilings["flops"])
