"""The plan of a network: its equations in order, derived, simplified and printed."""

from pellucid.plan.plan import SECTIONS, Plan, flops
from pellucid.plan.printing import sentence

__all__ = ["SECTIONS", "Plan", "flops", "sentence"]
