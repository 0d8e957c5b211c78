"""Adagrad, Adadelta and RMSprop: each parameter's step is divided by the size of its gradients.

ε stands inside the root, as in Keras. PyTorch's Adagrad and RMSprop have it outside, √v + ε: there
the two agree where ε = 0.
"""

from __future__ import annotations

from typing import Any

from pellucid.equations.arithmetic import Sqrt, Square
from pellucid.optimizers.base import Optimizer, Step
from pellucid.tensor import Tensor


class Adagrad(Optimizer):
    """G ← G + g² ;  θ ← θ − η·g/√(G + ε)"""

    learning_rate: Any = 0.001
    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7

    def update(self, step: Step) -> Tensor:
        epsilon = step.constant("ε", self.epsilon)
        total = step.state("G", self.initial_accumulator_value)
        total = step.assign(total, total + Square()(step.g))
        return step.theta - step.eta * step.g / Sqrt()(total + epsilon)


class Adadelta(Optimizer):
    """G ← ρ·G + (1 − ρ)·g² ;  Δ = √((D + ε)/(G + ε))·g ;  D ← ρ·D + (1 − ρ)·Δ² ;  θ ← θ − η·Δ"""

    learning_rate: Any = 0.001
    rho: float = 0.95
    epsilon: float = 1e-7

    def update(self, step: Step) -> Tensor:
        rho, epsilon = step.constant("ρ", self.rho), step.constant("ε", self.epsilon)
        mean = step.running_mean("G", rho, Square()(step.g))
        moved = step.state("D")
        delta = (Sqrt()((moved + epsilon) / (mean + epsilon)) * step.g).called("Δ")
        step.assign(moved, rho * moved + (1 - rho) * Square()(delta))
        return step.theta - step.eta * delta


class RMSprop(Optimizer):
    """v ← ρ·v + (1 − ρ)·g² ;  θ ← θ − η·g/√(v + ε)

    Centered: ḡ ← ρ·ḡ + (1 − ρ)·g, and v − ḡ² in place of v under the root.
    With momentum: b ← μ·b + η·g/√(v + ε) ;  θ ← θ − b
    """

    learning_rate: Any = 0.001
    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False

    alias = ("rmsprop",)

    def update(self, step: Step) -> Tensor:
        rho, epsilon = step.constant("ρ", self.rho), step.constant("ε", self.epsilon)
        v = step.running_mean("v", rho, Square()(step.g))
        if self.centered:
            v = v - Square()(step.running_mean("ḡ", rho, step.g))
        descent = step.eta * step.g / Sqrt()(v + epsilon)
        if not self.momentum:
            return step.theta - descent
        b = step.state("b")
        return step.theta - step.assign(b, step.constant("μ", self.momentum) * b + descent)
