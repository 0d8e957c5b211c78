"""Seeing through a network: every number of a step, by the name that it is printed with."""

from pellucid.glass.explanation import Explanation
from pellucid.glass.gradients import GradientCheck, check_gradients
from pellucid.glass.recorder import explain, record, take_step
from pellucid.glass.recording import Recording
from pellucid.glass.source import Course, Source, source

__all__ = [
    "Course",
    "Explanation",
    "GradientCheck",
    "Recording",
    "Source",
    "check_gradients",
    "explain",
    "record",
    "source",
    "take_step",
]
