"""The run of Keras's own tests: how a failure is judged, and the page of those that fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conformance.judging import FAILING, KINDS, kind_of
from tests.conformance.listing import TITLE, page

PAGE = Path(__file__).parent / "conformance" / "failing.md"
PUBLIC = frozenset({"Resizing", "Hashing"})

JUDGED = [
    ("a_test.py::T::test_quantize_int8", "ValueError", "no", "", "apart"),
    ("a_test.py::T::test_basics", "MissingNameError", "Resizing", "", "class"),
    ("a_test.py::T::test_basics", "MissingNameError", "CompileLoss", "", "apart"),
    ("a_test.py::T::test_basics", "MissingNameError", "tensorflow.data.Dataset", "", "apart"),
    ("a_test.py::T::test_basics", "AttributeError", "'Dense' has no attribute '_x'", "", "apart"),
    ("a_test.py::T::test_basics", "AssertionError", "1 != 2", "x = layer._dtype", "apart"),
    ("a_test.py::T::test_basics", "AssertionError", "1 != 2", "x = self._layer", "result"),
    ("a_test.py::T::test_basics", "OtherNumberError", "far", "", "number"),
    ("a_test.py::T::test_basics", "NothingRaisedError", "no", "", "accepted"),
    ("a_test.py::T::test_basics", "TypeError", "Dense has no argument 'x'", "", "argument"),
    ("a_test.py::T::test_basics", "ValueError", "shapes", "", "refused"),
]


@pytest.mark.parametrize(("test", "error", "text", "source", "kind"), JUDGED)
def test_a_failure_is_judged_by_what_it_says(test, error, text, source, kind):
    assert kind_of(test, error, text, source, PUBLIC) == kind


def counts(text: str) -> dict[str, int]:
    """The table of a page: how many tests came to what."""
    rows = re.findall(r"^\| (.+) \| ([\d,]+) \|$", text, re.MULTILINE)
    return {name: int(number.replace(",", "")) for name, number in rows}


def listed(line: str) -> int:
    """How many tests a line names."""
    entries = [name for file in line.split("`: ", 1)[1].split("; ") for name in file.split(", ")]
    return sum(int(found[1]) if (found := re.search(r"\(×(\d+)\)$", e)) else 1 for e in entries)


def test_the_page_names_every_test_that_fails():
    text = PAGE.read_text(encoding="utf-8")
    table, sections = counts(text), text.split("\n## ")[1:]
    assert text.startswith(TITLE)
    assert [each.split(": ")[0] for each in sections] == [KINDS[kind] for kind in FAILING]
    for section in sections:
        head, *lines = section.strip().splitlines()
        name, total = head.split(": ")
        numbers = [int(line[2:].split(":")[0]) for line in lines if line.startswith("- ")]
        assert sum(numbers) == int(total) == table[name]
        assert numbers == sorted(numbers, reverse=True)
        for line in lines:
            if line.startswith("- "):
                assert listed(line) == int(line[2:].split(":")[0]), line
    assert "/tmp" not in text


def test_a_page_groups_tests_by_reason():
    found = [
        {"test": f"a_test.py::T::test_b{at}", "kind": "class", "why": "MissingNameError: Resizing"}
        for at in range(3)
    ]
    assert "- 3: `MissingNameError: Resizing`: a_test.py: b (×3)" in page(found, "")
