"""Every public name says what its arguments are, what comes out, and shows an example that runs."""

from __future__ import annotations

import ast
import contextlib
import doctest
import importlib
import inspect
import io
import re
import types
from pathlib import Path

import numpy as np
import pytest

import pellucid
from pellucid import wording
from pellucid.layers import Layer
from pellucid.settings import Settings
from pellucid.tensor import Tensor
from pellucid.weights import Weight
from tests.shape import tree_of

#: what stands for arguments that are named elsewhere
OPEN = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
#: what a network is written in: explained where layers of one's own are
GROUND = (Tensor, Weight)
PAGE = "arguments and an example stand on a page of src/pellucid/wording, or in the docstring"
#: packages without which an example cannot run, by what it reads
NEEDS = {
    **dict.fromkeys(("plots", "report.write"), "matplotlib"),
    **dict.fromkeys(("MLP", "Tabular", "search", "sklearn"), "sklearn"),
    **dict.fromkeys(("list_devices", "process_"), "jax"),
    "torch": "torch",
    "PIL": "PIL",
    "TensorBoard": "tensorboard",
}


def public():
    """Every public class, function and method, each once, by the first of its names."""
    found = {}
    for room in ("", *pellucid._ROOMS):
        module = getattr(pellucid, room) if room else pellucid
        names = pellucid._HOMES if not room else getattr(module, "__all__", dir(module))
        for name in names:
            add(found, f"{room}.{name}".strip("."), getattr(module, name))
    for function in (todo := list(found.values())):
        for kind in given(function):
            before = set(found)
            add(found, kind.__name__, kind)
            todo += [each for name, each in found.items() if name not in before]
    return found


def given(function):
    """The classes that a function says it returns, but for the ground that all stands on."""
    if not inspect.isfunction(function):
        return []
    tree = tree_of(Path(inspect.getsourcefile(inspect.unwrap(function))))
    homes = {each.name: function.__module__ for each in tree.body if isinstance(each, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            homes |= {each.name: node.module for each in node.names}
    said = re.findall(r"\w+", str(function.__annotations__.get("return")))
    kinds = [getattr(importlib.import_module(homes[each]), each) for each in said if each in homes]
    return [each for each in kinds if inspect.isclass(each) and each not in GROUND]


def add(found, name, thing):
    if isinstance(thing, (types.ModuleType, frozenset)) or name.split(".")[-1].startswith("_"):
        return
    known = thing if callable(thing) and not isinstance(thing, Settings) else type(thing)
    if inspect.ismethod(known):
        known = known.__func__
    if not str(known.__module__).startswith("pellucid") or id(known) in map(id, found.values()):
        return
    found[name] = known
    if inspect.isclass(known) and has_methods(known):
        for each in dir(known):
            method = inspect.getattr_static(known, each)
            if inspect.isfunction(method) and inspect.getdoc(method):
                add(found, f"{name}.{each}", method)


def has_methods(kind):
    """Networks, and what is no settings: there, methods are what people call."""
    return not issubclass(kind, Settings) or issubclass(kind, pellucid.Model)


NAMES = public()
THINGS = pytest.mark.parametrize("name", NAMES)


def arguments(thing):
    """The names that must be explained."""
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return []
    found = inspect.signature(thing).parameters.values()
    closed = issubclass(thing, Settings) if inspect.isclass(thing) else False
    return [each.name for each in found if each.name not in ("self", "cls")
            and not (closed and each.kind in OPEN)]  # fmt: skip


def explained(text):
    """The names that a docstring has a line for, or speaks of in backticks."""
    return {*re.findall(r"^    (\w+): \S+ \S+", text, re.M), *re.findall(r"`(\w+)\b", text)}


@THINGS
def test_it_is_complete(name):
    thing = NAMES[name]
    text = inspect.getdoc(thing) or ""
    assert text[:9] not in ("", "Arguments"), "it says what it is"
    assert not [each for each in arguments(thing) if each not in explained(text)], PAGE
    shown = doctest.DocTestParser().get_examples(text)
    assert shown, PAGE
    assert text.count("Returns:") < 2, "it is said once"
    if not inspect.isclass(thing) and gives(thing):
        assert "Returns:" in text or shown[-1].want, "it says or shows what comes out"
    if inspect.isclass(thing) and issubclass(thing, Layer) and ".layers." in thing.__module__:
        assert "Shapes:" in text or thing is Layer, "it says its shapes"


def gives(function):
    return str(inspect.signature(function).return_annotation) not in ("None", "'None'")


PAGES = sorted((Path(wording.__file__).parent).glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_pages_speak_of_what_is_there(page):
    """Every name of a page is public, and every argument below it is one that it takes."""
    rows = wording.page(page.stem)[1]
    assert rows
    texts = [inspect.getdoc(thing) for thing in NAMES.values()]
    for name, row in rows.items():
        assert any(row.partition(">>>")[2].strip() in text for text in texts), name


@THINGS
def test_its_example_runs(name, tmp_path, monkeypatch):
    text = inspect.getdoc(NAMES[name])
    for word, package in NEEDS.items():
        if word in text.partition(">>>")[2]:
            pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    assert not said_of(text, name)


def said_of(text, name):
    """What differs between an example and what comes out."""
    given = {"pellucid": pellucid, "np": np}
    test = doctest.DocTestParser().get_doctest(text, given, name, None, 0)
    out = io.StringIO()
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    with contextlib.redirect_stdout(io.StringIO()):
        runner.run(test, out=out.write)
    return out.getvalue()
