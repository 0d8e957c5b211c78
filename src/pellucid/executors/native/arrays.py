"""Arrays on their way into a program, and the machine that it runs on."""

from __future__ import annotations

import os

import numpy as np

KINDS = ("uint8", "int8", "int16", "int32", "int64", "float32", "float64", "uint16", "bool")
#: an input whose share of numbers other than 0 is below this goes in compressed form
SPARSE = 0.35
#: of which this many rows are looked at
SAMPLE = 64


def available() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def readable(array: np.ndarray) -> np.ndarray:
    """The array as the program can read it: known numbers, each row in one piece."""
    if array.dtype.name not in KINDS or not array.dtype.isnative:
        array = array.astype(np.float64 if array.dtype.itemsize > 2 else np.float32)
    if array.ndim > 1 and not array[:1].flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return array


def density(array: np.ndarray) -> float:
    """The share of numbers other than 0, in a sample of rows."""
    some = array[:: max(1, len(array) // SAMPLE)][:SAMPLE]
    return float(np.count_nonzero(some)) / max(1, some.size)
