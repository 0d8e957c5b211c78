"""pyarrow, loaded when a table is read."""

from __future__ import annotations

from typing import Any

from pellucid.extras import needed


def arrow(module: str) -> Any:
    return needed(f"pyarrow.{module}", "standard", "reading a table")
