"""The tests of Keras that fail, by reason, as a page: what `--write` makes of a run.

A line is a reason: how many tests it fails, and which, each file once. Tests that differ only in
the number at their end are one entry with a count.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from tests.conformance.judging import FAILING, KINDS

TITLE = "# Keras's own tests that do not pass here, by reason"
ABOUT = (
    "Written by `python -m tests.conformance FOLDER --write PATH`. What counts as not applying "
    "stands in `judging.py`; these tests are not listed."
)
#: the most letters of a reason
LONGEST = 110


def page(found: Sequence[dict[str, str]], table: str) -> str:
    """The whole page: the table of the run, then every test that fails."""
    parts = [TITLE, ABOUT, table]
    for kind in FAILING:
        by_reason: defaultdict[str, list[str]] = defaultdict(list)
        for each in found:
            if each["kind"] == kind:
                by_reason[reason(each["why"])].append(each["test"])
        ordered = sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        lines = [f"- {len(tests)}: {why}: {names(tests)}" for why, tests in ordered]
        total = sum(map(len, by_reason.values()))
        parts.append("\n".join([f"## {KINDS[kind]}: {total}", "", *(lines or ["none"])]))
    return "\n\n".join(parts) + "\n"


def reason(why: str) -> str:
    """A reason without what differs from run to run."""
    why = re.sub(r"0x[0-9a-f]+", "0x…", re.sub(r"/\S*/", "…/", why))
    why = re.sub(r"\d\.\d{4,}\S*", "…", why).replace("`", "'")
    return f"`{why[:LONGEST].strip()}`"


def names(tests: Sequence[str]) -> str:
    """The tests, by their files: `dense_test.py` a, b (×3)."""
    files: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for test in tests:
        file, *_, own = test.split("::")
        files[file][re.sub(r"\d+$|[,;`]", "", own.removeprefix("test_"))] += 1
    return "; ".join(
        f"{file}: " + ", ".join(f"{own} (×{n})" if n > 1 else own for own, n in each.items())
        for file, each in files.items()
    )
