"""What the source says of itself, without running it: who imports whom, and in which circles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pellucid

ROOT = Path(pellucid.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
#: what is compiled is no file to read, and imports none
COMPILED = sorted(ROOT.rglob("*.pyi"))


def short(path):
    return str(path.relative_to(ROOT))


def room_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, for_types: bool = False) -> Iterator[list[str]]:
    """What a file imports, name by name, also within functions; `for_types`: those as well."""
    package = ("pellucid", *path.relative_to(ROOT).parts[:-1])
    tree = tree_of(path)
    left_out = set() if for_types else under_type_checking(tree)
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = [*above, *(node.module.split(".") if node.module else ())]
            yield from ([*module, alias.name] for alias in node.names)


def under_type_checking(tree):
    return {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }


def module_of(path):
    parts = ("pellucid", *path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def circles() -> list[set[str]]:
    """The groups of files that lead to one another by imports, those for types included."""
    files = {module_of(path): path for path in FILES}
    read = {path: read_by(path, files) for path in FILES}
    reached = {path: reach(path, read) for path in FILES}
    groups = {
        frozenset(short(other) for other in reached[path] if path in reached[other])
        for path in FILES
        if path in reached[path]
    }
    return sorted(map(set, groups), key=min)


def read_by(path, files):
    """The files that one imports, by their module names in `files`."""
    compiled = set(map(module_of, COMPILED))
    names = [name for name in imports(path, for_types=True) if tuple(name) not in compiled]
    found = {files.get(tuple(name)) or files.get(tuple(name[:-1])) for name in names}
    return found - {None, path}


def reach(path, read):
    """Every file that one leads to."""
    found, waiting = set(), list(read[path])
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += read[here]
    return found
