"""Focal losses: cross-entropies in which what is predicted well counts little.

    ℓ = (1 − P_t)^γ · cross-entropy, for the probability P_t of the right class

Written on probabilities, which are kept off 0 and 1, and on scores, where the logarithm is exact.
"""

from __future__ import annotations

from pellucid.arrays import Array, Namespace
from pellucid.equations.activations import Sigmoid
from pellucid.equations.crossentropy import (
    Crossentropy,
    binary_log_loss,
    binary_log_loss_slope,
    clipped,
    inside,
    shares,
    through_shares,
)
from pellucid.equations.losses import Loss
from pellucid.equations.special import log_softmax, sigmoid, softmax, softplus
from pellucid.tensor import Shape, Tensor


class Focal(Crossentropy, abstract=True):
    """A focal loss, written on scores where it is given scores."""

    def mean_of(self, y: Tensor, p: Tensor, weight: Tensor | None) -> Tensor:
        loss, y = self.ready(y, p)
        return loss.line(p, y, weight)


class BinaryFocalCrossentropy(Focal):
    """ℓ = mean W ⊙ B for W = (Y + P − 2Y⊙P)^γ and the binary cross-entropies B of each output

        ∂ℓ/∂P = (W ⊙ ∂B/∂P + ∂W/∂P ⊙ B)/k

    With `apply_class_balancing`, W is also multiplied by α for class 1 and 1 − α for class 0.
    """

    apply_class_balancing: bool = False
    alpha: float = 0.25
    gamma: float = 2.0

    activation = Sigmoid
    row_text = "(1 − p_t)^{gamma}⊙(−{y}⊙log {p} − (1−{y})⊙log(1−{p}))"
    row_latex = r"(1 - p_t)^{{{gamma}}} \odot (-{y} \odot \log {p} - (1-{y}) \odot \log(1-{p}))"
    cost = 45
    expects = "probability"

    def form(self) -> Loss:
        return SigmoidFocalCrossentropy(self) if self.from_logits else self

    def classes(self, predictions: Shape) -> int:
        return 2

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        p = clipped(xp, p)
        values = binary_log_loss(xp, p, y)
        values *= self.share(xp, p, y)
        return xp.mean(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        kept = clipped(xp, p)
        slope = binary_log_loss_slope(xp, kept, y)
        slope *= self.share(xp, kept, y)
        moved = self.share_slope(xp, kept, y)
        moved *= binary_log_loss(xp, kept, y)
        slope += moved
        slope *= inside(xp, p)
        slope /= p.shape[-1]
        return slope

    def share(self, xp: Namespace, p: Array, y: Array) -> Array:
        """W"""
        share = xp.pow(wrongness(xp, p, y), self.gamma)
        share *= self.balance(xp, y)
        return share

    def share_slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        """∂W/∂P"""
        slope = xp.pow(wrongness(xp, p, y), self.gamma - 1.0)
        slope *= self.balance(xp, y)
        slope *= xp.subtract(1.0, xp.multiply(y, 2.0))
        slope *= self.gamma
        return slope

    def balance(self, xp: Namespace, y: Array) -> Array | float:
        """α for class 1 and 1 − α for class 0"""
        if not self.apply_class_balancing:
            return 1.0
        balance = xp.multiply(y, 2.0 * self.alpha - 1.0)
        balance += 1.0 - self.alpha
        return balance


def wrongness(xp: Namespace, p: Array, y: Array) -> Array:
    """1 − p_t = y + p − 2y⊙p"""
    wrong = xp.multiply(y, -2.0)
    wrong += 1.0
    wrong *= p
    wrong += y
    return wrong


class SigmoidFocalCrossentropy(Loss, hidden=True):
    """The binary focal cross-entropy of P = sigmoid(Z), with B = max(Z, 0) − Y⊙Z + log(1 + e^−|Z|)

    ∂ℓ/∂Z = (W ⊙ (P − Y) + ∂W/∂P ⊙ P(1−P) ⊙ B)/k
    """

    focal: BinaryFocalCrossentropy

    row_text = "(1 − p_t)^γ⊙(−{y}⊙log σ({p}) − (1−{y})⊙log σ(−{p}))"
    row_latex = (
        r"(1 - p_t)^\gamma \odot (-{y} \odot \log \sigma({p}) - (1-{y}) \odot \log \sigma(-{p}))"
    )
    cost = 45
    expects = "probability"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        values = softplus(xp, p)
        values -= xp.multiply(y, p)
        values *= self.focal.share(xp, clipped(xp, sigmoid(xp, p)), y)
        return xp.mean(values, axis=-1)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        chance = sigmoid(xp, p)
        kept = clipped(xp, chance)
        moved = softplus(xp, p)
        moved -= xp.multiply(y, p)
        moved *= self.focal.share_slope(xp, kept, y)
        moved *= kept
        moved *= xp.subtract(1.0, kept)
        moved *= inside(xp, chance)
        slope = xp.subtract(chance, y)
        slope *= self.focal.share(xp, kept, y)
        slope += moved
        slope /= p.shape[-1]
        return slope


class CategoricalFocalCrossentropy(Focal):
    """ℓ = −Σ α·Y ⊙ (1 − Q)^γ ⊙ log Q for Q = P/Σ P

    ∂ℓ/∂Q = α·Y ⊙ (γ(1 − Q)^(γ−1) ⊙ log Q − (1 − Q)^γ / Q)
    """

    alpha: float = 0.25
    gamma: float = 2.0

    row_text = "−Σ {alpha}·{y}⊙(1 − {p})^{gamma}⊙log {p}"
    row_latex = r"-\sum {alpha} {y} \odot (1 - {p})^{{{gamma}}} \odot \log {p}"
    cost = 40
    expects = "one-hot"

    def form(self) -> Loss:
        return SoftmaxFocalCrossentropy(self) if self.from_logits else self

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        q = clipped(xp, shares(xp, p))
        return self.focused(xp, q, xp.log(q), y)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        q = shares(xp, p)
        kept = clipped(xp, q)
        dq = self.log_slope(xp, kept, xp.log(kept), y)
        dq /= kept
        dq *= inside(xp, q)
        return through_shares(xp, dq, q, p)

    def focused(self, xp: Namespace, q: Array, log_q: Array, y: Array) -> Array:
        """−Σ α·Y ⊙ (1 − Q)^γ ⊙ log Q"""
        values = xp.pow(xp.subtract(1.0, q), self.gamma)
        values *= log_q
        values *= y
        values = xp.sum(values, axis=-1)
        values *= -self.alpha
        return values

    def log_slope(self, xp: Namespace, q: Array, log_q: Array, y: Array) -> Array:
        """∂ℓ/∂log Q = α·Y ⊙ (γ(1 − Q)^(γ−1) ⊙ Q ⊙ log Q − (1 − Q)^γ)"""
        wrong = xp.subtract(1.0, q)
        slope = xp.pow(wrong, self.gamma - 1.0)
        slope *= q
        slope *= log_q
        slope *= self.gamma
        slope -= xp.pow(wrong, self.gamma)
        slope *= y
        slope *= self.alpha
        return slope


class SoftmaxFocalCrossentropy(Loss, hidden=True):
    """The categorical focal cross-entropy of Q = softmax(Z)

    ∂ℓ/∂Z = D − Q ⊙ Σ D for D = ∂ℓ/∂log Q
    """

    focal: CategoricalFocalCrossentropy

    row_text = "−Σ α·{y}⊙(1 − softmax({p}))^γ⊙log softmax({p})"
    row_latex = (
        r"-\sum \alpha {y} \odot (1 - \operatorname{{softmax}}({p}))^\gamma"
        r" \odot \log \operatorname{{softmax}}({p})"
    )
    cost = 50
    expects = "one-hot"

    def values(self, xp: Namespace, p: Array, y: Array) -> Array:
        q = clipped(xp, softmax(xp, p))
        return self.focal.focused(xp, q, log_softmax(xp, p), y)

    def slope(self, xp: Namespace, p: Array, y: Array) -> Array:
        q = softmax(xp, p)
        slope = self.focal.log_slope(xp, clipped(xp, q), log_softmax(xp, p), y)
        q *= xp.sum(slope, axis=-1, keepdims=True)
        slope -= q
        return slope
