"""What equations ask of arrays: the protocols list what `run` uses; NumPy and PyTorch give it."""

import ast

import numpy as np
import pytest

from pellucid import arrays
from tests.shape import ROOT, tree_of

FILES = sorted((ROOT / "equations").glob("*.py"))


def listed(protocol):
    return {name for name in (*vars(protocol), *protocol.__annotations__) if name[0] != "_"}


def used():
    return {
        node.attr
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "xp"
    }


def test_the_namespace_is_what_equations_use():
    assert listed(arrays.Namespace) == used()


@pytest.mark.parametrize("library", ["numpy", "array_api_compat.torch", "array_api_strict"])
def test_libraries_have_the_functions(library):
    xp = pytest.importorskip(library)
    assert not [name for name in listed(arrays.Namespace) if not hasattr(xp, name)]


def test_arrays_have_what_is_asked_of_arrays():
    asked = {name for name in vars(arrays.Array) if callable(vars(arrays.Array)[name])}
    assert not [name for name in asked | {"shape", "T"} if not hasattr(np.zeros(3), name)]
