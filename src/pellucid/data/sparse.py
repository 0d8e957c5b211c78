"""Sparse matrices as inputs, held by their rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sparse import CSR, by_rows
from .arrays import refuse_no_values, refuse_other_than_numbers

Features = np.ndarray | CSR
"""An input of a network: all its rows, or some."""


def as_csr(value: Any, name: str) -> CSR:
    """`value` by its rows, if it holds numbers and has any."""
    refuse_no_values(_matrix_shape(value, name), name)
    _refuse_complex(value, name)
    found = by_rows(value, name)
    refuse_other_than_numbers(found.data, name)
    return found


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
