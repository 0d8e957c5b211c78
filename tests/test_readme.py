"""Every snippet of the README runs, and prints or raises what the README says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)


def snippets():
    """Each Python snippet, with the text that stands right after it as its result."""
    blocks = list(BLOCK.finditer(README))
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if block[1] == "python":
            between = README[block.end() : after.start()] if after else " x "
            shown = after[2].strip() if after and after[1] == "text" and not between.strip() else ""
            yield block[2], shown


def test_snippets():
    namespace: dict = {}
    seen = 0
    for code, shown in snippets():
        printed = io.StringIO()
        raised = ""
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(code, "README.md", "exec"), namespace)
            except (ValueError, ArithmeticError) as error:
                raised = f"{type(error).__name__}: {error}"
        assert (raised or printed.getvalue().strip()) == shown or not (shown or raised)
        seen += 1
    assert seen >= 5


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\$ make (\w+)", README))))
def test_commands_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w./-]+)\)", README))
def test_links(link):
    assert (ROOT / link).exists()
