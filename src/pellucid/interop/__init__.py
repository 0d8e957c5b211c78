"""Handing networks over: written in other languages, read from and made for other libraries."""

from __future__ import annotations

from pellucid.interop.export import export
from pellucid.interop.keras import from_keras, to_keras
from pellucid.interop.loading import load
from pellucid.interop.sklearn import from_sklearn, to_sklearn

__all__ = ["export", "from_keras", "from_sklearn", "load", "to_keras", "to_sklearn"]
