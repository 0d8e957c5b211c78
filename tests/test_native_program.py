"""The border between Python and the compiled kernels: the same names on both sides."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pellucid.calls.vocabulary import BINARY, CONDITIONS, UNARY
from pellucid.executors.native.library import problem

if problem() is not None:
    pytest.skip(str(problem()), allow_module_level=True)

from pellucid.executors import native
from pellucid.executors.native import _kernels
from pellucid.executors.native.compiling import compiled
from pellucid.executors.native.graph import combined, constant
from tests.nets import classifier

STUB = ast.parse(Path(native.__file__).with_name("_kernels.pyi").read_text(encoding="utf-8"))
PARTS = [each for each in STUB.body if isinstance(each, ast.ClassDef) and each.decorator_list]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_has_the_same_fields_in_both_languages(part):
    said = [each.target.id for each in part.body if isinstance(each, ast.AnnAssign)]
    made = re.findall(r"(\w+): ", getattr(_kernels, part.name).__init__.__doc__)
    assert made == said


def test_every_elementwise_call_is_an_operation():
    assert {*UNARY, *BINARY, *CONDITIONS, "where"} <= set(_kernels.Op.__members__)


def test_numbers_are_folded_by_what_runs_later():
    assert combined("pow", 2.0, 10).value == 1024.0
    assert combined("reciprocal", 0.0).value == float("inf")
    assert combined("tanh", constant(0.5)).value == _kernels.compute(_kernels.Op["tanh"], 0.5, 0.5)


def test_a_program_is_data():
    """What a dense network is trained by, read back from the compiled side."""
    net = classifier(executor="numpy")
    engine = net._ready()
    program = compiled(engine.plan("train"), engine.memory).program
    steps = [step for phase in program.phases for step in phase.rows]
    products = [(step.k, step.m) for step in steps if isinstance(step, _kernels.Forward)]
    assert products == [(4, 8), (8, 3)]
    assert [type(step).__name__ for step in steps][:2] == ["Feed", "Feed"]
    assert program.stream.scale is None, "Adam moves weights whose gradient is 0"
    assert [each.frozen for each in program.codes][-1] is not None
