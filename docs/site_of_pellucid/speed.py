"""The measured tables, as benchmarks/RESULTS.md has them."""

from __future__ import annotations

import re
from pathlib import Path

RESULTS = Path(__file__).parents[2] / "benchmarks" / "RESULTS.md"
#: a link to a file beside it, which is no page of the site
BESIDE = re.compile(r"\[([^\]\[]+)\]\([\w-]+\.md(?:#[\w-]+)?\)")


def pages() -> dict[str, str]:
    text = BESIDE.sub(r"\1", RESULTS.read_text(encoding="utf-8"))
    return {"performance.md": text.replace("](growth.svg)", "](../../benchmarks/growth.svg)")}
