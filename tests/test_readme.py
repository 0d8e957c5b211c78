"""Every snippet of the README and of docs/ runs, and prints or raises what the page says."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.snippets import PAGES, snippets, written

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_snippet_prints_what_is_shown(page, tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    ran = list(snippets(page))
    for each in ran:
        assert each.is_as_shown, f"{each.code}\nprints\n{each.found}\nnot\n{each.shown}"
    assert len(ran) >= 3


def test_a_page_that_shows_what_is_not_so(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n```python\n1 / 0\n```\n")
    assert [each.is_as_shown for each in snippets(page)] == [False, False]
    assert "```text\n2\n```" in written(page)


def test_commands_run(tmp_path, monkeypatch):
    """Every `pellucid` command of the tour, one after the other in an empty folder."""
    pytest.importorskip("sklearn")
    image = pytest.importorskip("PIL.Image")
    from typer.testing import CliRunner

    from pellucid.cli.app import app

    monkeypatch.chdir(tmp_path)
    image.fromarray(np.eye(28, dtype=np.uint8) * 255).save("drawing.png")
    rows = [f"{50 + at},{'town' if at % 2 else 'village'},{1000 * at}" for at in range(120)]
    Path("houses.csv").write_text("\n".join(["size,place,price", *rows]))
    commands = sorted(
        re.findall(r"^\$ pellucid (.*?)(?:\s+#.*)?$", TOUR, re.M),
        key=lambda words: not words.startswith("train"),
    )
    for command in commands:
        result = CliRunner().invoke(app, shlex.split(command))
        assert result.exit_code == 0, f"{command}: {result.output}"
    assert len(commands) == 10
    assert Path("runs/digits/report.html").exists()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_runs(path, capsys, monkeypatch):
    plt = pytest.importorskip("matplotlib.pyplot")
    pytest.importorskip("sklearn")
    monkeypatch.setattr(plt, "show", lambda: None)
    runpy.run_path(str(path), run_name="__main__")
    assert plt.get_fignums(), "an example ends with a picture"
    plt.close("all")
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    if "accuracy on" in text:
        found = re.search(r"accuracy on .*: ([0-9.]+)%", capsys.readouterr().out)
        assert float(found[1]) > 85


def test_it_reads_in_two_minutes():
    """About 500 words and a screen of code; what comes first is a sentence, pictures, a command."""
    prose = re.sub(r"```.*?```", "", README, flags=re.S)
    assert len(prose.split()) <= 520
    assert README.count("\n") <= 150
    first = README.split("\n## ")[0]
    assert first.count("![") == 2
    assert first.count("\n$ ") == 1


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\$ make (\w+)", README))))
def test_commands_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w./-]+)\)", README))
def test_links(link):
    assert (ROOT / link).exists()
