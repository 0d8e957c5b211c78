"""Arrays on their way into a program, and the machine that it runs on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pellucid.data import CSR, Features

KINDS = ("uint8", "int8", "int16", "int32", "int64", "float32", "float64", "uint16", "bool")
#: an input whose share of numbers other than 0 is below this goes in compressed form
SPARSE = 0.35
#: of which this many rows are looked at
SAMPLE = 64


def available() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Feed(NamedTuple):
    """Where a program reads rows, and who owns that memory."""

    place: tuple[int, ...]
    owners: tuple[Any, ...]


def feed(rows: Features) -> Feed:
    return _array(readable(rows)) if isinstance(rows, np.ndarray) else _entries(rows)


def _array(array: np.ndarray) -> Feed:
    return Feed((array.ctypes.data, kind_of(array), array.strides[0], 0, 0, 0, 0), (array,))


def _entries(rows: CSR) -> Feed:
    starts = np.ascontiguousarray(rows.indptr, np.int64)
    columns, data = np.ascontiguousarray(rows.indices), readable(np.ascontiguousarray(rows.data))
    most = int(np.diff(starts).max(initial=0))
    place = (
        data.ctypes.data, kind_of(data), 0, starts.ctypes.data, columns.ctypes.data,
        kind_of(columns), most,
    )  # fmt: skip
    return Feed(place, (starts, columns, data))


def kind_of(array: np.ndarray) -> int:
    return KINDS.index(array.dtype.name)


def readable(array: np.ndarray) -> np.ndarray:
    """The array as the program can read it: known numbers, each row in one piece."""
    if array.dtype.name not in KINDS or not array.dtype.isnative:
        array = array.astype(np.float64 if array.dtype.itemsize > 2 else np.float32)
    if array.ndim > 1 and not array[:1].flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return array


def density(rows: Features) -> float:
    """The share of numbers other than 0: of all entries, or in a sample of rows."""
    if not isinstance(rows, np.ndarray):
        return len(rows.data) / max(1, rows.shape[0] * rows.shape[1])
    some = rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]
    return float(np.count_nonzero(some)) / max(1, some.size)
