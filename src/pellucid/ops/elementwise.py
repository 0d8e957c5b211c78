"""Functions of one number, or of two, element by element."""

from __future__ import annotations

from typing import Any

from pellucid.equations import activations, arithmetic, choices, rectifiers
from pellucid.ops.applying import Operand, apply


def add(a: Operand, b: Operand) -> Any:
    """a + b"""
    return apply(arithmetic.Add(), a, b)


def subtract(a: Operand, b: Operand) -> Any:
    """a − b"""
    return apply(arithmetic.Subtract(), a, b)


def multiply(a: Operand, b: Operand) -> Any:
    """a · b, number by number"""
    return apply(arithmetic.Multiply(), a, b)


def divide(a: Operand, b: Operand) -> Any:
    """a / b"""
    return apply(arithmetic.Divide(), a, b)


def negative(x: Operand) -> Any:
    """−x"""
    return apply(arithmetic.Negative(), x)


def reciprocal(x: Operand) -> Any:
    """1/x"""
    return divide(1.0, x)


def rsqrt(x: Operand) -> Any:
    """1/√x"""
    return divide(1.0, sqrt(x))


def exp(x: Operand) -> Any:
    """eˣ"""
    return apply(arithmetic.Exp(), x)


def log(x: Operand) -> Any:
    """ln x"""
    return apply(arithmetic.Log(), x)


def log1p(x: Operand) -> Any:
    """ln(1 + x), exact for small x"""
    return apply(arithmetic.Log1p(), x)


def sqrt(x: Operand) -> Any:
    """√x"""
    return apply(arithmetic.Sqrt(), x)


def square(x: Operand) -> Any:
    """x²"""
    return apply(arithmetic.Square(), x)


def power(x: Operand, exponent: float) -> Any:
    """x to the power of a number"""
    return apply(arithmetic.Power(), x, exponent)


def absolute(x: Operand) -> Any:
    """|x|"""
    return apply(arithmetic.Absolute(), x)


def sign(x: Operand) -> Any:
    """−1, 0 or 1"""
    return apply(arithmetic.Sign(), x)


def sin(x: Operand) -> Any:
    """sin x"""
    return apply(arithmetic.Sin(), x)


def cos(x: Operand) -> Any:
    """cos x"""
    return apply(arithmetic.Cos(), x)


def tanh(x: Operand) -> Any:
    """tanh x"""
    return apply(activations.Tanh(), x)


def sigmoid(x: Operand) -> Any:
    """1 / (1 + e⁻ˣ)"""
    return apply(activations.Sigmoid(), x)


def relu(x: Operand) -> Any:
    """max(0, x)"""
    return apply(rectifiers.Relu(), x)


def leaky_relu(x: Operand, negative_slope: float = 0.2) -> Any:
    """x where x > 0, else negative_slope·x"""
    return apply(rectifiers.LeakyRelu(negative_slope), x)


def elu(x: Operand, alpha: float = 1.0) -> Any:
    """x where x > 0, else alpha·(eˣ − 1)"""
    return apply(rectifiers.Elu(alpha), x)


def gelu(x: Operand, approximate: bool = True) -> Any:
    """x · Φ(x), Φ the normal distribution function"""
    return apply(rectifiers.Gelu(approximate), x)


def silu(x: Operand) -> Any:
    """x · sigmoid(x)"""
    return apply(rectifiers.Silu(), x)


def softplus(x: Operand) -> Any:
    """log(1 + eˣ)"""
    return apply(rectifiers.Softplus(), x)


def softsign(x: Operand) -> Any:
    """x / (1 + |x|)"""
    return apply(rectifiers.Softsign(), x)


def log_softmax(x: Operand, axis: int = -1) -> Any:
    """The logarithm of softmax along an axis"""
    return apply(activations.LogSoftmax(axis), x)


def softmax(x: Operand, axis: int = -1) -> Any:
    """eˣ / Σ eˣ along an axis"""
    return apply(activations.Softmax(axis), x)


def maximum(a: Operand, b: Operand) -> Any:
    """The larger of a and b, element by element; where they are equal, the gradient goes to a"""
    return apply(choices.Maximum(), a, b)


def minimum(a: Operand, b: Operand) -> Any:
    """The smaller of a and b, element by element; where they are equal, the gradient goes to a"""
    return apply(choices.Minimum(), a, b)


def clip(x: Operand, x_min: float, x_max: float) -> Any:
    """x, kept between two numbers"""
    return minimum(maximum(x, x_min), x_max)


def greater(a: Operand, b: Operand) -> Any:
    """1 where a > b, else 0"""
    return apply(choices.Greater(), a, b)


def less(a: Operand, b: Operand) -> Any:
    """1 where a < b, else 0"""
    return greater(b, a)


def greater_equal(a: Operand, b: Operand) -> Any:
    """1 where a ≥ b, else 0"""
    return subtract(1.0, greater(b, a))


def less_equal(a: Operand, b: Operand) -> Any:
    """1 where a ≤ b, else 0"""
    return subtract(1.0, greater(a, b))


def equal(a: Operand, b: Operand) -> Any:
    """1 where a = b, else 0"""
    return multiply(greater_equal(a, b), less_equal(a, b))


def not_equal(a: Operand, b: Operand) -> Any:
    """1 where a and b differ, else 0"""
    return subtract(1.0, equal(a, b))


def logical_not(x: Operand) -> Any:
    """1 where x is 0, else 0"""
    return subtract(1.0, greater(absolute(x), 0.0))


def logical_and(a: Operand, b: Operand) -> Any:
    """1 where neither is 0, else 0"""
    return greater(absolute(multiply(a, b)), 0.0)


def logical_or(a: Operand, b: Operand) -> Any:
    """1 where one of the two is not 0, else 0"""
    return greater(maximum(absolute(a), absolute(b)), 0.0)


def where(condition: Operand, a: Operand, b: Operand) -> Any:
    """a where the condition is not 0, else b"""
    return apply(choices.Where(), condition, a, b)


abs = absolute
true_divide = divide
swish = silu
