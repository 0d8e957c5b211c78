"""Cross-entropies, and the two forms in which they meet the activation below them.

Written on probabilities; where these come from a softmax or a sigmoid, `simplify` rewrites the loss
on the scores Z below (which never takes the logarithm of 0) and the gradient as (Ŷ − Y)/n. That
asks of one-hot targets that each row sums to 1.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Activation, Sigmoid, Softmax
from pellucid.equations.base import Equation
from pellucid.equations.eager import arrays
from pellucid.equations.facing import AlongAxis
from pellucid.equations.losses import Loss
from pellucid.equations.masking import Unequal
from pellucid.equations.scores import (
    Residual,
    SigmoidCrossentropy,
    SoftmaxCrossentropy,
    SoftmaxSparseCrossentropy,
)
from pellucid.equations.special import indicator, one_hot
from pellucid.settings import option
from pellucid.tensor import Gradients, Shape, Tensor

#: probabilities are kept this far from 0 and 1, as in Keras
MARGIN = 1e-7


def clipped(xp: Namespace, p: Array) -> Array:
    return xp.clip(p, MARGIN, 1.0 - MARGIN)


def inside(xp: Namespace, p: Array) -> Array:
    """1 where `clipped` left p as it was, else 0."""
    return indicator(xp, xp.equal(clipped(xp, p), p), p)


def shares(xp: Namespace, p: Array) -> Array:
    """p over its sum, as Keras takes probabilities."""
    return xp.divide(p, xp.sum(p, axis=-1, keepdims=True))


def through_shares(xp: Namespace, dq: Array, q: Array, p: Array) -> Array:
    """dp from dq, for q = p / Σ p:  dp = (dq − Σ dq⊙q) / Σ p"""
    dp = xp.subtract(dq, xp.sum(xp.multiply(dq, q), axis=-1, keepdims=True))
    dp /= xp.sum(p, axis=-1, keepdims=True)
    return dp


def log_loss_slope(xp: Namespace, p: Array, y: Array) -> Array:
    """∂/∂p of −Σ y⊙log q for q = p / Σ p"""
    q = shares(xp, p)
    dq = xp.divide(y, clipped(xp, q))
    dq *= inside(xp, q)
    dq *= -1.0
    return through_shares(xp, dq, q, p)


class Crossentropy(AlongAxis, abstract=True):
    """A cross-entropy of probabilities; with `from_logits`, of an activation of the predictions.

    The classes stand along `axis`.
    """

    from_logits: bool = False
    label_smoothing: float = 0.0

    #: what makes probabilities of scores, and the classes that a row's smoothing is spread over
    activation: ClassVar[type[Activation]] = Softmax

    def ready(self, y: Any, p: Any) -> tuple[Loss, Any]:
        return self.form(), self.smoothed(y, p)

    def form(self) -> Loss:
        """The loss on what the predictions are: probabilities, or scores."""
        return CANCELLING[self.activation, type(self)].loss if self.from_logits else self

    def smoothed(self, y: Any, p: Any) -> Any:
        s = self.label_smoothing
        return (1 - s) * y + s / self.classes(p.shape) if s else y

    def classes(self, predictions: Shape) -> int:
        """Over how many classes smoothing spreads a target."""
        return predictions[-1] or 1

    def mean_of(self, y: Tensor, p: Tensor, weight: Tensor | None) -> Tensor:
        probabilities = self.activation()(p) if self.from_logits else p
        return self.line(probabilities, self.smoothed(y, p), weight)


class CategoricalCrossentropy(Crossentropy):
    """ℓ = −Σ Y⊙log Q for Q = P/Σ P;  ∂ℓ/∂Q = −Y/Q

    With `from_logits`, P = softmax of the predictions. With `label_smoothing` s and k classes,
    Y becomes (1 − s)·Y + s/k.
    """

    row_text, row_latex = "−Σ {y}⊙log {p}", r"-\sum {y} \odot \log {p}"
    cost = 12
    expects = "one-hot"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        logs = xp.log(clipped(xp, shares(xp, p)))
        logs *= y
        return xp.negative(xp.sum(logs, axis=-1))

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        return log_loss_slope(xp, p, y)


class SparseCategoricalCrossentropy(Crossentropy):
    """ℓ = −log Q[y] for the class number y and Q = P/Σ P;  ∂ℓ/∂Q = −1/Q at y, else 0

    With `label_smoothing` it is the categorical cross-entropy of the one-hot rows of y. Rows of the
    class `ignore_class` do not count.
    """

    ignore_class: int | None = option(default=None, kw_only=True)

    sparse = True
    row_text, row_latex = "−log {p}[{y}]", r"-\log {p}_{{{y}}}"
    cost = 12
    expects = "classes"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        right = one_hot(xp, y, p)
        right *= shares(xp, p)
        return xp.negative(xp.log(clipped(xp, xp.sum(right, axis=-1))))

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        return log_loss_slope(xp, p, one_hot(xp, y, p))

    def ready(self, y: Any, p: Any) -> tuple[Loss, Any]:
        if not self.label_smoothing:
            return super().ready(y, p)
        return self.on_rows().ready(OneHot().of(y, p), p)

    def mean_of(self, y: Tensor, p: Tensor, weight: Tensor | None) -> Tensor:
        if not self.label_smoothing:
            return super().mean_of(y, p, weight)
        return self.on_rows().mean_of(OneHot().of(y, p), p, weight)

    def counted(self, y: Any, p: Any) -> Any:
        if self.ignore_class is None:
            return None
        unequal = Unequal(self.ignore_class)
        return unequal(y, p) if isinstance(y, Tensor) else unequal.run(arrays(y)[0], y, p)

    def on_rows(self) -> CategoricalCrossentropy:
        return CategoricalCrossentropy(
            self.from_logits, self.label_smoothing, reduction=self.reduction
        )


class BinaryCrossentropy(Crossentropy):
    """ℓ = −mean(Y⊙log P + (1−Y)⊙log(1−P));  ∂ℓ/∂P = (P − Y) / (P(1−P)) / k for k outputs

    With `from_logits`, P = sigmoid of the predictions. With `label_smoothing` s, Y becomes
    (1 − s)·Y + s/2.
    """

    alias = ("bce",)
    activation = Sigmoid
    row_text = "−{y}⊙log {p} − (1−{y})⊙log(1−{p})"
    row_latex = r"-{y} \odot \log {p} - (1-{y}) \odot \log(1-{p})"
    cost = 24
    expects = "probability"

    def classes(self, predictions: Shape) -> int:
        return 2

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        return xp.mean(binary_log_loss(xp, clipped(xp, p), y), axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        slope = binary_log_loss_slope(xp, clipped(xp, p), y)
        slope *= inside(xp, p)
        slope /= p.shape[-1]
        return slope


def binary_log_loss(xp: Namespace, p: Array, y: Array) -> Array:
    """−y·log p − (1−y)·log(1−p)"""
    values = xp.log(p)
    values *= y
    wrong = xp.log1p(xp.negative(p))
    wrong *= xp.subtract(1.0, y)
    values += wrong
    values *= -1.0
    return values


def binary_log_loss_slope(xp: Namespace, p: Array, y: Array) -> Array:
    """(p − y) / (p·(1−p))"""
    slope = xp.subtract(p, y)
    slope /= p
    slope /= xp.subtract(1.0, p)
    return slope


class KLDivergence(Loss):
    """ℓ = Σ Y⊙log(Y/P), both kept within 10⁻⁷ and 1;  ∂ℓ/∂P = −Y/P"""

    alias = ("kld", "kl_divergence")
    row_text, row_latex = "Σ {y}⊙log({y}/{p})", r"\sum {y} \odot \log({y}/{p})"
    cost = 24
    expects = "one-hot"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        y = xp.clip(y, MARGIN, 1.0)
        values = xp.log(xp.divide(y, xp.clip(p, MARGIN, 1.0)))
        values *= y
        return xp.sum(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        kept = xp.clip(p, MARGIN, 1.0)
        slope = xp.divide(xp.clip(y, MARGIN, 1.0), kept)
        slope *= indicator(xp, xp.equal(kept, p), p)
        slope *= -1.0
        return slope


class OneHot(Equation):
    """Rows of 0 and 1 with the 1 at class y, in the shape of P"""

    text, latex = "[class = {y}]", r"[\mathrm{{class}} = {y}]"

    def of(self, y: Any, p: Any) -> Any:
        """The rows as a tensor of a tensor y, or as an array of an array."""
        if isinstance(y, Tensor):
            return self(y, p)
        xp, (y, p) = arrays(y, p)
        return self.run(xp, y, p)

    def run(self, xp: Namespace, y: Array, p: Array) -> Array:
        return one_hot(xp, y, p)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return None, None

    def shape(self, *shapes: Shape) -> Shape:
        SparseCategoricalCrossentropy().shape(shapes[1], shapes[0])
        return shapes[1]


class Cancelling(NamedTuple):
    """What an activation and a loss become together: the loss on scores, and dZ."""

    loss: Loss
    residual: Residual
    words: str


SOFTMAX, SIGMOID = "softmax and cross-entropy cancel", "sigmoid and binary cross-entropy cancel"
#: which activation cancels with which loss
CANCELLING: dict[tuple[type, type], Cancelling] = {
    (Softmax, CategoricalCrossentropy): Cancelling(SoftmaxCrossentropy(), Residual(), SOFTMAX),
    (Softmax, SparseCategoricalCrossentropy): Cancelling(
        SoftmaxSparseCrossentropy(), Residual(sparse=True), SOFTMAX
    ),
    (Sigmoid, BinaryCrossentropy): Cancelling(
        SigmoidCrossentropy(), Residual(shared=True), SIGMOID
    ),
}
