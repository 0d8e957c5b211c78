"""The Python of a page, run from top to bottom, and what each piece prints or raises.

A `text` block right after a `python` block is what that prints. To write it into a page:

python -m tests.snippets docs/backpropagation.md
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
#: the pages whose Python is run
PAGES = sorted(
    page
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    if "```python" in page.read_text(encoding="utf-8")
)
PYTHON = re.compile(r"```python\n(?P<code>.*?)```(?:\s*```text\n(?P<shown>.*?)```)?", re.S)


class Snippet(NamedTuple):
    """A piece of Python, what the page shows of it, and what came out."""

    code: str
    shown: str
    found: str
    raised: bool

    @property
    def is_as_shown(self) -> bool:
        """Whether it prints what is shown; where nothing is, whether it ran."""
        return self.found == self.shown if self.shown or self.raised else True


def snippets(page: Path) -> Iterator[Snippet]:
    """Run a page, piece by piece, in the folder that one is in."""
    namespace: dict = {}
    for match in PYTHON.finditer(page.read_text(encoding="utf-8")):
        found, raised = ran(match["code"], page.name, namespace)
        yield Snippet(match["code"], (match["shown"] or "").strip("\n"), found, raised)


def ran(code: str, name: str, namespace: dict) -> tuple[str, bool]:
    """What a piece prints, without blanks at the ends of lines, or the error that it raises."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(code, name, "exec"), namespace)
        except (ValueError, ArithmeticError) as error:
            return f"{type(error).__name__}: {error}", True
    lines = printed.getvalue().strip("\n").split("\n")
    return "\n".join(line.rstrip() for line in lines), False


def written(page: Path) -> str:
    """The page with what comes out in the place of what it shows."""
    found = iter([each.found for each in snippets(page)])

    def exchanged(match: re.Match) -> str:
        now = next(found)
        if match["shown"] is None:
            return match[0]
        return match[0][: match.start("shown") - match.start()] + f"{now}\n```"

    return PYTHON.sub(exchanged, page.read_text(encoding="utf-8"))


def main() -> None:
    pages = [Path(name).resolve() for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for page in pages:
            page.write_text(written(page), encoding="utf-8")


if __name__ == "__main__":
    main()
