"""Adam and its family: a running mean of the gradient over a running size of it.

ε is added to √v̂, as in the paper and in PyTorch. Keras adds it to √v, before v is corrected for
its start at 0, so that its ε counts for more in the first steps: there the two agree where ε = 0.
"""

from __future__ import annotations

from typing import Any

from pellucid.equations.choices import Maximum
from pellucid.equations.functions import Absolute, Sqrt, Square
from pellucid.optimizers.base import Optimizer, Step
from pellucid.tensor import Tensor


class Adam(Optimizer):
    """m ← β₁·m + (1 − β₁)·g ;  v ← β₂·v + (1 − β₂)·g² ;  θ ← θ − η·m̂/(√v̂ + ε)

    m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) make up for the start at 0.
    AMSGrad: v̂ is made of the largest v so far.
    """

    learning_rate: Any = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    def update(self, step: Step) -> Tensor:
        b1, b2 = step.constant("β₁", self.beta_1), step.constant("β₂", self.beta_2)
        epsilon = step.constant("ε", self.epsilon)
        m = step.running_mean("m", b1, step.g)
        v = step.running_mean("v", b2, Square()(step.g))
        if self.amsgrad:
            largest = step.state("v_max")
            v = step.assign(largest, Maximum()(largest, v))
        m_hat = (m / (1 - b1**step.t)).called("m̂")
        v_hat = (v / (1 - b2**step.t)).called("v̂")
        return step.theta - step.eta * m_hat / (Sqrt()(v_hat) + epsilon)


class AdamW(Adam):
    """θ ← (1 − λ·η)·θ, then Adam's rule, with the weight decay λ"""

    learning_rate: Any = 0.001
    weight_decay: Any = 0.004
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    alias = ("adamw",)


class Nadam(Optimizer):
    """m ← β₁·m + (1 − β₁)·g ;  v ← β₂·v + (1 − β₂)·g² ;  θ ← θ − η·m̂/(√v̂ + ε)

    Nesterov's momentum looks one step ahead, with a momentum μₜ = β₁·(1 − 0.96ᵗ/2) that grows to
    β₁. Π is the product of all μ so far:

        m̂ = μₜ₊₁·m/(1 − Π·μₜ₊₁) + (1 − μₜ)·g/(1 − Π) ;  v̂ = v/(1 − β₂ᵗ)

    PyTorch's NAdam has 0.96^(t·momentum_decay), and is the same where momentum_decay = 1.
    """

    learning_rate: Any = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def update(self, step: Step) -> Tensor:
        b1, b2 = step.constant("β₁", self.beta_1), step.constant("β₂", self.beta_2)
        epsilon = step.constant("ε", self.epsilon)
        mu, ahead = (b1 * (1 - 0.96**t / 2) for t in (step.t, step.t + 1))
        product = step.number("Π", 1.0)
        product = step.assign(product, product * mu)
        m = step.running_mean("m", b1, step.g)
        v = step.running_mean("v", b2, Square()(step.g))
        m_hat = ahead / (1 - product * ahead) * m + (1 - mu) / (1 - product) * step.g
        v_hat = (v / (1 - b2**step.t)).called("v̂")
        return step.theta - step.eta * m_hat.called("m̂") / (Sqrt()(v_hat) + epsilon)


class Adamax(Optimizer):
    """m ← β₁·m + (1 − β₁)·g ;  u ← max(β₂·u, |g|) ;  θ ← θ − η/(1 − β₁ᵗ)·m/(u + ε)

    PyTorch has max(β₂·u, |g| + ε), and is the same where ε = 0.
    """

    learning_rate: Any = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def update(self, step: Step) -> Tensor:
        b1, b2 = step.constant("β₁", self.beta_1), step.constant("β₂", self.beta_2)
        epsilon = step.constant("ε", self.epsilon)
        m = step.running_mean("m", b1, step.g)
        u = step.state("u")
        u = step.assign(u, Maximum()(b2 * u, Absolute()(step.g)))
        return step.theta - step.eta / (1 - b1**step.t) * m / (u + epsilon)
