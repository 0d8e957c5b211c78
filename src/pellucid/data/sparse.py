"""Sparse matrices by their rows: SciPy's, and whatever else turns itself into such, as inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .arrays import refuse_no_values, refuse_other_than_numbers


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


Features = np.ndarray | CSR
"""An input of a network: all its rows, or some."""


def is_sparse(value: Any) -> bool:
    return hasattr(value, "tocsr")


def as_csr(value: Any, name: str) -> CSR:
    """`value` by its rows, its columns in order; the numbers of a CSR that is so are not copied."""
    shape = _matrix_shape(value, name)
    refuse_no_values(shape, name)
    _refuse_complex(value, name)
    found = value.tocsr()
    _refuse_unsound(found, shape, name)
    if not found.has_canonical_format:
        found = found.copy()
        found.sum_duplicates()
    held = slice(found.indptr[-1])
    refuse_other_than_numbers(found.data, name)
    return CSR(found.indptr, found.indices[held], found.data[held], shape)


def _matrix_shape(value: Any, name: str) -> tuple[int, int]:
    shape = tuple(map(int, value.shape))
    if len(shape) == 2:
        return shape[0], shape[1]
    mend = f"A single row: `{name}.reshape(1, -1)`" if len(shape) == 1 else "Give a matrix"
    raise ValueError(
        f"{name} is a sparse {type(value).__name__} of shape {shape}; expected rows and columns. "
        f"{mend}"
    )


def _refuse_complex(value: Any, name: str) -> None:
    if np.dtype(value.dtype).kind == "c":
        raise TypeError(
            f"{name} has dtype {value.dtype}; expected numbers. "
            f"Give both parts as features: `scipy.sparse.hstack([{name}.real, {name}.imag])`"
        )


def _refuse_unsound(found: Any, shape: tuple[int, int], name: str) -> None:
    """Columns outside the matrix would be read and written where other numbers stand."""
    indptr, indices = found.indptr, found.indices
    sound = (
        len(indptr) == shape[0] + 1
        and indptr[0] == 0
        and bool((indptr[1:] >= indptr[:-1]).all())
        and indptr[-1] <= min(len(indices), len(found.data))
    )
    if not sound or (indices.size and (indices.min() < 0 or indices.max() >= shape[1])):
        raise ValueError(
            f"{name} is a sparse {type(found).__name__} of shape {shape} whose indices do not fit "
            f"it: `{name}.check_format()` says which"
        )
