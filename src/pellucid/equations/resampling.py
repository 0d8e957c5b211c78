"""Resampling: more or fewer numbers along an axis, each a weighted mean of those that stood near.

Number i of m stands among k numbers at s = (i + ½)·k/m − ½, where number j stands at j. Its weights
are w(|s − j|), divided by their sum, for one of the functions w in `KERNELS`; "nearest" takes the
number whose place of width 1 holds s. So resampling is a matrix A (m, k), the same for all rows.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.equations.spacing import along, known
from pellucid.tensor import Gradients, Shape, Tensor, size


def triangle(d: np.ndarray) -> np.ndarray:
    return np.maximum(0.0, 1.0 - d)


def cubic(d: np.ndarray) -> np.ndarray:
    """The cubic convolution of Keys (1981), with a = −½."""
    near = (1.5 * d - 2.5) * d * d + 1.0
    far = ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
    return np.where(d < 1.0, near, np.where(d < 2.0, far, 0.0))


def lanczos(radius: int) -> Callable[[np.ndarray], np.ndarray]:
    """sinc d · sinc d/r, as far as r."""
    return lambda d: np.where(d < radius, np.sinc(d) * np.sinc(d / radius), 0.0)


#: the weight of a number from how far it is
KERNELS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bilinear": triangle,
    "bicubic": cubic,
    "lanczos3": lanczos(3),
    "lanczos5": lanczos(5),
}
INTERPOLATIONS = ("nearest", *KERNELS)


class Resampling(Equation, abstract=True):
    """A matrix A of `size` rows along an axis; with `antialias` w is as wide as k/m, if k > m."""

    axis: int
    size: int
    interpolation: str = "bilinear"
    antialias: bool = False

    encloses = True

    def matrix(self, extent: int) -> np.ndarray:
        """A, for an axis of this extent."""
        return weights(extent, self.size, self.interpolation, self.antialias)

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(value) * (shapes[0][self.axis] or 1)


class Resample(Resampling):
    """y = A·x along an axis;  dx = Aᵀ·dy"""

    text, latex = "resample({x})", r"\operatorname{{resample}}({x})"

    def run(self, xp: Namespace, x: Array) -> Array:
        return multiplied(xp, x, self.axis, self.matrix(x.shape[self.axis]))

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (ResampleGradient(**self.settings())(dy, x),)

    def shape(self, *shapes: Shape) -> Shape:
        known(shapes[0], self.axis)
        return along(shapes[0], self.axis, self.size)


class ResampleGradient(Resampling):
    """dx = Aᵀ·dy along an axis;  ddy = A·ddx"""

    text, latex = "resample({dy})ᵀ", r"\operatorname{{resample}}({dy})^\top"

    def run(self, xp: Namespace, dy: Array, x: Array) -> Array:
        return multiplied(xp, dy, self.axis, self.matrix(x.shape[self.axis]).T)

    def gradient(self, ddx: Tensor, dx: Tensor, dy: Tensor, x: Tensor) -> Gradients:
        return Resample(**self.settings())(ddx), None

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]


@functools.lru_cache(maxsize=64)
def weights(extent: int, count: int, interpolation: str, antialias: bool) -> np.ndarray:
    """A (count, extent); nobody may write to it."""
    if interpolation == "nearest":
        table = np.eye(extent)[(2 * np.arange(count) + 1) * extent // (2 * count)]
    else:
        places = (np.arange(count) + 0.5) * (extent / count) - 0.5
        wide = max(extent / count, 1.0) if antialias else 1.0
        table = KERNELS[interpolation](np.abs(places[:, None] - np.arange(extent)) / wide)
        table /= table.sum(axis=1, keepdims=True)
    table.flags.writeable = False
    return table


def multiplied(xp: Namespace, x: Array, axis: int, matrix: np.ndarray) -> Array:
    """matrix·x along an axis: the axis is put last, and multiplied from the right."""
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    count, extent = matrix.shape
    turned = xp.asarray(matrix.T.copy(), dtype=real(xp, x))
    behind = math.prod(after)
    if behind == 1:
        y = xp.matmul(xp.reshape(x, (*before, extent)), turned)
        return xp.reshape(y, (*before, count, *after))
    last = (*range(axis), axis + 1, axis)
    y = xp.matmul(xp.permute_dims(xp.reshape(x, (*before, extent, behind)), last), turned)
    return xp.reshape(xp.permute_dims(y, last), (*before, count, *after))


def real(xp: Namespace, x: Array) -> object:
    """The dtype of x, or double precision if it has whole numbers."""
    return x.dtype if "float" in str(x.dtype) else xp.float64
