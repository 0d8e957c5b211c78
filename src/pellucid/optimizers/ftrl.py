"""Ftrl: follow the regularised leader, which leaves weights at exactly 0 that little speaks for."""

from __future__ import annotations

from typing import Any

from pellucid.equations.arithmetic import Square
from pellucid.equations.clipping import Clip
from pellucid.optimizers.base import Optimizer, Step
from pellucid.tensor import Tensor


class Ftrl(Optimizer):
    """G ← G + g² ;  z ← z + g − (Gᵖ − G₋₁ᵖ)·θ/η ;  θ ← (clip(z) − z)/(Gᵖ/η + 2λ₂ + β/η)

    p = −`learning_rate_power` is ½, clip(z) keeps z within ±λ₁, λ₁ and λ₂ are the strengths of
    regularisation. With a shrinkage s, z takes g + 2s·θ in place of g. η must be above 0.
    """

    learning_rate: Any = 0.001
    learning_rate_power: float = -0.5
    initial_accumulator_value: float = 0.1
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0
    l2_shrinkage_regularization_strength: float = 0.0
    beta: float = 0.0

    def check_settings(self) -> None:
        if self.learning_rate_power > 0:
            raise ValueError(
                f"learning_rate_power must be 0 or less, got {self.learning_rate_power!r}"
            )

    def update(self, step: Step) -> Tensor:
        theta, power, l1 = step.theta, -self.learning_rate_power, self.l1_regularization_strength
        total = step.state("G", self.initial_accumulator_value)
        added = (total + Square()(step.g)).called("G⁺")
        grown, before = added**power, total**power
        shrink = 2 * self.l2_shrinkage_regularization_strength
        g = step.g + shrink * theta if shrink else step.g
        sums = step.state("z")
        z = step.assign(sums, sums + g + (before - grown) / step.eta * theta)
        step.assign(total, added)
        size = (grown + self.beta) / step.eta + 2 * self.l2_regularization_strength
        return (Clip(-l1, l1)(z) - z) / size if l1 else -z / size
