"""One output of a graph: the calls that lead to it, and its loss among those of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def way_to(calls: Sequence[tuple[int, tuple[int, ...]]], call: int) -> list[int]:
    """The parts in a row that end in a call, the last one first."""
    found: list[int] = []
    while call >= 0:
        called, read = calls[call]
        found.append(called)
        if len(read) != 1:
            break
        call = read[0]
    return found


def losses_with(given: Any, loss: Any, at: int, names: Sequence[str]) -> Any:
    """The losses as they were given, with another for one output."""
    if isinstance(given, dict):
        other = list(given)[at] if len(given) == len(names) else names[at]
        return given | {names[at] if names[at] in given else other: loss}
    each = list(given) if isinstance(given, (list, tuple)) else [given] * len(names)
    return [*each[:at], loss, *each[at + 1 :]]
