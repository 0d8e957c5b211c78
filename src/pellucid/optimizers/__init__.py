"""Optimizers: how the parameters follow their gradient."""

from pellucid.optimizers.adam import Adam
from pellucid.optimizers.base import Optimizer
from pellucid.optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
