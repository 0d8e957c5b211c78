"""Losses of margins: scores P are pushed apart until they are on the right side by 1.

The sides Y are −1 and 1; 0 stands for −1.
"""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.losses import Loss
from pellucid.equations.special import indicator


class Hinge(Loss):
    """ℓ = mean max(1 − Y⊙P, 0);  ∂ℓ/∂P = −Y/k where Y⊙P < 1, else 0"""

    row_text, row_latex = "max(1 − {y}⊙{p}, 0)", r"\max(1 - {y} \odot {p}, 0)"
    expects = "sign"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        return xp.mean(missing(xp, p, side(xp, y)), axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        y = side(xp, y)
        slope = indicator(xp, xp.greater(missing(xp, p, y), 0.0), p)
        slope *= y
        slope *= -1.0 / p.shape[-1]
        return slope


class SquaredHinge(Loss):
    """ℓ = mean max(1 − Y⊙P, 0)²;  ∂ℓ/∂P = −2Y⊙max(1 − Y⊙P, 0)/k"""

    row_text, row_latex = "max(1 − {y}⊙{p}, 0)²", r"\max(1 - {y} \odot {p}, 0)^2"
    expects = "sign"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        return xp.mean(xp.square(missing(xp, p, side(xp, y))), axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        y = side(xp, y)
        slope = missing(xp, p, y)
        slope *= y
        slope *= -2.0 / p.shape[-1]
        return slope


class CategoricalHinge(Loss):
    """ℓ = max(1 + max (1 − Y)⊙P − Σ Y⊙P, 0): by how much the right score leads the best other

    Where ℓ > 0, ∂ℓ/∂P = 1 at the best other (shared among equals), −Y elsewhere.
    """

    row_text = "max(1 + max (1 − {y})⊙{p} − Σ {y}⊙{p}, 0)"
    row_latex = r"\max(1 + \max (1 - {y}) \odot {p} - \sum {y} \odot {p}, 0)"
    expects = "one-hot"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        values = xp.max(others(xp, p, y), axis=-1)
        values -= xp.sum(xp.multiply(y, p), axis=-1)
        values += 1.0
        return xp.maximum(values, 0.0)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        wrong = others(xp, p, y)
        best = indicator(xp, xp.equal(wrong, xp.max(wrong, axis=-1, keepdims=True)), p)
        best /= xp.sum(best, axis=-1, keepdims=True)
        best *= xp.subtract(1.0, y)
        best -= y
        best *= indicator(xp, xp.greater(self.values(xp, p, y), 0.0), p)[..., None]
        return best


def side(xp: Namespace, y: Array) -> Array:
    """−1 where Y is 0, else Y."""
    return xp.where(xp.equal(y, 0.0), -1.0, y)


def missing(xp: Namespace, p: Array, y: Array) -> Array:
    """max(1 − Y⊙P, 0): what the margin is short of 1."""
    short = xp.multiply(y, p)
    short *= -1.0
    short += 1.0
    return xp.maximum(short, 0.0)


def others(xp: Namespace, p: Array, y: Array) -> Array:
    """(1 − Y)⊙P"""
    scores = xp.subtract(1.0, y)
    scores *= p
    return scores
