"""The plan of a network: its equations in order, derived, simplified and printed."""

from pellucid.plan.plan import SECTIONS, Plan, flops

__all__ = ["SECTIONS", "Plan", "flops"]
