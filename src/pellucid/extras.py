"""Packages that are imported where they are used, and what to install where one is missing."""

from __future__ import annotations

import importlib
from importlib import metadata
from typing import Any

#: what a package is called where it is installed, if not what it is imported as
PACKAGES = {"sklearn": "scikit-learn", "PIL": "pillow"}


def needed(module: str, extra: str = "", who: str = "this", otherwise: str = "") -> Any:
    """A module, of an extra if it is in one, or an error that says `who` needs it.

    `otherwise` is what to do in place of installing it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = module.split(".")[0]
        package = PACKAGES.get(name, name)
        mend = install(extra) if extra else f"pip install {package}"
        raise ImportError(f"{who} needs {package}: {mend}{otherwise}") from error


def version(package: str = "pellucid") -> str:
    """Which version is installed; of what is only imported from a folder, that it is not."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def install(extra: str) -> str:
    """The command that installs an extra of pellucid."""
    return f'pip install "pellucid[{extra}]"'
