"""Packages that may be missing: who needs which, and what installs it."""

from __future__ import annotations

import ast
import tomllib
from importlib import metadata

import pytest

import pellucid
from pellucid.extras import needed, version
from tests.nets import classifier
from tests.shape import FILES, ROOT, tree_of

EXTRAS = tomllib.loads((ROOT.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nowhere.at.all",), "this needs nowhere: pip install nowhere"),
        (
            ("sklearn.nowhere", "standard", "a fit"),
            'a fit needs scikit-learn: pip install "pellucid[standard]"',
        ),
        (
            ("PIL.nowhere", "standard", "a picture", ", or none"),
            'a picture needs pillow: pip install "pellucid[standard]", or none',
        ),
    ],
)
def test_what_is_missing_says_what_installs_it(asked, said):
    with pytest.raises(ImportError) as told:
        needed(*asked)
    assert str(told.value) == said


def test_what_is_there_is_given():
    assert needed("json.decoder", "standard").JSONDecoder


def test_a_folder_that_is_only_imported_from_works_too(monkeypatch, tmp_path):
    def nowhere(package):
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", nowhere)
    assert pellucid.__version__ == version() == "not installed"
    net, path = classifier(), tmp_path / "net.safetensors"
    net.save(path)
    assert str(pellucid.load(path).plan) == str(net.plan)
    net.export(tmp_path / "net.py")


def test_every_extra_that_is_named_exists():
    named = {
        argument.value
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("needed", "install")
        for argument in (node.args[1:2] if node.func.id == "needed" else node.args)
        if isinstance(argument, ast.Constant)
    }
    assert {"standard", "jax", "tensorboard"} <= named <= set(EXTRAS)
