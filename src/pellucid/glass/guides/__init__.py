"""Guides: text beside a step that leads through its numbers; shipped ones, and those of users."""

from pellucid.glass.guides.guide import Guide, GuideError, guide, read_guide
from pellucid.glass.guides.placing import placed
from pellucid.glass.guides.shipped import shipped

__all__ = ["Guide", "GuideError", "guide", "placed", "read_guide", "shipped"]
