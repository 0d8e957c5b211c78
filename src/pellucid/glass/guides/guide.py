"""A guide as it is written: Markdown, a page for each heading, what it is on, when it is done.

    # A forward pass

    ## The first sum
    on: Z1
    done: open Z1

    `Z1` holds a sum for each row and unit. Here is one: `Z1[0, 5] =`.

`on` is the value, or the number of it, that a page leads to. `done` is what the reader does there:
open a value or a number, be at its line, change it, or have numbers hold: `A1[:, 5] = 0`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path as File
from typing import NamedTuple

from pellucid.foreign import FileError, quoted
from pellucid.reading import reading

#: bytes of a guide: text to be read beside a step
LONGEST = 200_000
HEADING, DIRECTIVE = re.compile(r"(#{1,2})\s+(.+)"), re.compile(r"(on|done):\s*(.+)")


class GuideError(FileError):
    """A guide that is not written as guides are."""


class Page(NamedTuple):
    """A page: its heading, its paragraphs and items as they are written, and its directives."""

    title: str
    blocks: tuple[str, ...]
    on: str
    done: str


class Guide(NamedTuple):
    title: str
    pages: tuple[Page, ...]


def read_guide(path: str | PathLike[str]) -> Guide:
    """The guide in a file."""
    with reading(path, "is no guide", "write it as Markdown, in UTF-8", GuideError):
        with File(path).open("rb") as file:
            text = file.read(LONGEST + 1)
        if len(text) > LONGEST:
            raise ValueError(f"it has more than {LONGEST:,} bytes")
        try:
            return guide(text.decode("utf-8-sig"))
        except GuideError as error:
            raise GuideError(f"{quoted(fspath(path))}: {error}") from None


def guide(text: str) -> Guide:
    """A guide from its text."""
    title, pages = "", list[Page]()
    for level, heading, body in parts(text):
        if level == 2:
            pages.append(page(heading, body))
        elif "".join(body).strip():
            raise GuideError(
                f"text of a guide stands on a page, below a line such as ## The first sum; "
                f"{quoted(' '.join(body).strip())} stands below none"
            )
        else:
            title = heading
    if not title or not pages:
        raise GuideError("a guide begins with a title, # Title, and has pages, ## Page, after it")
    return Guide(title, tuple(pages))


def parts(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """The level and words of each heading, and the lines below it."""
    level, heading, body = 0, "", list[str]()
    for line in text.splitlines():
        found = HEADING.fullmatch(line.strip())
        if found is None:
            body.append(line.strip())
            continue
        if heading or "".join(body):
            yield level, heading, body
        level, heading, body = len(found[1]), found[2], []
    yield level, heading, body


def page(title: str, lines: list[str]) -> Page:
    directives, kept = dict[str, str](), list[str]()
    for line in lines:
        found = DIRECTIVE.fullmatch(line)
        if found is None:
            kept.append(line)
        else:
            directives[found[1]] = found[2].strip()
    return Page(title, tuple(blocks(kept)), directives.get("on", ""), directives.get("done", ""))


def blocks(lines: list[str]) -> Iterator[str]:
    """Paragraphs, which empty lines part, and items, which begin with a dash."""
    block = ""
    for line in [*lines, ""]:
        if block and (not line or line.startswith("- ")):
            yield block
            block = ""
        block = f"{block} {line}".strip()
