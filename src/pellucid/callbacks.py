"""Callbacks: what is done at set moments of training."""

from pellucid.training.callbacks import *  # noqa: F403
from pellucid.training.callbacks import __all__ as __all__
