"""A network as one program without pellucid in it."""

from pellucid.glass.source.rows import Course
from pellucid.glass.source.source import Source, source

__all__ = ["Course", "Source", "source"]
