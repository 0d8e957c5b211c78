"""Gradient descent: plain, with momentum, and by the sign of a mean gradient."""

from __future__ import annotations

from typing import Any

from pellucid.equations.arithmetic import Sign
from pellucid.optimizers.base import Optimizer, Step
from pellucid.tensor import Tensor


class SGD(Optimizer):
    """v ← μ·v − η·g ;  θ ← θ + v     (Nesterov: θ ← θ + μ·v − η·g;  no momentum: θ ← θ − η·g)"""

    learning_rate: Any = 0.01
    momentum: float = 0.0
    nesterov: bool = False

    def update(self, step: Step) -> Tensor:
        descent = step.eta * step.g
        if not self.momentum:
            return step.theta - descent
        mu = step.constant("μ", self.momentum)
        v = step.state("v")
        v = step.assign(v, mu * v - descent)
        return step.theta + mu * v - descent if self.nesterov else step.theta + v


class Lion(Optimizer):
    """θ ← θ − η·sign(β₁·m + (1 − β₁)·g) ;  m ← β₂·m + (1 − β₂)·g"""

    learning_rate: Any = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.99

    def check_settings(self) -> None:
        if not self.beta_1 > 0:
            raise ValueError(
                f"Lion: beta_1 is above 0, got {self.beta_1!r}: without it nothing is left of the "
                "mean gradient"
            )

    def update(self, step: Step) -> Tensor:
        b1, b2 = step.constant("β₁", self.beta_1), step.constant("β₂", self.beta_2)
        m = step.state("m")
        step.assign_last(m, b2 * m + (1 - b2) * step.g)
        return step.theta - step.eta * Sign()(b1 * m + (1 - b1) * step.g)
