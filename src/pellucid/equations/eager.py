"""Equations on arrays at once, without a plan: which namespace they run in, and on what numbers."""

from __future__ import annotations

from typing import Any

import numpy as np


def arrays(*given: Any) -> tuple[Any, tuple[Any, ...]]:
    """The array namespace of `given`, and `given` as its arrays; lists become NumPy's."""
    for each in given:
        if not isinstance(each, np.ndarray) and hasattr(each, "__array_namespace__"):
            xp = each.__array_namespace__()
            return xp, tuple(map(xp.asarray, given))
    return np, tuple(map(np.asarray, given))


def floating(xp: Any, x: Any, like: Any = None) -> Any:
    """x as floating-point numbers, in the dtype of `like` if given; unchanged where it is that."""
    kind = x.dtype if like is None else like.dtype
    if not xp.isdtype(kind, "real floating"):
        kind = xp.float64
    return x if x.dtype == kind else xp.astype(x, kind)
