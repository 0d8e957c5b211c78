"""Pieces of Markdown: headings, tables, what stands in a fence."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

#: an argument in a docstring, and what it means
ARGUMENT = re.compile(r"^    (\w+): (.*(?:\n {5,}.*)*)", re.M)


def fenced(text: str, language: str = "text") -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell(each) for each in line)} |" for line in lines)


def cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|") or " "


def tree(title: str, places: Iterable[str], depth: int = 1) -> str:
    """A list of pages that Sphinx makes its way through."""
    return fenced(f":maxdepth: {depth}\n:caption: {title}\n\n" + "\n".join(places), "{toctree}")


def documented(thing: Any, told: bool = True) -> str:
    """A docstring as Markdown: what is indented stands in a fence; arguments only if `told`."""
    parts = [each for each in re.split(r"\n\s*\n", inspect.getdoc(thing) or "") if each.strip()]
    return "\n\n".join(paragraph(each) for each in parts if told or each[:10] != "Arguments:")


def paragraph(part: str) -> str:
    if part.startswith(">>>"):
        return fenced(part, "pycon")
    if part.startswith("Arguments:"):
        return "\n".join(f"- `{name}`: {plain(text)}" for name, text in ARGUMENT.findall(part))
    for head in ("Returns:", "Shapes:"):
        if part.startswith(head):
            return f"**{head}** {plain(part.removeprefix(head).strip())}"
    return fenced(inspect.cleandoc(part)) if indented(part) else plain(part)


def indented(part: str) -> bool:
    return all(line.startswith("    ") for line in part.split("\n"))


def plain(part: str) -> str:
    """Signs that Markdown would take for its own stand for themselves, but code in backticks."""
    pieces = part.split("`")
    return "`".join(
        piece if at % 2 else re.sub(r"([*_<\[\]#|~$])", r"\\\1", piece)
        for at, piece in enumerate(pieces)
    )
