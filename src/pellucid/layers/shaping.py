"""Layers that give the numbers of each row another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral

from pellucid.equations.shape import Reshape as ReshapeEquation
from pellucid.equations.spacing import Permute as PermuteEquation
from pellucid.equations.spacing import Repeat
from pellucid.layers.asking import demand_whole, is_whole
from pellucid.layers.base import Layer
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, show_shape


class Flatten(Layer):
    """Y = each row of X as a vector;  X (n, …), Y (n, k)

    Where `data_format` is "channels_first", the channels are put last before.
    """

    data_format: str | None = option(default=None, kw_only=True)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        if self.data_format == "channels_first" and len(x.shape) > 2:
            x = PermuteEquation((0, *range(2, len(x.shape)), 1))(x)
        if len(x.shape) == 2:
            return x
        return ReshapeEquation((-1, row_size(self, x.shape)))(x)


class Reshape(Layer):
    """Y = each row of X in the shape `target_shape`, where −1 stands for what is left over"""

    target_shape: Sequence[int]

    def _check_settings(self) -> None:
        target = tuple(self.target_shape)
        if not all(is_whole(each, -1) for each in target) or target.count(-1) > 1:
            raise ValueError(
                f"{self.layer_name}: target_shape has whole numbers, of which one may be −1 for "
                f"what is left over; got {target}"
            )

    def settle(self, shape: Shape) -> None:
        """Settle the extents of rows that have a shape."""
        target, total = tuple(self.target_shape), row_size(self, shape)
        known = math.prod(extent for extent in target if extent != -1)
        free = target.count(-1)
        fits = total == known if not free else known > 0 and total % known == 0
        if free > 1 or not fits:
            raise ValueError(
                f"{self.layer_name} cannot give rows of {show_shape(shape[1:])} ({total} numbers) "
                f"the shape {target}; the numbers of a row must stay the same"
            )
        self.target = tuple(total // known if extent == -1 else extent for extent in target)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        self.settle(x.shape)
        return ReshapeEquation((-1, *self.target))(x)


class Permute(Layer):
    """Y = X with the axes of a row in the order `dims`, which counts them from 1"""

    dims: Sequence[int]

    def build(self, shape: Shape) -> None:
        if sorted(self.dims) != list(range(1, len(shape))):
            raise ValueError(
                f"{self.layer_name}: dims must name each axis of a row once, 1 to "
                f"{len(shape) - 1} of {show_shape(shape)}; got {tuple(self.dims)}"
            )

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return PermuteEquation((0, *self.dims))(x)


class RepeatVector(Layer):
    """Y = X as each of `n` steps;  X (rows, k), Y (rows, n, k)"""

    n: int

    def _check_settings(self) -> None:
        if isinstance(self.n, bool) or not isinstance(self.n, Integral):
            raise TypeError(f"{self.layer_name}: n is a whole number, got {self.n!r}")
        demand_whole(self, "n")

    def build(self, shape: Shape) -> None:
        if len(shape) != 2:
            raise ValueError(f"{self.layer_name} expects vectors (n, k), got {show_shape(shape)}")

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return Repeat(1, self.n)(ReshapeEquation((-1, 1, x.shape[-1] or 1))(x))


def row_size(layer: Layer, shape: Shape) -> int:
    """How many numbers a row has."""
    if None in shape[1:]:
        raise ValueError(
            f"{layer.layer_name} needs rows of a known shape, got {show_shape(shape)}; "
            "say input_shape=(…,) on the first layer"
        )
    return math.prod(extent or 1 for extent in shape[1:])
