"""Relatives of Adam, which take its mean one step ahead, or its size by the largest gradient."""

from __future__ import annotations

from typing import Any

from pellucid.equations.arithmetic import Absolute, Sqrt, Square
from pellucid.equations.choices import Maximum
from pellucid.optimizers.base import Optimizer, Step
from pellucid.tensor import Tensor


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
