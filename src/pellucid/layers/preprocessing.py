"""Layers that bring numbers to a common scale, so that a network takes raw data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.equations.arithmetic import Sqrt
from pellucid.equations.choices import Maximum
from pellucid.initializers import Initializer
from pellucid.layers.base import Layer
from pellucid.layers.normalisation import along, axes_of
from pellucid.sparse import CSR, by_rows, is_sparse
from pellucid.tensor import Shape, Tensor

#: a column that never varies is divided by this at least, as in Keras
SMALLEST = 1e-7
#: how many numbers `adapt` looks at in one piece
PIECE = 1 << 20


class Rescaling(Layer):
    """Y = scale·X + offset"""

    supports_masking = True

    scale: float
    offset: float = 0.0

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        y = self.scale * x
        return y + self.offset if self.offset else y


class Normalization(Layer):
    """Y = (X − μ)/σ, with a mean and a variance for each position along `axis`

    They are given, or found by `adapt(data)`. With axis None all numbers share one.
    """

    supports_masking = True

    axis: int | Sequence[int] | None = -1
    mean: ArrayLike | None = None
    variance: ArrayLike | None = None

    def build(self, shape: Shape) -> None:
        if (self.mean is None) != (self.variance is None):
            raise ValueError(f"{self.layer_name} needs both mean and variance, or neither")
        self.kept = () if self.axis is None else axes_of(self, self.axis, shape)
        extents = [shape[axis] or 1 for axis in self.kept]
        means, variances = Given.or_else(self.mean, "zeros"), Given.or_else(self.variance, "ones")
        self.m = self.add_weight(extents, means, "mean", trainable=False, letter="μ")
        self.v = self.add_weight(extents, variances, "variance", trainable=False, letter="σ²")
        if self.mean is not None and self.variance is not None:
            for weight, given in ((self.m, self.mean), (self.v, self.variance)):
                weight.check(spread(given, extents))

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        mean, variance = (along(weight.tensor, self.kept, x.shape) for weight in (self.m, self.v))
        return (x - mean) / Maximum()(Sqrt()(variance), SMALLEST)

    def adapt(self, data: Any) -> None:
        """Find mean and variance of `data`: an array, or batches x or (x, y) of arrays."""
        found = Moments()
        for piece in pieces(data):
            self.build_for((None, *piece.shape[1:]))
            found.add(np.moveaxis(piece, self.kept, range(-len(self.kept), 0)), len(self.kept))
        if not found.count:
            raise ValueError(f"{self.layer_name}.adapt got no data")
        self.set_weights([found.mean, found.variance])


def spread(given: ArrayLike, extents: Sequence[int]) -> np.ndarray:
    """A number for all positions, or one for each, as an array of `extents`."""
    numbers = np.asarray(given, float)
    if numbers.size == math.prod(extents):
        return numbers.reshape(extents)
    return np.broadcast_to(numbers.reshape(-1), extents) if extents else numbers


class Given(Initializer, hidden=True):
    """W = value, which is spread over the shape when somebody looks at it."""

    value: Any

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> np.ndarray:
        return np.array(spread(self.value, list(shape)))

    @classmethod
    def or_else(cls, value: Any, other: str) -> Initializer | str:
        return other if value is None else cls(value)


class Moments:
    """Mean and variance of numbers that come in pieces, in float64 (Chan, Golub and LeVeque)."""

    def __init__(self) -> None:
        self.count: float = 0
        self.mean: Any = 0.0
        self.variance: Any = 0.0

    def add(self, x: np.ndarray, kept: int) -> None:
        """Take in x; its last `kept` axes stay apart."""
        x = x.astype(np.float64)
        over = tuple(range(x.ndim - kept))
        count = x.size / max(1, int(np.prod(x.shape[x.ndim - kept :])))
        if not count:
            return
        mean = x.mean(axis=over)
        share = count / (self.count + count)
        between = (1 - share) * share * (mean - self.mean) ** 2
        self.variance = (1 - share) * self.variance + share * x.var(axis=over) + between
        self.mean = self.mean + share * (mean - self.mean)
        self.count += count


def pieces(data: Any) -> Iterator[np.ndarray]:
    """The rows of an array a few at a time, or the inputs of each batch of an iterable."""
    if isinstance(data, Iterable) and not hasattr(data, "shape") and not isinstance(data, list):
        for batch in data:
            yield from pieces(as_rows(batch[0] if isinstance(batch, tuple) else batch))
        return
    rows = as_rows(data)
    step = max(1, PIECE // max(1, int(np.prod(rows.shape[1:]))))
    for start in range(0, rows.shape[0], step):
        some = rows[start : start + step]
        yield some.dense() if isinstance(some, CSR) else some


def as_rows(data: Any) -> Any:
    """An array of two dimensions or more, or a sparse matrix by its rows."""
    if is_sparse(data):
        return by_rows(data, "data")
    rows: Any = data if isinstance(data, (np.ndarray, CSR)) else np.asarray(data)
    return rows if rows.ndim > 1 else rows.reshape(-1, 1)
