"""The documentation of the checks, written from the checks themselves: `docs/doctor.md`."""

from __future__ import annotations

from itertools import groupby

from pellucid.glass.doctor.checks import Check

INTRODUCTION = """# What the doctor looks for

`net.diagnose(x, y, **fit arguments)` gives findings, each with a code. This page is written from
the checks; `pellucid.glass.doctor.pages.text()` gives it. In the examples `digits(n)` are the
bundled digits as rows of 64 numbers from 0 to 1, and `clusters(rows, columns, classes)` clouds of
points; all else is pellucid's, or `rng = np.random.default_rng(0)`.

A finding is an error, a warning or a note. What the numbers do not prove by themselves is a note,
or nothing, until its mend was tried on the data and helped."""


def text() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for family, checks in groupby(Check.in_order(), key=lambda check: check.family()):
        parts.append(f"## {family}")
        parts += map(section, checks)
    return "\n\n".join(parts) + "\n"


def section(check: type[Check]) -> str:
    """A check: what it is, why it hurts, an example, what is none, the mend, what it is not."""
    return "\n\n".join(
        [
            f"### {check.code}: {check.what().removesuffix('.')}",
            check.why(),
            f"An example ({check.severity}):\n\n{fenced(check.example)}",
            f"Not this, though near:\n\n{fenced(check.near_miss)}",
            f"**Mend.** {check.cure}",
            f"**Confused with.** {check.confused}",
        ]
    )


def fenced(program: str) -> str:
    return f"```text\n{program.strip()}\n```"
