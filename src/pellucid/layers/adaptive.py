"""Pooling to a size that is given: each direction is cut into so many parts, as equal as can be."""

from __future__ import annotations

from typing import ClassVar

from pellucid.equations.reductions import Largest, Mean
from pellucid.equations.shape import concatenate, pick
from pellucid.layers.windows import MEANS, Extents, OverImages
from pellucid.tensor import Shape, Tensor


class Adaptive(OverImages, abstract=True):
    """One number for each part and channel: part i of m is from ⌊i·k/m⌋ to ⌈(i + 1)·k/m⌉ of k."""

    output_size: Extents

    kind: ClassVar[type[Mean] | type[Largest]]
    sizes = ("output_size",)

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, self.rank + 2, MEANS[self.rank])
        self.parts_each_way = self.each_way("output_size", self.output_size)

    def call(self, x: Tensor) -> Tensor:  # type: ignore[override]
        for axis, count in enumerate(self.parts_each_way, 1):
            x = self.pooled(x, axis, count)
        return x.called("P")

    def pooled(self, x: Tensor, axis: int, count: int) -> Tensor:
        """x with so many numbers along an axis."""
        extent, take = x.shape[axis] or 1, self.kind(axis, keepdims=True)
        if extent == count:
            return x
        ends = [(at * extent // count, -(-(at + 1) * extent // count)) for at in range(count)]
        before = (slice(None),) * axis
        parts = [take(pick(x, (*before, slice(*each)))) for each in ends]
        return concatenate(parts, axis) if count > 1 else parts[0]


class AdaptiveAveragePooling1D(Adaptive):
    """Y = mean of each of `output_size` parts;  X (n, steps, c), Y (n, output_size, c)"""

    rank = 1
    kind = Mean


class AdaptiveAveragePooling2D(Adaptive):
    """Y = mean of each of `output_size` parts down and along;  X (n, h, w, c)"""

    kind = Mean


class AdaptiveAveragePooling3D(Adaptive):
    """Y = mean of each of `output_size` parts each way;  X (n, d, h, w, c)"""

    rank = 3
    kind = Mean


class AdaptiveMaxPooling1D(Adaptive):
    """Y = max of each of `output_size` parts;  X (n, steps, c), Y (n, output_size, c)"""

    rank = 1
    kind = Largest


class AdaptiveMaxPooling2D(Adaptive):
    """Y = max of each of `output_size` parts down and along;  X (n, h, w, c)"""

    kind = Largest


class AdaptiveMaxPooling3D(Adaptive):
    """Y = max of each of `output_size` parts each way;  X (n, d, h, w, c)"""

    rank = 3
    kind = Largest
