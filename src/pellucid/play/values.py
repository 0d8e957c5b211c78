"""Numbers as JSON holds them, and the values of a recorded step in a few numbers each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.glass.recording import Recording

#: numbers of a value that are given one by one
SOME = 16


def plain(value: float) -> float | None:
    """A number with the nine figures that single precision has; null where it is not finite."""
    number = float(value)
    return float(f"{number:.9g}") if math.isfinite(number) else None


def in_short(name: str, array: np.ndarray) -> dict[str, Any]:
    """A value: its first numbers, the least, the mean and the largest."""
    found = {"name": name, "shape": list(array.shape), "size": int(array.size)}
    found["numbers"] = [plain(each) for each in array.reshape(-1)[:SOME].tolist()]
    if not array.size:
        return found
    with np.errstate(all="ignore"):
        numbers = array.astype(np.float64)
        three = numbers.min(), numbers.mean(), numbers.max()
    names = ("least", "mean", "most")
    return found | {name: plain(each) for name, each in zip(names, three, strict=True)}


def all_in_short(recording: Recording) -> list[dict[str, Any]]:
    return [in_short(name, array) for name, array in recording.items()]
