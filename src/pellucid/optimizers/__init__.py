"""Optimizers: how the parameters follow their gradient."""

from pellucid.optimizers.adam import Adam, AdamW
from pellucid.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from pellucid.optimizers.base import Optimizer
from pellucid.optimizers.nadam import Adamax, Nadam
from pellucid.optimizers.sgd import SGD, Lion

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
]
