"""Cross-entropies, and the two forms in which they meet the activation below them.

Written on probabilities; where these come from a softmax or a sigmoid, `simplify` rewrites the loss
on the scores Z below (which never takes the logarithm of 0) and the gradient as (Ŷ − Y)/n.
"""

from __future__ import annotations

from typing import Any

from pellucid.equations.activations import Sigmoid, Softmax
from pellucid.equations.base import PRODUCT, Equation
from pellucid.equations.losses import Loss, per_row
from pellucid.tensor import Shape, Tensor, size

#: probabilities are kept this far from 0 and 1, as in Keras
MARGIN = 1e-7


def clipped(xp: Any, p: Any) -> Any:
    return xp.clip(p, MARGIN, 1.0 - MARGIN)


def inside(xp: Any, p: Any) -> Any:
    """1 where `clipped` left p as it was, else 0."""
    return xp.astype(xp.equal(clipped(xp, p), p), p.dtype)


def one_hot(xp: Any, y: Any, like: Any) -> Any:
    """Class numbers y as rows of 0 and 1, in the shape and dtype of `like`."""
    columns = xp.arange(like.shape[-1], dtype=y.dtype)
    return xp.astype(xp.equal(y[..., None], columns), like.dtype)


def log_sum_exp(xp: Any, z: Any) -> Any:
    top = xp.max(z, axis=-1, keepdims=True)
    total = xp.sum(xp.exp(xp.subtract(z, top)), axis=-1)
    return xp.log(total) + top[..., 0]


class CategoricalCrossentropy(Loss):
    """ℓ = −Σ Y⊙log P;  ∂ℓ/∂P = −Y/P

    With `from_logits`, P = softmax of the predictions. With `label_smoothing` s and k classes,
    Y becomes (1 − s)·Y + s/k.
    """

    from_logits: bool = False
    label_smoothing: float = 0.0

    row_text, row_latex = "−Σ {y}⊙log {p}", r"-\sum {y} \odot \log {p}"
    cost = 12

    def write(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        if self.label_smoothing:
            y = (1 - self.label_smoothing) * y + self.label_smoothing / (p.shape[-1] or 1)
        return super().write(y, Softmax()(p) if self.from_logits else p, weight)

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        return -xp.sum(xp.multiply(y, xp.log(clipped(xp, p))), axis=-1)

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        slope = xp.divide(y, clipped(xp, p))
        slope *= -inside(xp, p)
        return slope


class SparseCategoricalCrossentropy(Loss):
    """ℓ = −log P[y] for the class number y;  ∂ℓ/∂P = −1/P at y, else 0"""

    from_logits: bool = False

    sparse = True
    row_text, row_latex = "−log {p}[{y}]", r"-\log {p}_{{{y}}}"
    cost = 12

    def write(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        return super().write(y, Softmax()(p) if self.from_logits else p, weight)

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        return -xp.log(clipped(xp, xp.sum(one_hot(xp, y, p) * p, axis=-1)))

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        slope = one_hot(xp, y, p) / clipped(xp, p)
        slope *= -inside(xp, p)
        return slope


class BinaryCrossentropy(Loss):
    """ℓ = −mean(Y⊙log P + (1−Y)⊙log(1−P));  ∂ℓ/∂P = (P − Y) / (P(1−P)) / k for k outputs

    With `from_logits`, P = sigmoid of the predictions. With `label_smoothing` s, Y becomes
    (1 − s)·Y + s/2.
    """

    from_logits: bool = False
    label_smoothing: float = 0.0

    row_text = "−{y}⊙log {p} − (1−{y})⊙log(1−{p})"
    row_latex = r"-{y} \odot \log {p} - (1-{y}) \odot \log(1-{p})"
    cost = 24

    def write(self, y: Tensor, p: Tensor, weight: Tensor | None = None) -> Tensor:
        if self.label_smoothing:
            y = (1 - self.label_smoothing) * y + self.label_smoothing / 2
        return super().write(y, Sigmoid()(p) if self.from_logits else p, weight)

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        p = clipped(xp, p)
        ones = xp.multiply(y, xp.log(p))
        zeros = xp.multiply(xp.subtract(1.0, y), xp.log1p(xp.negative(p)))
        return -xp.mean(xp.add(ones, zeros), axis=-1)

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        kept = clipped(xp, p)
        slope = xp.subtract(kept, y)
        slope /= kept * (1.0 - kept) * p.shape[-1]
        slope *= inside(xp, p)
        return slope


class SoftmaxCrossentropy(Loss, hidden=True):
    """ℓ = log Σ eᶻ·ΣY − Σ Y⊙Z: the cross-entropy of softmax(Z), finite for every Z"""

    row_text = "−Σ {y}⊙log softmax({p})"
    row_latex = r"-\sum {y} \odot \log \operatorname{{softmax}}({p})"
    cost = 12

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        likely = xp.sum(xp.multiply(y, p), axis=-1)
        return xp.multiply(log_sum_exp(xp, p), xp.sum(y, axis=-1)) - likely

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        return Softmax().run(xp, p) * xp.sum(y, axis=-1, keepdims=True) - y


class SoftmaxSparseCrossentropy(Loss, hidden=True):
    """ℓ = log Σ eᶻ − Z[y]: the cross-entropy of softmax(Z), finite for every Z"""

    sparse = True
    row_text, row_latex = "−log softmax({p})[{y}]", r"-\log \operatorname{{softmax}}({p})_{{{y}}}"
    cost = 12

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        return log_sum_exp(xp, p) - xp.sum(one_hot(xp, y, p) * p, axis=-1)

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        return Softmax().run(xp, p) - one_hot(xp, y, p)


class SigmoidCrossentropy(Loss, hidden=True):
    """ℓ = mean(max(Z, 0) − Y⊙Z + log(1 + e^−|Z|)): that of sigmoid(Z), finite for every Z"""

    row_text = "−{y}⊙log σ({p}) − (1−{y})⊙log σ(−{p})"
    row_latex = r"-{y} \odot \log \sigma({p}) - (1-{y}) \odot \log \sigma(-{p})"
    cost = 24

    def values(self, xp: Any, p: Any, y: Any) -> Any:
        values = xp.log1p(xp.exp(xp.negative(xp.abs(p))))
        values += xp.maximum(p, 0.0)
        values -= xp.multiply(y, p)
        return xp.mean(values, axis=-1)

    def slope(self, xp: Any, p: Any, y: Any) -> Any:
        slope = Sigmoid().run(xp, p)
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

    def run(self, xp: Any, dl: Any, p: Any, y: Any, w: Any = None) -> Any:
        dz = xp.subtract(p, one_hot(xp, y, p) if self.sparse else y)
        count = size(p.shape if self.shared else p.shape[:-1])
        if w is not None:
            dz *= per_row(xp, w, dz)
        dz *= dl / count
        return dz

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]


#: which activation cancels with which loss, the loss written on its scores, and the residual
CANCELLING: dict[tuple[type[Equation], type[Loss]], tuple[Loss, Residual, str]] = {
    (Softmax, CategoricalCrossentropy): (
        SoftmaxCrossentropy(), Residual(), "softmax and cross-entropy cancel",
    ),
    (Softmax, SparseCategoricalCrossentropy): (
        SoftmaxSparseCrossentropy(), Residual(sparse=True), "softmax and cross-entropy cancel",
    ),
    (Sigmoid, BinaryCrossentropy): (
        SigmoidCrossentropy(), Residual(shared=True), "sigmoid and binary cross-entropy cancel",
    ),
}  # fmt: skip

