"""Where a network begins: what one row of its input looks like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from pellucid.layers.base import Layer
from pellucid.tensor import Shape, Tensor, row_shape


def Input(  # noqa: N802
    shape: Sequence[int] | None = None, dtype: DTypeLike | None = None, name: str | None = None
) -> Tensor:
    """A symbolic tensor for the input of a network; `shape` is that of one row."""
    whole = dtype is not None and np.issubdtype(np.dtype(dtype), np.integer)
    return Tensor(row_shape(shape), name or "", "input", "int" if whole else "float")


class InputLayer(Layer):
    """Y = X: announces the shape of one row, as the first layer of a Sequential."""

    shape: Sequence[int] | None = None

    @property
    def given_shape(self) -> Shape | None:
        return super().given_shape if self.shape is None else row_shape(self.shape)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return x
