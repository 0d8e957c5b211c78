"""Handing networks over: written in other languages."""

from __future__ import annotations

from pellucid.interop.export import export

__all__ = ["export"]
