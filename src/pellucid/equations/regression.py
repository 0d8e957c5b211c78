"""Losses of numbers: how far the predictions P are from the targets Y, with k outputs in a row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.losses import Loss
from pellucid.equations.special import indicator
from pellucid.tensor import Shape

#: what is added to, or the least that is left of, a number that must not be 0, as in Keras
MARGIN = 1e-7


class MeanSquaredError(Loss):
    """ℓ = mean (P − Y)²;  ∂ℓ/∂P = 2(P − Y)/k"""

    alias = ("mse",)
    row_text, row_latex = "({p} − {y})²", "({p} - {y})^2"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        return xp.mean(xp.square(xp.subtract(p, y)), axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = xp.subtract(p, y)
        slope *= 2.0 / p.shape[-1]
        return slope


class MeanAbsoluteError(Loss):
    """ℓ = mean |P − Y|;  ∂ℓ/∂P = sign(P − Y)/k"""

    alias = ("mae",)
    row_text, row_latex = "|{p} − {y}|", r"\left|{p} - {y}\right|"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        return xp.mean(xp.abs(xp.subtract(p, y)), axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = xp.sign(xp.subtract(p, y))
        slope *= 1.0 / p.shape[-1]
        return slope


class MeanAbsolutePercentageError(Loss):
    """ℓ = 100 · mean |P − Y|/|Y|;  ∂ℓ/∂P = 100 · sign(P − Y)/|Y|/k"""

    alias = ("mape",)
    row_text, row_latex = "100|{p} − {y}|/|{y}|", r"100 \left|({p} - {y}) / {y}\right|"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        values = xp.abs(xp.subtract(p, y))
        values /= xp.maximum(xp.abs(y), MARGIN)
        values *= 100.0
        return xp.mean(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = xp.sign(xp.subtract(p, y))
        slope /= xp.maximum(xp.abs(y), MARGIN)
        slope *= 100.0 / p.shape[-1]
        return slope


class MeanSquaredLogarithmicError(Loss):
    """ℓ = mean (log(1 + P) − log(1 + Y))²;  ∂ℓ/∂P = 2(log(1 + P) − log(1 + Y))/(1 + P)/k

    Numbers below 10⁻⁷ count as 10⁻⁷.
    """

    alias = ("msle",)
    row_text = "(log(1 + {p}) − log(1 + {y}))²"
    row_latex = r"(\log(1 + {p}) - \log(1 + {y}))^2"
    cost = 25
    expects = "positive"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        return xp.mean(xp.square(log_ratio(xp, p, y)), axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = log_ratio(xp, p, y)
        slope /= xp.add(xp.maximum(p, MARGIN), 1.0)
        slope *= indicator(xp, xp.greater_equal(p, MARGIN), p)
        slope *= 2.0 / p.shape[-1]
        return slope


def log_ratio(xp: Namespace, p: Array, y: Array) -> Array:
    """log((1 + P)/(1 + Y))"""
    one, other = (xp.log1p(xp.maximum(each, MARGIN)) for each in (p, y))
    return xp.subtract(one, other)


class Huber(Loss):
    """ℓ = mean e²/2 where |e| ≤ δ, else δ|e| − δ²/2, for e = P − Y

    ∂ℓ/∂P = e/k, kept within ±δ/k
    """

    delta: float = 1.0

    alias = ("huber_loss",)
    row_text, row_latex = "huber({p} − {y})", r"\operatorname{{huber}}({p} - {y})"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        error = xp.abs(xp.subtract(p, y))
        kept = xp.minimum(error, self.delta)
        values = xp.multiply(kept, -0.5)
        values += error
        values *= kept
        return xp.mean(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = xp.clip(xp.subtract(p, y), -self.delta, self.delta)
        slope *= 1.0 / p.shape[-1]
        return slope


class Pinball(Loss):
    """ℓ = mean max(q·e, (q − 1)·e) for e = Y − P, whose least is at the quantile q of Y

    ∂ℓ/∂P = −q/k where Y > P, else (1 − q)/k. `quantiles` are one, or one for each output.
    """

    quantiles: float | Sequence[float] = 0.5

    alias = ("quantile",)
    row_text, row_latex = "pinball({y} − {p})", r"\operatorname{{pinball}}({y} - {p})"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        error = xp.subtract(y, p)
        values = xp.multiply(error, self.levels(xp, p))
        values -= xp.minimum(error, 0.0)
        return xp.mean(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = indicator(xp, xp.greater_equal(p, y), p)
        slope -= self.levels(xp, p)
        slope *= 1.0 / p.shape[-1]
        return slope

    def levels(self, xp: Namespace, p: Array) -> Any:
        if isinstance(self.quantiles, (int, float)):
            return self.quantiles
        return xp.asarray(list(self.quantiles), dtype=p.dtype)

    def shape(self, *shapes: Shape) -> Shape:
        several = () if isinstance(self.quantiles, (int, float)) else tuple(self.quantiles)
        if several and len(several) != shapes[0][-1]:
            raise ValueError(
                f"Pinball has {len(several)} quantiles for {shapes[0][-1]} outputs a row: "
                "give one quantile for each output, or a single one for all"
            )
        return super().shape(*shapes)


class LogCosh(Loss):
    """ℓ = mean log cosh e for e = P − Y, as |e| + log(1 + e^−2|e|) − log 2;  ∂ℓ/∂P = tanh(e)/k"""

    alias = ("logcosh",)
    row_text, row_latex = "log cosh({p} − {y})", r"\log \cosh({p} - {y})"
    cost = 25

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        error = xp.abs(xp.subtract(p, y))
        values = xp.log1p(xp.exp(xp.multiply(error, -2.0)))
        values += error
        values -= math.log(2.0)
        return xp.mean(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = xp.tanh(xp.subtract(p, y))
        slope *= 1.0 / p.shape[-1]
        return slope


class Poisson(Loss):
    """ℓ = mean (P − Y⊙log P) for counts Y with the expectations P > 0;  ∂ℓ/∂P = (1 − Y/P)/k"""

    row_text, row_latex = "{p} − {y}⊙log {p}", r"{p} - {y} \odot \log {p}"
    cost = 12
    expects = "positive"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        values = xp.log(xp.add(p, MARGIN))
        values *= y
        return xp.mean(xp.subtract(p, values), axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = xp.divide(y, xp.add(p, MARGIN))
        slope *= -1.0
        slope += 1.0
        slope *= 1.0 / p.shape[-1]
        return slope
