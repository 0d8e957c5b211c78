"""Functions of one number: the square and its root, the exponential and its inverse, sine, sign."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import POWER, Arithmetic
from pellucid.tensor import Gradients, Tensor


class Square(Arithmetic):
    """y = x²;  dx = 2·dy ⊙ x"""

    text, latex = "{x}²", "{x}^2"
    binds = POWER

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.square(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (2 * dy * x,)


class Sqrt(Arithmetic):
    """y = √x;  dx = dy / 2y"""

    text, latex = "√{x}", r"\sqrt{{{x}}}"
    binds = POWER
    cost = 4

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.sqrt(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (dy / (2 * y),)


class Absolute(Arithmetic):
    """y = |x|;  dx = dy ⊙ sign x"""

    text, latex = "|{x}|", r"\left|{x}\right|"
    alias = ("abs",)
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.abs(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (dy * Sign()(x),)


class Sign(Arithmetic):
    """y = −1, 0 or 1;  dx = 0"""

    text, latex = "sign({x})", r"\operatorname{{sign}}({x})"
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.sign(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (None,)


class Exp(Arithmetic):
    """y = eˣ;  dx = dy ⊙ y"""

    text, latex = "exp({x})", r"\exp({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.exp(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (dy * y,)


class Log(Arithmetic):
    """y = ln x;  dx = dy / x"""

    text, latex = "log({x})", r"\log({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.log(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (dy / x,)


class Log1p(Arithmetic):
    """y = ln(1 + x), exact for small x;  dx = dy / (1 + x)"""

    text, latex = "log(1 + {x})", r"\log(1 + {x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.log1p(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (dy / (1 + x),)


class Sin(Arithmetic):
    """y = sin x;  dx = dy ⊙ cos x"""

    text, latex = "sin({x})", r"\sin({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.sin(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (dy * Cos()(x),)


class Cos(Arithmetic):
    """y = cos x;  dx = −dy ⊙ sin x"""

    text, latex = "cos({x})", r"\cos({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.cos(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (-(dy * Sin()(x)),)
