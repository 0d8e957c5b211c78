"""Cross-entropies written on scores Z instead of on probabilities, finite for every Z, and dZ."""

from __future__ import annotations

import math

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import PRODUCT, Equation
from pellucid.equations.losses import Loss
from pellucid.equations.special import log_sum_exp, one_hot, sigmoid, softmax, softplus
from pellucid.equations.weighing import per_row
from pellucid.tensor import Shape


class SoftmaxCrossentropy(Loss, hidden=True):
    """ℓ = log Σ eᶻ·ΣY − Σ Y⊙Z: the cross-entropy of softmax(Z), finite for every Z"""

    row_text = "−Σ {y}⊙log softmax({p})"
    row_latex = r"-\sum {y} \odot \log \operatorname{{softmax}}({p})"
    cost = 12
    expects = "one-hot"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        values = log_sum_exp(xp, p)
        values *= xp.sum(y, axis=-1)
        values -= xp.sum(xp.multiply(y, p), axis=-1)
        return values

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = softmax(xp, p)
        slope *= xp.sum(y, axis=-1, keepdims=True)
        slope -= y
        return slope


class SoftmaxSparseCrossentropy(Loss, hidden=True):
    """ℓ = log Σ eᶻ − Z[y]: the cross-entropy of softmax(Z), finite for every Z"""

    sparse = True
    row_text, row_latex = "−log softmax({p})[{y}]", r"-\log \operatorname{{softmax}}({p})_{{{y}}}"
    cost = 12
    expects = "classes"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        right = one_hot(xp, y, p)
        right *= p
        values = log_sum_exp(xp, p)
        values -= xp.sum(right, axis=-1)
        return values

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = softmax(xp, p)
        slope -= one_hot(xp, y, p)
        return slope


class SigmoidCrossentropy(Loss, hidden=True):
    """ℓ = mean(max(Z, 0) − Y⊙Z + log(1 + e^−|Z|)): that of sigmoid(Z), finite for every Z"""

    row_text = "−{y}⊙log σ({p}) − (1−{y})⊙log σ(−{p})"
    row_latex = r"-{y} \odot \log \sigma({p}) - (1-{y}) \odot \log \sigma(-{p})"
    cost = 24
    expects = "probability"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        values = softplus(xp, p)
        values -= xp.multiply(y, p)
        return xp.mean(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = sigmoid(xp, p)
        slope -= y
        slope *= 1.0 / p.shape[-1]
        return slope


class Residual(Equation):
    """dZ = dL · w ⊙ (Ŷ − Y)/n, where softmax or sigmoid and their cross-entropy cancel

    Where `shared` k outputs share a row's loss (binary cross-entropy), n counts them all.
    """

    sparse: bool = False
    shared: bool = False

    binds = PRODUCT
    cost = 2

    def template(self, style: str) -> str:
        target = "{y}" if not self.sparse else "[class = {y}]"
        if style == "text":
            return f"({{p}} − {target})/n"
        return rf"\frac{{{{{{p}} - {target}}}}}{{{{n}}}}"

    def run(self, xp: Namespace, dl: Array, p: Array, y: Array, w: Array | None = None) -> Array:
        dz = xp.subtract(p, one_hot(xp, y, p) if self.sparse else y)
        count = math.prod(p.shape if self.shared else p.shape[:-1])
        if w is not None:
            dz *= per_row(xp, w, dz)
        dz *= dl / count
        return dz

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]
