"""Functions and classes that a program of PyTorch holds if it calls them, from torch_classes."""

from __future__ import annotations

import ast
from pathlib import Path

from pellucid.glass.source.inlining import bare


def helpers() -> dict[str, str]:
    """Each by its name, as the file has it, without annotations."""
    file = Path(__file__).with_name("torch_classes.py")
    found = {}
    for each in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(each, (ast.FunctionDef, ast.ClassDef)):
            for part in ast.walk(each):
                if isinstance(part, ast.FunctionDef):
                    bare(part)
            found[each.name] = ast.unparse(each)
    return found
