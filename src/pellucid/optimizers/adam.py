"""Adam and its family: a running mean of the gradient over one of its size."""

from __future__ import annotations

from typing import Any

from pellucid.equations.arithmetic import Sqrt, Square
from pellucid.optimizers.base import Optimizer, Step
from pellucid.tensor import Tensor


class Adam(Optimizer):
    """m ← β₁m + (1−β₁)g ;  v ← β₂v + (1−β₂)g² ;  θ ← θ − η·m̂/(√v̂ + ε)"""

    learning_rate: Any = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    def update(self, step: Step) -> Tensor:
        b1, b2 = step.constant("β₁", self.beta_1), step.constant("β₂", self.beta_2)
        epsilon = step.constant("ε", self.epsilon)
        m, v = step.state("m"), step.state("v")
        m = step.assign(m, b1 * m + (1 - b1) * step.g)
        v = step.assign(v, b2 * v + (1 - b2) * Square()(step.g))
        m_hat, v_hat = m / (1 - b1**step.t), v / (1 - b2**step.t)
        return step.theta - step.eta * (m_hat / (Sqrt()(v_hat) + epsilon))
