"""Rectifiers: activations that let positive numbers through and hold negative ones back."""

from __future__ import annotations

import math
from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Pointwise
from pellucid.equations.special import erf, indicator, sigmoid, softplus


class Relu(Pointwise):
    """A = max(0, Z);  dZ = dA ⊙ [Z > 0]"""

    text, latex = "relu({z})", r"\operatorname{{relu}}({z})"
    slope_text, slope_latex = "[{z} > 0]", "[{z} > 0]"
    cost = 1

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Of one argument itself; else `Ramp`: relu(x, negative_slope, max_value, threshold)."""
        if settings or len(inputs) > 1:
            return Ramp()(*inputs, **settings)
        return super().__call__(*inputs)

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.maximum(z, 0.0)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return indicator(xp, xp.greater(z, 0.0), z)


class Ramp(Pointwise, hidden=True):
    """A = Z where Z > t, at most m; else s·(Z − t);  dZ = dA, 0 above m, or s·dA

    For the threshold t, the slope s below it, and the largest value m, if there is one.
    """

    negative_slope: float = 0.0
    max_value: float | None = None
    threshold: float = 0.0

    text, latex = "ramp({z})", r"\operatorname{{ramp}}({z})"
    cost = 4

    def run(self, xp: Namespace, z: Array) -> Array:
        low = xp.minimum(z, self.threshold)
        low -= self.threshold
        low *= self.negative_slope
        a = xp.where(xp.greater(z, self.threshold), z, low)
        return a if self.max_value is None else xp.minimum(a, self.max_value)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = indicator(xp, xp.greater(z, self.threshold), z)
        slope *= 1.0 - self.negative_slope
        slope += self.negative_slope
        if self.max_value is not None:
            slope *= indicator(xp, xp.less(z, self.max_value), z)
        return slope


class Relu6(Pointwise):
    """A = max(0, Z), at most 6;  dZ = dA ⊙ [0 < Z < 6]"""

    text, latex = "relu6({z})", r"\operatorname{{relu6}}({z})"
    slope_text, slope_latex = "[0 < {z} < 6]", "[0 < {z} < 6]"
    cost = 2

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.clip(z, 0.0, 6.0)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = indicator(xp, xp.greater(z, 0.0), z)
        slope *= indicator(xp, xp.less(z, 6.0), z)
        return slope


class LeakyRelu(Pointwise):
    """A = Z where Z > 0, else s·Z for the negative slope s;  dZ = dA, or s·dA"""

    negative_slope: float = 0.2

    text, latex = "leaky_relu({z})", r"\operatorname{{leaky\_relu}}({z})"
    slope_text = "([{z} > 0] + {negative_slope}·[{z} ≤ 0])"
    slope_latex = r"([{z} > 0] + {negative_slope} [{z} \le 0])"
    cost = 2

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.minimum(z, 0.0)
        a *= self.negative_slope
        a += xp.maximum(z, 0.0)
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = indicator(xp, xp.less_equal(z, 0.0), z)
        slope *= self.negative_slope
        slope += indicator(xp, xp.greater(z, 0.0), z)
        return slope


class Elu(Pointwise):
    """A = Z where Z > 0, else α(eᶻ − 1);  dZ = dA, or dA ⊙ (A + α)"""

    alpha: float = 1.0

    text, latex = "elu({z})", r"\operatorname{{elu}}({z})"

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.expm1(xp.minimum(z, 0.0))
        a *= self.alpha
        a += xp.maximum(z, 0.0)
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = xp.add(a, self.alpha)
        return xp.where(xp.greater(z, 0.0), 1.0, slope)


class Selu(Pointwise):
    """A = λZ where Z > 0, else λα(eᶻ − 1), with which layers keep their mean and variance

    dZ = λ·dA, or dA ⊙ (A + λα)
    """

    text, latex = "selu({z})", r"\operatorname{{selu}}({z})"

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.expm1(xp.minimum(z, 0.0))
        a *= SELU_ALPHA
        a += xp.maximum(z, 0.0)
        a *= SELU_SCALE
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = xp.add(a, SELU_SCALE * SELU_ALPHA)
        return xp.where(xp.greater(z, 0.0), SELU_SCALE, slope)


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


class Gelu(Pointwise):
    """A = Z ⊙ Φ(Z), Φ the normal distribution function;  dZ = dA ⊙ (Φ(Z) + Z ⊙ φ(Z))

    If `approximate`, Φ(z) = (1 + tanh u) / 2 with u = √(2/π)·(z + 0.044715 z³).
    """

    approximate: bool = False

    text, latex = "gelu({z})", r"\operatorname{{gelu}}({z})"
    cost = 60

    def run(self, xp: Namespace, z: Array) -> Array:
        a = self.distribution(xp, z)
        a *= z
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = self.density(xp, z)
        slope *= z
        slope += self.distribution(xp, z)
        return slope

    def distribution(self, xp: Namespace, z: Array) -> Array:
        """Φ(Z)"""
        share = xp.tanh(bent(xp, z)) if self.approximate else erf(xp, xp.divide(z, math.sqrt(2.0)))
        share += 1.0
        share *= 0.5
        return share

    def density(self, xp: Namespace, z: Array) -> Array:
        """φ(Z) = Φ′(Z)"""
        square = xp.multiply(z, z)
        if not self.approximate:
            square *= -0.5
            density = xp.exp(square)
            density *= 1.0 / math.sqrt(2.0 * math.pi)
            return density
        density = xp.square(xp.tanh(bent(xp, z)))
        density *= -1.0
        density += 1.0
        square *= 3.0 * BEND
        square += 1.0
        density *= square
        density *= 0.5 * math.sqrt(2.0 / math.pi)
        return density


BEND = 0.044715


def bent(xp: Namespace, z: Array) -> Array:
    """√(2/π)·(z + 0.044715 z³)"""
    u = xp.multiply(z, z)
    u *= BEND
    u += 1.0
    u *= z
    u *= math.sqrt(2.0 / math.pi)
    return u


class Silu(Pointwise):
    """A = Z ⊙ σ(Z);  dZ = dA ⊙ σ(Z) ⊙ (1 + Z ⊙ (1 − σ(Z)))"""

    alias = ("swish",)
    text, latex = "silu({z})", r"\operatorname{{silu}}({z})"

    def run(self, xp: Namespace, z: Array) -> Array:
        a = sigmoid(xp, z)
        a *= z
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        share = sigmoid(xp, z)
        slope = xp.subtract(1.0, share)
        slope *= z
        slope += 1.0
        slope *= share
        return slope


class Mish(Pointwise):
    """A = Z ⊙ T for T = tanh(softplus(Z));  dZ = dA ⊙ (T + Z ⊙ (1 − T²) ⊙ σ(Z))"""

    text, latex = "mish({z})", r"\operatorname{{mish}}({z})"
    cost = 30

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.tanh(softplus(xp, z))
        a *= z
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        t = xp.tanh(softplus(xp, z))
        slope = xp.square(t)
        slope *= -1.0
        slope += 1.0
        slope *= sigmoid(xp, z)
        slope *= z
        slope += t
        return slope


class Softplus(Pointwise):
    """A = log(1 + eᶻ), computed as max(Z, 0) + log(1 + e^−|Z|);  dZ = dA ⊙ σ(Z)"""

    text, latex = "softplus({z})", r"\operatorname{{softplus}}({z})"
    slope_text, slope_latex = "sigmoid({z})", r"\sigma({z})"
    cost = 20

    def run(self, xp: Namespace, z: Array) -> Array:
        return softplus(xp, z)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return sigmoid(xp, z)


class Softsign(Pointwise):
    """A = Z / (1 + |Z|);  dZ = dA / (1 + |Z|)²"""

    text, latex = "softsign({z})", r"\operatorname{{softsign}}({z})"
    slope_text, slope_latex = "1/(1 + |{z}|)²", r"(1 + |{z}|)^{{-2}}"
    cost = 3

    def run(self, xp: Namespace, z: Array) -> Array:
        below = xp.abs(z)
        below += 1.0
        return xp.divide(z, below)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        below = xp.abs(z)
        below += 1.0
        return xp.divide(1.0, xp.square(below))
