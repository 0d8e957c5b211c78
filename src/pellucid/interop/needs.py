"""Packages that are imported where they are used, and what to do where one is missing."""

from __future__ import annotations

import importlib
from typing import Any


def needed(module: str, extra: str = "") -> Any:
    """A module, of an extra if it is in one."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        wanted = f'"pellucid[{extra}]"' if extra else package
        raise ImportError(
            f"this needs the package {package!r}, which is not installed: pip install {wanted}"
        ) from error
