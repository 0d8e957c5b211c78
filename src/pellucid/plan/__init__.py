"""The plan of a network: its equations in order, derived, simplified and printed."""

from pellucid.plan.listing import SECTIONS, flops
from pellucid.plan.plan import Plan
from pellucid.plan.printing import sentence

__all__ = ["SECTIONS", "Plan", "flops", "sentence"]
