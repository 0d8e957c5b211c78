"""Batches, and the rows they are taken from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from .sparse import CSR, Features


class Batch(NamedTuple):
    """Some rows of every input and target, and where they came from (None for streams)."""

    x: tuple[Features, ...]
    y: tuple[np.ndarray, ...]
    weight: np.ndarray | None
    rows: np.ndarray | None


@dataclass(frozen=True, eq=False)
class ArrayData:
    """Rows that can be taken in any order.

    `x`, `y` and `weight` are whole arrays in the dtype they came in, never copied. `rows` picks
    some of their rows; None stands for all of them, in order.
    """

    x: tuple[Features, ...]
    y: tuple[np.ndarray, ...] = ()
    weight: np.ndarray | None = None
    rows: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.x[0]) if self.rows is None else len(self.rows)

    @property
    def x_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shape of one row of each input."""
        return tuple(array.shape[1:] for array in self.x)

    def take(self, rows: Any) -> Batch:
        """The rows of these numbers, copied."""
        return self._pick(self._original(rows))

    def between(self, start: int, stop: int) -> Batch:
        """Rows from `start` up to `stop`, as views where the rows lie in order."""
        if self.rows is not None:
            return self._pick(self.rows[start:stop])
        chosen = slice(*slice(start, stop).indices(len(self)))
        return Batch(
            tuple(x[chosen] for x in self.x),
            tuple(array[chosen] for array in self.y),
            None if self.weight is None else self.weight[chosen],
            np.arange(chosen.start, chosen.stop),
        )

    def subset(self, rows: Any) -> ArrayData:
        """The same arrays, seen through these rows alone."""
        chosen = self._original(np.arange(len(self))[rows])
        return replace(self, rows=np.ascontiguousarray(chosen))

    def _original(self, rows: Any) -> np.ndarray:
        rows = np.asarray(rows, dtype=np.intp)
        return rows if self.rows is None else self.rows[rows]

    def _pick(self, rows: np.ndarray) -> Batch:
        return Batch(
            tuple(x[rows] if isinstance(x, CSR) else gathered(x, rows) for x in self.x),
            tuple(gathered(array, rows) for array in self.y),
            None if self.weight is None else gathered(self.weight, rows),
            rows,
        )


def gathered(array: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows of these numbers, copied."""
    # take is twice as quick as indexing, but copies all of an array that is not C-ordered
    return array.take(rows, axis=0) if array.flags.c_contiguous else array[rows]


def dense_rows(x: Features, rows: slice | np.ndarray, dtype: Any = None) -> np.ndarray:
    """Some rows as dense numbers of a kind, or of their own."""
    if isinstance(x, CSR):
        return x[rows].dense(dtype)
    return np.asarray(x[rows] if isinstance(rows, slice) else gathered(x, rows), dtype)
