"""What is done to arrays before a network reads them: class numbers as columns, numbers as bins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.extras import needed
from pellucid.settings import Settings, nearest, option
from pellucid.tensor import Symbolic

MODES = ("multi_hot", "one_hot", "count")


class OnArrays(Settings):
    """Something that is called on arrays, and on nothing else."""

    name: str | None = option(default=None, kw_only=True)

    def __init__(self, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.check_settings()

    def check_settings(self) -> None:
        """Raise an error if the settings make no sense together."""

    def run(self, x: Any) -> Any:
        raise NotImplementedError

    def __call__(self, x: Any) -> Any:
        if isinstance(x, Symbolic):
            raise TypeError(
                f"{type(self).__name__} is called on arrays, before a network reads them: "
                "x = layer(x), then net.fit(x, y)"
            )
        return self.run(x)


class CategoryEncoding(OnArrays):
    """Y = a column for each class, 1 where a row has it;  X (n, k) of class numbers

    Arguments:
        num_tokens: how many classes there are.
        output_mode: "multi_hot", "one_hot" for a row for each number, or "count".
        sparse: whether it is a sparse matrix of SciPy.
        name: what it is called, or None.

    >>> pellucid.layers.CategoryEncoding(4)([[0, 2], [3, 3]])
    array([[1., 0., 1., 0.],
           [0., 0., 0., 1.]], dtype=float32)
    """

    num_tokens: int | None = None
    output_mode: str = "multi_hot"
    sparse: bool = False

    def check_settings(self) -> None:
        check_mode(self.output_mode, MODES)
        if not isinstance(self.num_tokens, int) or self.num_tokens < 1:
            raise ValueError(
                f"num_tokens must be a whole number of 1 or more, got {self.num_tokens!r}"
            )

    def __call__(self, x: Any, count_weights: ArrayLike | None = None) -> Any:
        if count_weights is None:
            return super().__call__(x)
        if self.output_mode != "count":
            raise ValueError("count_weights need output_mode='count'")
        return self.columns(x, np.asarray(count_weights))

    def run(self, x: Any) -> Any:
        return self.columns(x)

    def columns(self, x: Any, weights: np.ndarray | None = None) -> Any:
        assert self.num_tokens is not None
        found = encoded(np.asarray(x), self.num_tokens, self.output_mode, weights)
        return as_sparse(found) if self.sparse else found


class Discretization(OnArrays):
    """Y = the number of the bin that each number of X lies in

    Arguments:
        bin_boundaries: where one bin ends and the next begins, or None, to be found by `adapt`.
        num_bins: how many bins with equally many numbers `adapt` makes.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        name: what it is called, or None.

    >>> pellucid.layers.Discretization([0.0, 1.0])([-0.5, 0.0, 3.0])
    array([0, 1, 2])
    """

    bin_boundaries: Sequence[float] | None = None
    num_bins: int | None = None
    output_mode: str = "int"

    def check_settings(self) -> None:
        edges, count = self.bin_boundaries, self.num_bins
        if (edges is None) == (count is None):
            raise ValueError("Discretization takes one of bin_boundaries and num_bins")
        if count is not None and (not isinstance(count, int) or count < 1):
            raise ValueError(f"num_bins must be a whole number of 1 or more, got {count!r}")
        check_mode(self.output_mode, ("int", *MODES))
        if edges is not None and list(edges) != sorted(edges):
            raise ValueError(f"bin_boundaries rise, got {list(edges)!r}")

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Find the boundaries of bins with equally many numbers each, of so many batches."""
        several = isinstance(data, Iterator) or (
            isinstance(data, list) and all(isinstance(each, np.ndarray) for each in data)
        )
        parts = [np.ravel(each) for each in islice(data, steps)] if several else [np.ravel(data)]
        if self.num_bins is None:
            raise ValueError("the boundaries are given; to have them found, give num_bins")
        shares = np.arange(1, self.num_bins) / self.num_bins
        self.bin_boundaries = np.quantile(np.concatenate(parts), shares).tolist()

    def run(self, x: Any) -> np.ndarray:
        if self.bin_boundaries is None:
            raise ValueError("Discretization knows no bins yet: adapt(data)")
        edges = np.asarray(self.bin_boundaries)
        numbers = np.asarray(np.searchsorted(edges, np.asarray(x), side="right"))
        mode = self.output_mode
        return numbers if mode == "int" else encoded(numbers, len(edges) + 1, mode)


def as_sparse(columns: np.ndarray) -> Any:
    """Columns as a sparse matrix by rows, which fit and predict take as it is."""
    if columns.ndim != 2:
        raise ValueError(f"sparse columns are those of rows (n, k), got the shape {columns.shape}")
    return needed("scipy.sparse", who="sparse=True").csr_array(columns)


def check_mode(mode: Any, known: Sequence[str]) -> None:
    if mode not in known:
        raise ValueError(f"unknown output_mode {mode!r}: {nearest(str(mode), known)}")


def encoded(
    numbers: np.ndarray, width: int, mode: str, weights: np.ndarray | None = None
) -> np.ndarray:
    """Class numbers as columns: a row for each number, or one for all along the last axis."""
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < width:
        raise ValueError(
            f"class numbers lie between 0 and {width - 1}, got {numbers.min()} to {numbers.max()}"
        )
    hot = np.eye(width, dtype=np.float32)[numbers.astype(np.int64)]
    if mode == "one_hot":
        return hot[..., 0, :] if numbers.ndim and numbers.shape[-1] == 1 else hot
    if mode == "count":
        hot = hot if weights is None else hot * weights[..., None].astype(np.float32)
        return hot.sum(axis=-2) if numbers.ndim else hot
    return hot.max(axis=-2, initial=0) if numbers.ndim else hot
