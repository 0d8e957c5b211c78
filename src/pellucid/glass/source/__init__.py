"""A network as one program without pellucid in it."""

from pellucid.glass.source.source import Course, Source, source

__all__ = ["Course", "Source", "source"]
