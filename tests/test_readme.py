"""Every snippet of the README runs, and prints or raises what the README says."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from pathlib import Path

import numpy as np
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


def test_snippets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
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


def test_commands_run(tmp_path, monkeypatch):
    """Every `pellucid` command of the README, one after the other in an empty folder."""
    pytest.importorskip("sklearn")
    image = pytest.importorskip("PIL.Image")
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    monkeypatch.chdir(tmp_path)
    image.fromarray(np.eye(28, dtype=np.uint8) * 255).save("drawing.png")
    rows = [f"{50 + at},{'town' if at % 2 else 'village'},{1000 * at}" for at in range(120)]
    Path("houses.csv").write_text("\n".join(["size,place,price", *rows]))
    commands = re.findall(r"^\$ pellucid (.*?)(?:\s+#.*)?$", README, re.M)
    for command in commands:
        result = CliRunner().invoke(app, command.split())
        assert result.exit_code == 0, f"{command}: {result.output}"
    assert len(commands) == 6
    assert Path("runs/digits/report.html").exists()


def test_the_example_runs(capsys):
    runpy.run_path(str(ROOT / "examples" / "digits.py"), run_name="__main__")
    found = re.search(r"held-out images: ([0-9.]+)%", capsys.readouterr().out)
    assert float(found[1]) > 95


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\$ make (\w+)", README))))
def test_commands_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w./-]+)\)", README))
def test_links(link):
    assert (ROOT / link).exists()
