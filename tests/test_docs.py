"""The documentation: pages written from the code hold all of it, and links lead somewhere.

`make docs` builds the site; here is what can be seen without Sphinx.
"""

from __future__ import annotations

import inspect
import re
import runpy
import sys
from pathlib import Path

import pytest

import pellucid
from pellucid import recipes
from pellucid.equations.base import Equation
from pellucid.glass.doctor.checks import Check

DOCS = Path(__file__).parent.parent / "docs"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.fixture(scope="module")
def written():
    """The pages that are written from the code, by their place below generated/."""
    sys.path.insert(0, str(DOCS))
    try:
        import site_of_pellucid

        return site_of_pellucid.pages()
    finally:
        sys.path.remove(str(DOCS))


def test_every_equation_is_derived(written):
    text = "".join(page for place, page in written.items() if place.startswith("equations/"))
    told = set(re.findall(r"^## (\w+)$", text, re.M))
    known = [each for each in Equation.every() if each.__module__.startswith("pellucid")]
    derived = {each.__name__ for each in known if each.differentiable()}
    assert derived - told == set()
    assert told <= {each.__name__ for each in known}
    affine = written["equations/linear.md"].split("## Affine")[1].split("## ")[0]
    for line in ("Z = x·w + b", "dx = dZ·wᵀ", "dw = xᵀ·dZ", "db = Σ dZ", "they agree"):
        assert line in affine


def test_every_code_of_the_doctor_has_a_page(written):
    places = {place for place in written if place.startswith("doctor/PL")}
    assert places == {f"doctor/{check.code}.md" for check in Check.in_order()}


def test_every_command_and_recipe_is_there(written):
    for name in ("train", "predict", "explain", "doctor", "recipes run"):
        assert f"## pellucid {name}" in written["commands.md"]
    for name in recipes.names():
        assert f"pellucid recipes run {name} " in written["recipes.md"]


@pytest.mark.parametrize("room", pellucid._ROOMS)
def test_every_public_name_says_what_it_is(written, room):
    page = written[f"api/{room}.md"]
    names = re.findall(r"^## (.+)$", page, re.M)
    assert names
    module = getattr(pellucid, room)
    for name in (each.replace("\\", "") for each in names):
        thing = getattr(module, name)
        assert inspect.getdoc(thing) or not callable(thing), f"{room}.{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text):
        if link.startswith("generated/"):
            assert (
                link.startswith("generated/gallery/") or link.removeprefix("generated/") in PLACES
            )
        else:
            assert (DOCS / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_can_be_reached(page):
    trees = "".join(each.read_text(encoding="utf-8") for each in PAGES)
    blocks = re.findall(r"```\{toctree\}(.*?)```", trees, re.S)
    listed = {line for block in blocks for line in block.split("\n")}
    assert page.stem in listed or page.stem in ("index", "doctor")


#: the pages below generated/ that others lead to
PLACES = {"equations/index.md", "doctor/index.md", "recipes.md", "commands.md", "api/index.md"}


def test_those_pages_are_written(written):
    assert set(written) >= PLACES


def test_links_of_a_site_are_looked_at(tmp_path):
    links = runpy.run_path(str(DOCS / "check_links.py"))
    well = '<a href="other.html#here">1</a> <a href="https://example.org/a">2</a> <a href="#">3</a>'
    (tmp_path / "index.html").write_text(f'<p id="up">{well}</p>')
    (tmp_path / "other.html").write_text('<p id="here"><a href="./#up">back</a></p>')
    assert list(links["faults"](tmp_path)) == []
    bad = (
        "gone.html",
        "other.html#there",
        "http:/nowhere",
        "javascript:alert(1)",
        "../secret.html",
    )
    page = "".join(f'<a href="{each}">x</a>' for each in bad)
    (tmp_path / "bad.html").write_text(page)
    assert len(list(links["faults"](tmp_path))) == len(bad)
