"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from typing import Any

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
        return step.theta + (mu * v - descent if self.nesterov else v)
