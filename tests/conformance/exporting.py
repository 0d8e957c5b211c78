"""The documented interface of Keras: the names that its sources export."""

from __future__ import annotations

import re
from pathlib import Path

#: a decorator that exports, and the class or the function below it
EXPORT = re.compile(r"@keras_export\((.*?)\)\s*\n(?:@.*\n)*(?:class|def)\s+(\w+)", re.DOTALL)


def exported(folder: Path) -> frozenset[str]:
    """The last part of each name under which something is exported, as `Dense` of
    `keras.layers.Dense`, and what it is called where it stands."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        if not file.name.endswith("_test.py"):
            for names, own in EXPORT.findall(file.read_text(encoding="utf-8")):
                listed = re.findall(r'"keras\.([\w.]+)"', names)
                found |= {own, *(name.split(".")[-1] for name in listed)}
    return frozenset(found)
