"""Activations with straight pieces, and others of Keras that small networks meet now and then."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Pointwise
from pellucid.equations.special import indicator, sigmoid, softplus


class HardTanh(Pointwise):
    """A = Z, between −1 and 1;  dZ = dA where −1 < Z < 1, else 0"""

    text, latex = "hard_tanh({z})", r"\operatorname{{hard\_tanh}}({z})"
    slope_text, slope_latex = "[|{z}| < 1]", "[|{z}| < 1]"
    cost = 2

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.clip(z, -1.0, 1.0)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return indicator(xp, xp.less(xp.abs(z), 1.0), z)


class HardShrink(Pointwise):
    """A = Z where |Z| > t, else 0, for a `threshold` t;  dZ = dA ⊙ [|Z| > t]"""

    threshold: float = 0.5

    text, latex = "hard_shrink({z})", r"\operatorname{{hard\_shrink}}({z})"
    slope_text, slope_latex = "[|{z}| > {threshold}]", "[|{z}| > {threshold}]"
    cost = 3

    def run(self, xp: Namespace, z: Array) -> Array:
        a = indicator(xp, xp.greater(xp.abs(z), self.threshold), z)
        a *= z
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return indicator(xp, xp.greater(xp.abs(z), self.threshold), z)


class SoftShrink(Pointwise):
    """A = Z nearer to 0 by a `threshold` t, 0 where |Z| ≤ t;  dZ = dA ⊙ [|Z| > t]"""

    threshold: float = 0.5

    text, latex = "soft_shrink({z})", r"\operatorname{{soft\_shrink}}({z})"
    slope_text, slope_latex = "[|{z}| > {threshold}]", "[|{z}| > {threshold}]"
    cost = 3

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.subtract(z, xp.clip(z, -self.threshold, self.threshold))

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return indicator(xp, xp.greater(xp.abs(z), self.threshold), z)


class TanhShrink(Pointwise):
    """A = Z − tanh Z;  dZ = dA ⊙ tanh² Z"""

    text, latex = "tanh_shrink({z})", r"\operatorname{{tanh\_shrink}}({z})"
    slope_text, slope_latex = "tanh({z})²", r"\tanh^2({z})"

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.subtract(z, xp.tanh(z))

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return xp.square(xp.tanh(z))


class HardSilu(Pointwise):
    """A = Z ⊙ (Z/6 + 1/2 between 0 and 1);  dZ = dA ⊙ (Z/3 + 1/2) where −3 < Z < 3, dA above"""

    alias = ("hard_swish",)
    text, latex = "hard_silu({z})", r"\operatorname{{hard\_silu}}({z})"
    cost = 5

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.add(z, 3.0)
        a /= 6.0
        return xp.multiply(xp.clip(a, 0.0, 1.0), z)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = xp.divide(z, 3.0)
        slope += 0.5
        slope *= indicator(xp, xp.less(xp.abs(z), 3.0), z)
        slope += indicator(xp, xp.greater_equal(z, 3.0), z)
        return slope


class Celu(Pointwise):
    """A = Z where Z > 0, else α(e^(Z/α) − 1);  dZ = dA, or dA ⊙ e^(Z/α)"""

    alpha: float = 1.0

    text, latex = "celu({z})", r"\operatorname{{celu}}({z})"

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.expm1(xp.divide(xp.minimum(z, 0.0), self.alpha))
        a *= self.alpha
        a += xp.maximum(z, 0.0)
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return xp.exp(xp.divide(xp.minimum(z, 0.0), self.alpha))


class LogSigmoid(Pointwise):
    """A = −log(1 + e⁻ᶻ);  dZ = dA ⊙ σ(−Z)"""

    text, latex = "log_sigmoid({z})", r"\log \sigma({z})"
    slope_text, slope_latex = "sigmoid(−{z})", r"\sigma(-{z})"
    cost = 20

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.negative(softplus(xp, xp.negative(z)))

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return sigmoid(xp, xp.negative(z))


class Squareplus(Pointwise):
    """A = (Z + √(Z² + b))/2, a softplus without exponentials;  dZ = dA ⊙ (1 + Z/√(Z² + b))/2"""

    b: float = 4.0

    text, latex = "squareplus({z})", r"\operatorname{{squareplus}}({z})"
    cost = 8

    def run(self, xp: Namespace, z: Array) -> Array:
        a = self.root(xp, z)
        a += z
        a *= 0.5
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = xp.divide(z, self.root(xp, z))
        slope += 1.0
        slope *= 0.5
        return slope

    def root(self, xp: Namespace, z: Array) -> Array:
        square = xp.multiply(z, z)
        square += self.b
        return xp.sqrt(square)
