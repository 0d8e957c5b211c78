"""Where a network begins: what one row of its input looks like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from pellucid.layers.base import Layer
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, row_shape


def Input(  # noqa: N802
    shape: Sequence[int | None] | None = None,
    dtype: DTypeLike | None = None,
    name: str | None = None,
    *,
    batch_shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
) -> Tensor:
    """A symbolic tensor for the input of a network; `shape` is that of one row.

    An extent may be None: it is open, and the network takes rows of one size, then of another.

    `batch_shape` has the number of rows in front. That number is always open, so that a
    `batch_size`, which says it too, changes nothing.

    Arguments:
        shape: the shape of one row, as (28, 28); None where an extent is open.
        dtype: "float32" if None; whole numbers for class numbers and tables.
        name: what the input is called.
        batch_shape: the shape with None for the rows in front.
        batch_size: the number of rows, which stays open.

    Returns: a tensor (n, *shape).

    >>> pellucid.Input((4,)).shape
    (None, 4)
    """
    shape = of_row(shape, batch_shape, batch_size)
    whole = dtype is not None and np.issubdtype(np.dtype(dtype), np.integer)
    return Tensor(row_shape(shape), name or "", "input", "int" if whole else "float")


class InputLayer(Layer):
    """Y = X: announces the shape of one row, as the first layer of a Sequential."""

    shape: Sequence[int | None] | None = None
    batch_shape: Sequence[int | None] | None = option(default=None, kw_only=True)
    batch_size: int | None = option(default=None, kw_only=True)

    def _check_settings(self) -> None:
        given = (self.shape, self.batch_shape, self.input_shape, self.input_dim)
        if all(each is None for each in given):
            raise ValueError("an InputLayer needs the shape of a row: InputLayer(shape=(784,))")
        if self.batch_size is not None and self.batch_shape is not None:
            raise ValueError("say the rows once: batch_size, or first in batch_shape")
        of_row(self.shape, self.batch_shape, self.batch_size)

    @property
    def given_shape(self) -> Shape | None:
        shape = of_row(self.shape, self.batch_shape, self.batch_size)
        return super().given_shape if shape is None else row_shape(shape)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return x


def of_row(
    shape: Sequence[int | None] | None,
    batch_shape: Sequence[int | None] | None,
    batch_size: int | None,
) -> Sequence[int | None] | None:
    """The shape of a row, also where it was said of a batch."""
    if batch_size is not None and (not isinstance(batch_size, (int, np.integer)) or batch_size < 1):
        raise ValueError(f"batch_size is a whole number of 1 or more, got {batch_size!r}")
    if batch_shape is None:
        return shape
    if shape is not None or not batch_shape:
        raise ValueError(
            f"say the shape once, got shape={shape!r} and batch_shape={batch_shape!r}; "
            "batch_shape begins with None for the rows"
        )
    return list(batch_shape[1:])
