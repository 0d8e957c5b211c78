"""Arrays packed for a page, one after the other: each number once, in the dtype it has."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np

#: how the page reads what is kept, by NumPy's names
DTYPES = frozenset(["<f4", "<f8", "<i4", "|u1"])
#: every array begins at a multiple of so many bytes
STEP = 8

Data = dict[str, Any]


class Packing:
    """What has been packed so far."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.end = 0

    def add(self, array: np.ndarray) -> Data:
        """Where the numbers of an array stand, and how they are kept."""
        kept = simple(array)
        found = {"kept": kept.dtype.str, "at": self.end, "count": kept.size}
        part = kept.tobytes()
        self.parts.append(part + bytes(-len(part) % STEP))
        self.end += len(self.parts[-1])
        return found

    def text(self) -> str:
        """All of it, deflated and in base64."""
        return base64.b64encode(zlib.compress(b"".join(self.parts), 9)).decode()


def simple(array: np.ndarray) -> np.ndarray:
    """The same numbers in a dtype that the page reads; those of whole numbers may be wider."""
    kept = np.ascontiguousarray(array)
    if kept.dtype.kind == "b":
        return kept.astype("|u1")
    if kept.dtype.kind in "iu":
        narrow = kept.astype("<i4")
        return narrow if np.array_equal(narrow, kept) else kept.astype("<f8")
    small = kept.dtype.newbyteorder("<")
    return kept.astype(small if small.str in DTYPES else "<f8", copy=False)
