"""Standardizing: mean 0 and variance 1, over the rows of a batch or within each row."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import PRODUCT, Equation
from pellucid.equations.reductions import reduced
from pellucid.tensor import Gradients, Shape, Tensor


class Standardize(Equation):
    """X̂ = (X − μ)/√(σ² + ε), where μ and σ² are mean and variance of X over `axis`

        dX = (dX̂ − mean dX̂ − X̂⊙mean(dX̂⊙X̂)) / √(σ² + ε)

    By-products: μ, σ². They depend on X too; the formula for dX takes that into account.
    """

    axis: tuple[int, ...]
    epsilon: float = 1e-3

    text = "({x} − mean({x}))/√(var({x}) + {epsilon})"
    latex = (
        r"\frac{{{x} - \overline{{{x}}}}}"
        r"{{\sqrt{{\operatorname{{var}}({x}) + {epsilon}}}}}"
    )
    letter, by_products = "X̂", ("μ", "σ²")
    binds = PRODUCT
    cost = 8

    def run(self, xp: Namespace, x: Array) -> tuple[Array, ...]:
        mean = xp.mean(x, axis=self.axis, keepdims=True)
        y = xp.subtract(x, mean)
        variance = xp.mean(xp.square(y), axis=self.axis, keepdims=True)
        y *= deviation(xp, variance, self.epsilon)
        flat = reduced(x.shape, self.axis, keepdims=False)
        return y, xp.reshape(mean, flat), xp.reshape(variance, flat)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        assert y.line is not None
        variance = y.line.outputs[2]
        return (StandardizeGradient(self.axis, self.epsilon)(dy, y, variance),)

    def shape(self, *shapes: Shape) -> list[Shape]:
        flat = reduced(shapes[0], self.axis, keepdims=False)
        return [shapes[0], flat, flat]


class StandardizeGradient(Equation):
    """dX = (dX̂ − mean dX̂ − X̂⊙mean(dX̂⊙X̂)) / √(σ² + ε)"""

    axis: tuple[int, ...]
    epsilon: float

    text = "({dy} − mean({dy}) − {y}⊙mean({dy}⊙{y}))/√({variance} + {epsilon})"
    latex = (
        r"\frac{{{dy} - \overline{{{dy}}} - {y} \odot \overline{{{dy} \odot {y}}}}}"
        r"{{\sqrt{{{variance} + {epsilon}}}}}"
    )
    binds = PRODUCT
    cost = 9

    def run(self, xp: Namespace, dy: Array, y: Array, variance: Array) -> Array:
        dx = xp.multiply(dy, y)
        along = xp.mean(dx, axis=self.axis, keepdims=True)
        dx = xp.subtract(dy, xp.multiply(y, along))
        dx -= xp.mean(dy, axis=self.axis, keepdims=True)
        kept = reduced(dy.shape, self.axis, keepdims=True)
        dx *= deviation(xp, xp.reshape(variance, kept), self.epsilon)
        return dx

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


def deviation(xp: Namespace, variance: Array, epsilon: float) -> Array:
    """1/√(σ² + ε)"""
    return xp.divide(1.0, xp.sqrt(xp.add(variance, epsilon)))
