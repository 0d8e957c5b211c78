"""How much memory this machine has, and amounts of it in words."""

from __future__ import annotations

import functools
import os


@functools.cache
def memory_here() -> int:
    """The bytes of this machine's memory, as far as it tells."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 1 << 40


def in_words(size: int) -> str:
    """So many bytes, for people."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    at = min(len(units) - 1, max(0, size.bit_length() - 1) // 10)
    return f"{size / 1024**at:,.1f} {units[at]}" if at else f"{size} bytes"
