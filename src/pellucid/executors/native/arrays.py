"""Arrays on their way into a program, and the machine that it runs on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.executors.native._kernels import Feeds

if TYPE_CHECKING:
    from pellucid.data import CSR, Features

NAMES = ("uint8", "int8", "int16", "int32", "int64", "float32", "float64", "uint16", "bool")
#: the number of each kind that a program can read
KINDS = {np.dtype(name): number for number, name in enumerate(NAMES)}
#: an input whose share of numbers other than 0 is below this goes in compressed form
SPARSE = 0.35
#: of which this many rows are looked at
SAMPLE = 64


def available() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fed(arrays: Sequence[Features]) -> Feeds:
    """The arrays as a program reads them."""
    feeds = Feeds()
    for each in arrays:
        if isinstance(each, np.ndarray):
            rows = readable(each)
            feeds.rows(rows, KINDS[rows.dtype])
        else:
            feeds.entries(*entries(each))
    return feeds


def entries(rows: CSR) -> tuple[np.ndarray, np.ndarray, int, np.ndarray, int, int]:
    """Where each row starts; the columns and the values, with their kinds; the most in a row."""
    starts = np.ascontiguousarray(rows.indptr, np.int64)
    kind = np.int32 if rows.indices.dtype == np.int32 else np.int64
    columns = np.ascontiguousarray(rows.indices, kind)
    values = np.ascontiguousarray(readable(rows.data))
    most = int(np.diff(starts).max(initial=0))
    return starts, columns, KINDS[columns.dtype], values, KINDS[values.dtype], most


def readable(array: np.ndarray) -> np.ndarray:
    """The array as the program can read it: known numbers, each row in one piece."""
    if array.dtype not in KINDS:
        array = array.astype(np.float64 if array.dtype.itemsize > 2 else np.float32)
    if array.ndim > 1 and not array[:1].flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return array if array.flags.aligned else array.copy()


def density(rows: Features) -> float:
    """The share of numbers other than 0: of all entries, or in a sample of rows."""
    if not isinstance(rows, np.ndarray):
        return len(rows.data) / max(1, rows.shape[0] * rows.shape[1])
    some = rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]
    return float(np.count_nonzero(some)) / max(1, some.size)
