"""Products for the columns of a table: the numbers of each feature times weights of its own.

They are one matrix product for each feature, for which the features come first. Programs that go
row by row cannot have that; theirs go unit by unit, from one array as large as X to the next.
"""

from __future__ import annotations

from functools import reduce

from pellucid.arrays import Array, Namespace, by_rows
from pellucid.equations.base import SUM, Equation
from pellucid.equations.reductions import SumTo
from pellucid.tensor import Gradients, Shape, Tensor, show_shape, size


class FeatureAffine(Equation):
    """Z = Σ X⊙W + b over the k numbers of each feature, for every unit

        dX = Σ dZ⊙W over the units    dW = Σ dZ⊙X over the rows    db = Σ dZ

    X (n, d, k), W (u, d, k), b (u, d), Z (n, u, d)
    """

    text, latex = "Σ {x}⊙{w} + {b}", r"\sum {x} \odot {w} + {b}"
    letter = "Z"
    binds = SUM

    def run(self, xp: Namespace, x: Array, w: Array, b: Array) -> Array:
        if not by_rows(xp):
            z = xp.matmul(xp.permute_dims(x, (1, 0, 2)), xp.permute_dims(w, (1, 2, 0)))
            return xp.add(xp.permute_dims(z, (1, 2, 0)), b)
        units = [xp.sum(xp.multiply(x, w[at, :, :]), axis=-1) for at in range(w.shape[0])]
        return xp.add(xp.stack(units, axis=1), b)

    def gradient(self, dz: Tensor, z: Tensor, x: Tensor, w: Tensor, b: Tensor) -> Gradients:
        return FeatureNumbers()(dz, w), FeatureWeights()(dz, x), SumTo()(dz, b)

    def shape(self, *shapes: Shape) -> Shape:
        x, w, b = shapes
        if len(x) != 3 or len(w) != 3 or x[1:] != w[1:] or b != w[:2] or None in w:
            raise ValueError(
                f"numbers of features of shape {show_shape(x)} need weights (u, d, k) and b (u, d) "
                f"for the same d and k; got {show_shape(w)} and {show_shape(b)}"
            )
        return (x[0], *b)

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[1]) + size(value)


class FeatureNumbers(Equation):
    """dX = Σ dZ⊙W over the units"""

    text, latex = "Σ {dz}⊙{w}", r"\sum {dz} \odot {w}"
    binds = SUM

    def run(self, xp: Namespace, dz: Array, w: Array) -> Array:
        if not by_rows(xp):
            dx = xp.matmul(xp.permute_dims(dz, (2, 0, 1)), xp.permute_dims(w, (1, 0, 2)))
            return xp.permute_dims(dx, (1, 0, 2))
        units = range(w.shape[0])
        return reduce(xp.add, [xp.multiply(spread(xp, dz, at), w[at, :, :]) for at in units])

    def shape(self, *shapes: Shape) -> Shape:
        dz, w = shapes
        return (dz[0], *w[1:])

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[1])


class FeatureWeights(Equation):
    """dW = Σ dZ⊙X over the rows"""

    text, latex = "Σ {dz}⊙{x}", r"\sum {dz} \odot {x}"
    binds = SUM

    def run(self, xp: Namespace, dz: Array, x: Array) -> Array:
        if not by_rows(xp):
            dw = xp.matmul(xp.permute_dims(dz, (2, 1, 0)), xp.permute_dims(x, (1, 0, 2)))
            return xp.permute_dims(dw, (1, 0, 2))
        units = range(dz.shape[1])
        return xp.stack(
            [xp.sum(xp.multiply(spread(xp, dz, at), x), axis=0) for at in units], axis=0
        )

    def shape(self, *shapes: Shape) -> Shape:
        dz, x = shapes
        return (dz[1], *x[1:])

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(value)


def spread(xp: Namespace, dz: Array, unit: int) -> Array:
    """dZ of one unit, to be multiplied with the numbers of its features: (n, d, 1)"""
    return xp.expand_dims(dz[:, unit, :], axis=-1)
