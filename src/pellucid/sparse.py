"""Sparse matrices by their rows: SciPy's, and whatever else turns itself into such.

What SciPy has noted about a matrix may be of the past, for its arrays can be changed in place. So
they are looked at: whatever went by them unseen would read and write outside of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np


@dataclass(frozen=True, eq=False)
class CSR:
    """A matrix as the numbers that it holds; those of row i are data[indptr[i] : indptr[i + 1]].

    `indices` are their columns, which ascend within a row. Every other number is 0.
    """

    indptr: np.ndarray
    indices: np.ndarray
    data: np.ndarray
    shape: tuple[int, int]
    ndim: ClassVar[int] = 2
    format: ClassVar[str] = "csr"

    @property
    def dtype(self) -> np.dtype:
        return self.data.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> CSR:
        """These rows: a slice shares the numbers, row numbers copy them."""
        return self._between(rows) if isinstance(rows, slice) else self._taken(rows)

    def dense(self, dtype: Any = None) -> np.ndarray:
        """All rows as an array, in the dtype of the numbers where none is named."""
        array = np.zeros(self.shape, self.dtype if dtype is None else dtype)
        array[np.repeat(np.arange(len(self)), np.diff(self.indptr)), self.indices] = self.data
        return array

    def _between(self, rows: slice) -> CSR:
        start, stop, _ = rows.indices(len(self))
        indptr = self.indptr[start : max(start, stop) + 1]
        held = slice(indptr[0], indptr[-1])
        shape = len(indptr) - 1, self.shape[1]
        return CSR(indptr - indptr[0], self.indices[held], self.data[held], shape)

    def _taken(self, rows: np.ndarray) -> CSR:
        starts = self.indptr[:-1][rows]
        counts = self.indptr[1:][rows] - starts
        indptr = np.concatenate([[0], np.cumsum(counts)])
        held = np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], counts)
        return CSR(indptr, self.indices[held], self.data[held], (len(rows), self.shape[1]))


def is_sparse(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("tocsr", "shape", "dtype"))


def by_rows(value: Any, name: str) -> CSR:
    """A matrix, or a single row; the numbers of a CSR whose columns are in order are not copied."""
    try:
        if getattr(value, "format", "") != "csr":
            refuse_unsound(value, name)  # SciPy goes by the places unseen when it looks for rows
        found = value.tocsr()
        rows, columns = (1, *map(int, value.shape))[-2:]
        starts, indices = np.array(signed(found.indptr)), signed(found.indices)
        x = CSR(starts, indices, found.data, (rows, columns))
    except AttributeError as error:
        raise TypeError(
            f"{name}, a {type(value).__name__}, cannot be read as a sparse matrix: {error}. "
            "Give an array, or a matrix of SciPy's"
        ) from error
    refuse_unsound(x, name)
    held = slice(x.indptr[-1])
    x = replace(x, indices=x.indices[held], data=x.data[held])
    return x if ascends(x) else in_order(x, type(found))


def in_order(x: CSR, kind: Any) -> CSR:
    """The same on a copy: columns in order, those that are there several times added up."""
    made = kind((x.data.copy(), x.indices.copy(), x.indptr), shape=x.shape)
    made.sum_duplicates()
    return CSR(made.indptr, made.indices, made.data, x.shape)


def signed(places: np.ndarray) -> np.ndarray:
    """Whole numbers as SciPy takes and NumPy adds them; a copy where they are of another kind."""
    as_they_are = places.dtype.kind not in "iu" or places.dtype in (np.int32, np.int64)
    return places if as_they_are else places.astype(np.int64)


def ascends(x: CSR) -> bool:
    """Whether the columns of each row ascend, and none is there twice."""
    later = x.indices[1:] > x.indices[:-1]
    begins = x.indptr[1:-1]
    later[begins[(begins > 0) & (begins < len(x.indices))] - 1] = True
    return bool(later.all())


def refuse_unsound(value: Any, name: str) -> None:
    """Refuse a matrix, or a single row, whose numbers have places outside it."""
    if not is_sound(value):
        fit = "" if value.format == "coo" else f": `{name}.check_format()` says which"
        raise ValueError(
            f"{name} is a sparse matrix of shape {value.shape} whose indices do not fit it{fit}"
        )


def is_sound(value: Any) -> bool:
    """Whether all places are within the matrix, in the forms that hold them in arrays."""
    rows, columns = (1, *value.shape)[-2:]
    match getattr(value, "format", ""):
        case "coo":
            held = value.coords if hasattr(value, "coords") else (value.row, value.col)
            return all(map(within, held, value.shape))
        case "csr":
            return value.data.ndim == 1 and fits(value, rows, columns)
        case "csc":
            return fits(value, columns, rows)
        case "bsr":
            high, wide = value.blocksize
            return fits(value, rows // high, columns // wide)
    return True


def fits(value: Any, rows: int, columns: int) -> bool:
    """Whether `indptr` cuts `indices` into rows, and all of them are numbers of columns."""
    indptr, indices = value.indptr, value.indices
    return (
        indptr.ndim == indices.ndim == 1
        and {indptr.dtype.kind, indices.dtype.kind} <= {"i", "u"}
        and len(indptr) == rows + 1
        and indptr[0] == 0
        and bool((indptr[1:] >= indptr[:-1]).all())
        and indptr[-1] <= min(len(indices), len(value.data))
        and within(indices[: indptr[-1]], columns)
    )


def within(places: np.ndarray, extent: int) -> bool:
    return not places.size or bool(places.min() >= 0 and places.max() < extent)
