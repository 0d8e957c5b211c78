"""Penalties on weights: how large they are, as one number."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.arithmetic import Sign
from pellucid.equations.base import PRODUCT, Equation
from pellucid.tensor import Gradients, Shape, Tensor, size


class SumOfSquares(Equation):
    """s = λ·Σ W²;  dW = 2λ·ds·W"""

    scale: float = 1.0

    text, latex = "{scale}·Σ {w}²", r"{scale} \sum {w}^2"
    binds = PRODUCT

    def run(self, xp: Namespace, w: Array) -> Array:
        return xp.sum(xp.square(w)) * self.scale

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (2 * self.scale * dy * inputs[0],)

    def shape(self, *shapes: Shape) -> Shape:
        return ()

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[0])


class SumOfAbsolutes(Equation):
    """s = λ·Σ |W|;  dW = λ·ds·sign W"""

    scale: float = 1.0

    text, latex = "{scale}·Σ |{w}|", r"{scale} \sum \left|{w}\right|"
    binds = PRODUCT

    def run(self, xp: Namespace, w: Array) -> Array:
        return xp.sum(xp.abs(w)) * self.scale

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (self.scale * dy * Sign()(*inputs),)

    def shape(self, *shapes: Shape) -> Shape:
        return ()

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return 2 * size(shapes[0])


class OverRows(Equation):
    """s = x/n for the n rows of y;  dx = ds/n"""

    text, latex = "{x}/n", r"\frac{{{x}}}{{n}}"
    binds = PRODUCT

    def run(self, xp: Namespace, x: Array, y: Array) -> Array:
        return x / size(y.shape[:1])

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return OverRows()(dy, inputs[1]), None

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]
