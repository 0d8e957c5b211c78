"""Adam and its family: a running mean of the gradient over a running size of it.

ε is added to √v̂, as in the paper and in PyTorch. Keras adds it to √v, before v is corrected for
its start at 0, so that its ε counts for more in the first steps: there the two agree where ε = 0.
"""

from __future__ import annotations

from typing import Any

from pellucid.equations.arithmetic import Sqrt, Square
from pellucid.equations.choices import Maximum
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
