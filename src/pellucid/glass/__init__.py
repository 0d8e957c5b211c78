"""Seeing through a network: every number of a step, by the name that it is printed with."""

from pellucid.glass.recorder import record, take_step
from pellucid.glass.recording import Recording

__all__ = ["Recording", "record", "take_step"]
