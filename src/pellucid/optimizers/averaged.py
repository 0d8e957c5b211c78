"""Rules that scale or average Adam's step: Lamb by the size of weights, schedule-free by time."""

from __future__ import annotations

from typing import Any

from pellucid.equations.arithmetic import Sqrt, Square
from pellucid.equations.choices import Minimum
from pellucid.equations.clipping import Matched
from pellucid.optimizers.base import Optimizer, Step
from pellucid.tensor import Tensor


class Lamb(Optimizer):
    """u = m̂/(√v̂ + ε) as in Adam ;  θ ← θ − η·u·‖θ‖/‖u‖, each parameter by its own lengths

    Where one of the two lengths is 0, u is as it is.
    """

    learning_rate: Any = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def update(self, step: Step) -> Tensor:
        b1, b2 = step.constant("β₁", self.beta_1), step.constant("β₂", self.beta_2)
        epsilon = step.constant("ε", self.epsilon)
        m = step.running_mean("m", b1, step.g)
        v = step.running_mean("v", b2, Square()(step.g))
        m_hat = (m / (1 - b1**step.t)).called("m̂")
        v_hat = (v / (1 - b2**step.t)).called("v̂")
        u = (m_hat / (Sqrt()(v_hat) + epsilon)).called("u")
        return step.theta - step.eta * Matched(step.sizes)(u, step.theta)


class ScheduleFreeAdamW(Optimizer):
    """z ← z − η·g/(√v̂ + ε) ;  x ← (1 − 1/t)·x + z/t ;  θ = (1 − β₁)·z + β₁·x

    z takes Adam's steps without a running mean of g, x is the mean of all z, and gradients are
    taken at θ between them, so that no schedule of the learning rate is needed. x is not kept: it
    is (θ − (1 − β₁)·z)/β₁. In the first `warmup_steps` η grows from 0.
    """

    learning_rate: Any = 0.0025
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    warmup_steps: int = 0

    alias = ("schedule_free_adamw", "schedulefreeadamw")

    def check_settings(self) -> None:
        if not 0 < self.beta_1 < 1:
            raise ValueError(f"beta_1 must be between 0 and 1, got {self.beta_1!r}")
        if not isinstance(self.warmup_steps, int) or self.warmup_steps < 0:
            raise ValueError(
                f"warmup_steps must be a whole number of 0 or more, got {self.warmup_steps!r}"
            )

    def update(self, step: Step) -> Tensor:
        b1, b2 = step.constant("β₁", self.beta_1), step.constant("β₂", self.beta_2)
        epsilon = step.constant("ε", self.epsilon)
        eta, before = step.eta, step.state("z", "θ")
        if self.warmup_steps:
            eta = eta * Minimum()(step.t / self.warmup_steps, 1)
        v = step.running_mean("v", b2, Square()(step.g))
        v_hat = (v / (1 - b2**step.t)).called("v̂")
        moved = (eta * step.g / (Sqrt()(v_hat) + epsilon)).called("Δ")
        z = step.assign(before, before - moved)
        mean = ((step.theta - (1 - b1) * (z + moved)) / b1).called("x")
        share = 1 / step.t
        return (1 - b1) * z + b1 * ((1 - share) * mean + share * z)
