"""Packages that are imported where they are used, and what to do where one is missing."""

from __future__ import annotations

import importlib
from typing import Any


def needed(module: str, extra: str) -> Any:
    """A module of an extra."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"this needs the package {module!r}, which is not installed: "
            f"pip install 'pellucid[{extra}]'"
        ) from error
