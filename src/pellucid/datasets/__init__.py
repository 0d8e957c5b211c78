"""Data sets to learn on: `digits` (in the package), `mnist`, `fashion_mnist`, and drawn points."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ..settings import nearest

if TYPE_CHECKING:
    from . import digits, fashion_mnist, mnist
    from .generators import blobs, circles, moons, plane, spirals, xor

__all__ = [
    "blobs",
    "circles",
    "digits",
    "fashion_mnist",
    "mnist",
    "moons",
    "plane",
    "spirals",
    "xor",
]
_SUBMODULES = {"digits", "fashion_mnist", "mnist"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"pellucid.datasets has no {name!r}; {nearest(name, __all__)}")
    if name in _SUBMODULES:
        return importlib.import_module(f".{name}", __name__)
    return getattr(importlib.import_module(".generators", __name__), name)


def __dir__() -> list[str]:
    return __all__
