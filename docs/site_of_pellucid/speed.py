"""The measured tables, as benchmarks/RESULTS.md has them."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parents[2] / "benchmarks" / "RESULTS.md"


def pages() -> dict[str, str]:
    text = RESULTS.read_text(encoding="utf-8")
    return {"performance.md": text.replace("](growth.svg)", "](../../benchmarks/growth.svg)")}
