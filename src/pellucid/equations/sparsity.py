"""Activations that are exactly 0 over a whole region, and one whose gate is half of its input."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Activation, Pointwise, Sigmoid
from pellucid.equations.base import Equation
from pellucid.equations.shape import Pick, concatenate
from pellucid.equations.special import indicator, sigmoid
from pellucid.tensor import Gradients, Shape, Tensor, place_of, show_shape


class Threshold(Pointwise):
    """A = Z where Z > threshold, else `default_value`;  dZ = dA where Z > threshold, else 0"""

    threshold: float = 0.0
    default_value: float = 0.0

    text, latex = "threshold({z})", r"\operatorname{{threshold}}({z})"
    slope_text, slope_latex = "[{z} > {threshold}]", "[{z} > {threshold}]"
    cost = 2

    def run(self, xp: Namespace, z: Array) -> Array:
        return xp.where(xp.greater(z, self.threshold), z, self.default_value)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return indicator(xp, xp.greater(z, self.threshold), z)


class SparsePlus(Pointwise):
    """A = 0 where Z ≤ −1, (Z + 1)²/4 up to 1, then Z;  dZ = dA ⊙ (Z + 1)/2, from 0 to 1"""

    text, latex = "sparse_plus({z})", r"\operatorname{{sparse\_plus}}({z})"
    slope_text, slope_latex = "sparse_sigmoid({z})", r"\operatorname{{sparse\_sigmoid}}({z})"
    cost = 5

    def run(self, xp: Namespace, z: Array) -> Array:
        a = xp.square(xp.add(xp.clip(z, -1.0, 1.0), 1.0))
        a *= 0.25
        a += xp.maximum(xp.subtract(z, 1.0), 0.0)
        return a

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        return half(xp, z)


class SparseSigmoid(Pointwise):
    """A = (Z + 1)/2, from 0 to 1;  dZ = dA/2 where −1 < Z < 1, else 0"""

    text, latex = "sparse_sigmoid({z})", r"\operatorname{{sparse\_sigmoid}}({z})"
    slope_text, slope_latex = "[|{z}| < 1]/2", "[|{z}| < 1] / 2"
    cost = 4

    def run(self, xp: Namespace, z: Array) -> Array:
        return half(xp, z)

    def slope(self, xp: Namespace, z: Array, a: Array) -> Array:
        slope = indicator(xp, xp.less(xp.abs(z), 1.0), z)
        slope *= 0.5
        return slope


def half(xp: Namespace, z: Array) -> Array:
    """(z + 1)/2, from 0 to 1"""
    a = xp.add(xp.clip(z, -1.0, 1.0), 1.0)
    a *= 0.5
    return a


class Sparsemax(Activation):
    """A = max(Z − τ, 0), where τ is such that Σ A = 1;  dZ = s⊙(dA − Σ s⊙dA/Σ s), s = [A > 0]

    Of k numbers z, those count for τ of which 1 + m·z > Σ of the m numbers not below z.
    """

    text, latex = "sparsemax({z})", r"\operatorname{{sparsemax}}({z})"
    cost = 20

    def run(self, xp: Namespace, z: Array) -> Array:
        least, others = z[..., :, None], z[..., None, :]
        above = indicator(xp, xp.greater_equal(others, least), z)
        count = xp.sum(above, axis=-1)
        total = xp.sum(xp.multiply(above, others), axis=-1)
        margin = xp.subtract(xp.multiply(count, z), total)
        support = indicator(xp, xp.greater(margin, -1.0), z)
        tau = xp.sum(xp.multiply(support, z), axis=-1, keepdims=True)
        tau -= 1.0
        tau /= xp.sum(support, axis=-1, keepdims=True)
        return xp.maximum(xp.subtract(z, tau), 0.0)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (SparsemaxGradient()(dy, y),)

    def flops(self, value: Shape, *shapes: Shape) -> int:
        return super().flops(value, *shapes) * (value[-1] or 1)


class SparsemaxGradient(Equation):
    """dZ = s⊙(dA − Σ s⊙dA/Σ s), s = [A > 0]"""

    text, latex = "sparsemax′({da}, {a})", r"\operatorname{{sparsemax}}'({da}, {a})"
    encloses = True
    cost = 6

    def run(self, xp: Namespace, da: Array, a: Array) -> Array:
        support = indicator(xp, xp.greater(a, 0.0), a)
        mean = xp.sum(xp.multiply(support, da), axis=-1, keepdims=True)
        mean /= xp.sum(support, axis=-1, keepdims=True)
        slope = xp.subtract(da, mean)
        slope *= support
        return slope


class Glu(Activation):
    """A = Z₁ ⊙ σ(Z₂), the halves of Z along `axis`;  dZ = (dA⊙σ(Z₂), dA⊙Z₁⊙σ(Z₂)⊙(1 − σ(Z₂)))"""

    axis: int = -1

    text, latex = "glu({z})", r"\operatorname{{glu}}({z})"

    def run(self, xp: Namespace, z: Array) -> Array:
        first, second = (z[key] for key in self.halves(z.shape))
        a = sigmoid(xp, second)
        a *= first
        return a

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        (z,) = inputs
        first, second = (Pick(key)(z) for key in self.halves(z.shape))
        gate = Sigmoid()(second)
        return (concatenate([dy * gate, dy * first * gate * (1 - gate)], self.axis),)

    def halves(self, shape: Shape) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        at = place_of(self.axis, shape)
        middle = (shape[at] or 0) // 2
        before, after = (slice(None),) * at, (slice(None),) * (len(shape) - at - 1)
        return (
            (*before, slice(0, middle), *after),
            (*before, slice(middle, 2 * middle), *after),
        )

    def shape(self, *shapes: Shape) -> Shape:
        (given,) = shapes
        at = place_of(self.axis, given)
        extent = given[at]
        if extent is None or extent % 2:
            raise ValueError(
                f"glu needs an even extent along axis {self.axis}, got {show_shape(given)}"
            )
        return (*given[:at], extent // 2, *given[at + 1 :])
