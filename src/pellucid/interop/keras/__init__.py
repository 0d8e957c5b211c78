"""Networks of Keras: read from models and from files, and made again."""

from __future__ import annotations

from pellucid.interop.keras.back import to_keras
from pellucid.interop.keras.reading import from_keras

__all__ = ["from_keras", "to_keras"]
