"""pyarrow, loaded when a table is read."""

from __future__ import annotations

import importlib
from typing import Any


def arrow(module: str) -> Any:
    try:
        return importlib.import_module(f"pyarrow.{module}")
    except ImportError as error:
        raise ImportError(
            "reading a table needs pyarrow: pip install 'pellucid[standard]'"
        ) from error
