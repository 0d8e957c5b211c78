"""Arithmetic on tensors: the equations that operators and mathematical functions write."""

from __future__ import annotations

from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import POWER, PRODUCT, SUM, Arithmetic
from pellucid.equations.reductions import sum_to
from pellucid.numbers import reciprocal
from pellucid.tensor import Tensor


class Add(Arithmetic):
    """y = a + b;  da = dy;  db = dy"""

    text, latex = "{a} + {b}", "{a} + {b}"
    binds = SUM

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.add(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        return sum_to(dy, a), sum_to(dy, b)


class Subtract(Arithmetic):
    """y = a − b;  da = dy;  db = −dy"""

    text, latex = "{a} − {b}", "{a} - {b}"
    binds = SUM

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.subtract(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        return sum_to(dy, a), sum_to(-dy, b)


class Multiply(Arithmetic):
    """y = a ⊙ b;  da = dy ⊙ b;  db = dy ⊙ a"""

    binds = PRODUCT
    text, latex = "{a}⊙{b}", r"{a} \odot {b}"

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.multiply(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        return sum_to(dy * b, a), sum_to(dy * a, b)


class Divide(Arithmetic):
    """y = a / b;  da = dy / b;  db = −dy ⊙ y / b"""

    text, latex = "{a}/{b}", r"\frac{{{a}}}{{{b}}}"
    binds = PRODUCT

    def run(self, xp: Namespace, a: Array, b: Any) -> Array:
        return xp.divide(a, b) if hasattr(b, "dtype") else xp.multiply(a, reciprocal(b))

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        da = dy / b
        return sum_to(da, a), sum_to(-(da * y), b)


class Power(Arithmetic):
    """y = aᵇ for a plain number b;  da = dy ⊙ b·aᵇ⁻¹"""

    text, latex = "{a}^{b}", "{a}^{{{b}}}"
    binds = POWER
    cost = 10

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.pow(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        if not b.is_setting:
            raise TypeError("the exponent of a power must be a number; write exp(b·log a) instead")
        return sum_to(dy * (b * a ** (b - 1)), a), None


class Remainder(Arithmetic):
    """y = a mod b for a plain number b;  da = dy"""

    text, latex = "{a} mod {b}", r"{a} \bmod {b}"
    binds = PRODUCT

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return a % b

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        return sum_to(dy, a), None


class Negative(Arithmetic):
    """y = −x;  dx = −dy"""

    text, latex = "−{x}", "-{x}"
    binds = PRODUCT

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.negative(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (-dy,)


class Square(Arithmetic):
    """y = x²;  dx = 2·dy ⊙ x"""

    text, latex = "{x}²", "{x}^2"
    binds = POWER

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.square(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (2 * dy * x,)


class Sqrt(Arithmetic):
    """y = √x;  dx = dy / 2y"""

    text, latex = "√{x}", r"\sqrt{{{x}}}"
    binds = POWER
    cost = 4

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.sqrt(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (dy / (2 * y),)


class Absolute(Arithmetic):
    """y = |x|;  dx = dy ⊙ sign x"""

    text, latex = "|{x}|", r"\left|{x}\right|"
    alias = ("abs",)
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.abs(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (dy * Sign()(x),)


class Sign(Arithmetic):
    """y = −1, 0 or 1;  dx = 0"""

    text, latex = "sign({x})", r"\operatorname{{sign}}({x})"
    encloses = True

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.sign(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (None,)


class Exp(Arithmetic):
    """y = eˣ;  dx = dy ⊙ y"""

    text, latex = "exp({x})", r"\exp({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.exp(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (dy * y,)


class Log(Arithmetic):
    """y = ln x;  dx = dy / x"""

    text, latex = "log({x})", r"\log({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.log(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (dy / x,)


class Log1p(Arithmetic):
    """y = ln(1 + x), exact for small x;  dx = dy / (1 + x)"""

    text, latex = "log(1 + {x})", r"\log(1 + {x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.log1p(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (dy / (1 + x),)


class Sin(Arithmetic):
    """y = sin x;  dx = dy ⊙ cos x"""

    text, latex = "sin({x})", r"\sin({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.sin(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (dy * Cos()(x),)


class Cos(Arithmetic):
    """y = cos x;  dx = −dy ⊙ sin x"""

    text, latex = "cos({x})", r"\cos({x})"
    encloses = True
    cost = 10

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.cos(x)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor | None, ...]:
        return (-(dy * Sin()(x)),)


class Greater(Arithmetic):
    """y = 1 where a > b, else 0;  da = 0;  db = 0"""

    text, latex = "[{a} > {b}]", "[{a} > {b}]"
    encloses = True

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        like = a if hasattr(a, "dtype") else b
        return xp.astype(xp.greater(a, b), getattr(like, "dtype", float))

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        return None, None


class Maximum(Arithmetic):
    """y = max(a, b);  da = dy ⊙ [a ≥ b];  db = dy ⊙ [b > a]"""

    text, latex = "max({a}, {b})", r"\max({a}, {b})"
    encloses = True

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.maximum(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        second = b > a
        return sum_to(dy * (1 - second), a), sum_to(dy * second, b)


class Minimum(Arithmetic):
    """y = min(a, b);  da = dy ⊙ [a ≤ b];  db = dy ⊙ [b < a]"""

    text, latex = "min({a}, {b})", r"\min({a}, {b})"
    encloses = True

    def run(self, xp: Namespace, a: Array, b: Array) -> Array:
        return xp.minimum(a, b)

    def gradient(self, dy: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor | None, ...]:
        second = a > b
        return sum_to(dy * (1 - second), a), sum_to(dy * second, b)


class Where(Arithmetic):
    """y = a where c is not 0, else b;  da = dy where c, else 0;  db = 0 where c, else dy"""

    text, latex = "where({c}, {a}, {b})", r"\operatorname{{where}}({c}, {a}, {b})"
    encloses = True

    def run(self, xp: Namespace, c: Array, a: Array, b: Array) -> Array:
        return xp.where(xp.not_equal(c, 0), a, b)

    def gradient(
        self, dy: Tensor, y: Tensor, c: Tensor, a: Tensor, b: Tensor
    ) -> tuple[Tensor | None, ...]:
        return None, sum_to(Where()(c, dy, 0), a), sum_to(Where()(c, 0, dy), b)


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
