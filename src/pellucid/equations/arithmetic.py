"""Arithmetic: what the operators of tensors write, and functions of one number."""

from __future__ import annotations

import math
from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import POWER, PRODUCT, SUM, Arithmetic
from pellucid.equations.choices import Greater
from pellucid.equations.reductions import sum_to
from pellucid.tensor import Gradients, Tensor


class Add(Arithmetic):
    """y = a + b;  da = dy;  db = dy"""

    text, latex = "{a} + {b}", "{a} + {b}"
    binds = SUM

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.add(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return sum_to(dy, a), sum_to(dy, b)


class Subtract(Arithmetic):
    """y = a − b;  da = dy;  db = −dy"""

    text, latex = "{a} − {b}", "{a} - {b}"
    binds = SUM

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.subtract(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return sum_to(dy, a), sum_to(-dy, b)


class Multiply(Arithmetic):
    """y = a ⊙ b;  da = dy ⊙ b;  db = dy ⊙ a"""

    binds = PRODUCT
    text, latex = "{a}⊙{b}", r"{a} \odot {b}"

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.multiply(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return sum_to(dy * b, a), sum_to(dy * a, b)


class Divide(Arithmetic):
    """y = a / b;  da = dy / b;  db = −dy ⊙ y / b"""

    text, latex = "{a}/{b}", r"\frac{{{a}}}{{{b}}}"
    binds = PRODUCT

    def run(self, xp: Namespace, a: Array, b: Any) -> Array:
        return xp.divide(a, b) if hasattr(b, "dtype") else xp.multiply(a, reciprocal(b))

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        da = dy / b
        return sum_to(da, a), sum_to(-(da * y), b)


def reciprocal(x: float) -> float:
    """1/x; infinite for 0."""
    try:
        return 1.0 / x
    except ZeroDivisionError:
        return math.copysign(math.inf, x)


class Power(Arithmetic):
    """y = aᵇ for a plain number b;  da = dy ⊙ b·aᵇ⁻¹"""

    text, latex = "{a}^{b}", "{a}^{{{b}}}"
    binds = POWER
    cost = 10

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.pow(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        if not b.is_setting:
            raise TypeError("the exponent of a power must be a number; write exp(b·log a) instead")
        return sum_to(dy * (b * a ** (b - 1)), a), None


class Remainder(Arithmetic):
    """y = a mod b for a plain number b;  da = dy"""

    text, latex = "{a} mod {b}", r"{a} \bmod {b}"
    binds = PRODUCT

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return a % b

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Gradients:
        return sum_to(dy, a), None


class Negative(Arithmetic):
    """y = −x;  dx = −dy"""

    text, latex = "−{x}", "-{x}"
    binds = PRODUCT

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.negative(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (-dy,)


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


Tensor.operators.update(
    add=Add(),
    subtract=Subtract(),
    multiply=Multiply(),
    divide=Divide(),
    power=Power(),
    negative=Negative(),
    absolute=Absolute(),
    greater=Greater(),
)
