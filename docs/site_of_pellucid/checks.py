"""A page for each of the doctor's codes, written from the checks."""

from __future__ import annotations

from itertools import groupby

from pellucid.glass.doctor.checks import Check
from pellucid.glass.doctor.pages import INTRODUCTION
from site_of_pellucid.text import fenced, plain, tree


def pages() -> dict[str, str]:
    checks = list(Check.in_order())
    found = {f"doctor/{check.code}.md": page(check) for check in checks}
    families = [
        tree(name, [f"{check.code} <{check.code}>" for check in of])
        for name, of in groupby(checks, key=lambda check: check.family())
    ]
    return {**found, "doctor/index.md": "\n\n".join([INTRODUCTION, *families, ""])}


def page(check: type[Check]) -> str:
    parts = [
        f"# {check.code}: {plain(check.what().removesuffix('.'))}",
        plain(check.why()),
        f"## What triggers it ({check.severity})",
        fenced(check.example, "python"),
        "## Near, and well",
        fenced(check.near_miss, "python"),
        "## The mend",
        plain(check.cure),
        "## Confused with",
        plain(check.confused),
    ]
    return "\n\n".join(parts) + "\n"
