"""Losses that ask for a direction, or for the right class in spite of wrong labels."""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.facing import AlongAxis
from pellucid.equations.losses import Loss
from pellucid.equations.special import one_hot

#: the least length² that a vector is divided by, as in Keras
LEAST = 1e-12
#: a probability counts as this at least where it is divided by
MARGIN = 1e-7


class CosineSimilarity(AlongAxis):
    """ℓ = −Σ Ŷ⊙P̂ for Ŷ = Y/|Y| and P̂ = P/|P|;  ∂ℓ/∂P = (P̂·Σ Ŷ⊙P̂ − Ŷ)/|P|

    It is −1 where P has the direction of Y, 1 where it has the opposite one. Directions stand along
    `axis`.
    """

    alias = ("cosine",)
    row_text, row_latex = "−cos({p}, {y})", r"-\cos({p}, {y})"
    cost = 12

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        both = xp.multiply(unit(xp, p), unit(xp, y))
        return xp.negative(xp.sum(both, axis=-1))

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        direction, wanted = unit(xp, p), unit(xp, y)
        agree = xp.sum(xp.multiply(direction, wanted), axis=-1, keepdims=True)
        slope = xp.multiply(direction, agree)
        slope -= wanted
        slope /= length(xp, p)
        return slope


class CategoricalGeneralizedCrossEntropy(Loss):
    """ℓ = (1 − P[y]^q)/q for the class number y;  ∂ℓ/∂P = −P[y]^(q−1) at y, else 0

    Near q = 0 it is the cross-entropy, at q = 1 the mean absolute error, which wrong labels harm
    less.
    """

    q: float = 0.5

    alias = ("categorical_generalized_cross_entropy",)
    sparse = True
    row_text, row_latex = "(1 − {p}[{y}]^{q})/{q}", r"(1 - {p}_{{{y}}}^{{{q}}})/{q}"
    cost = 12
    expects = "classes"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        right = xp.sum(xp.multiply(one_hot(xp, y, p), p), axis=-1)
        values = xp.subtract(1.0, xp.pow(right, self.q))
        values /= self.q
        return values

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = one_hot(xp, y, p)
        slope *= xp.pow(xp.maximum(p, MARGIN), self.q - 1.0)
        slope *= -1.0
        return slope


def length(xp: Namespace, x: Array) -> Array:
    """|x| along the last axis, and a little at least."""
    return xp.sqrt(xp.maximum(xp.sum(xp.square(x), axis=-1, keepdims=True), LEAST))


def unit(xp: Namespace, x: Array) -> Array:
    return xp.divide(x, length(xp, x))
