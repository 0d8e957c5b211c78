"""The order of rows, drawn by the compiled kernels where they are there."""

from __future__ import annotations

from functools import cache

import numpy as np

from pellucid import randomness
from pellucid.executors.native.library import problem

#: a compiled draw has 32 bits
MOST = 1 << 32


def permutation(seed: int, stream: int, step: int, count: int) -> np.ndarray:
    """What `randomness.permutation` gives, in a third of the time."""
    if count > MOST or not as_numpy():
        return randomness.permutation(seed, stream, step, count)
    return compiled(seed, stream, step, count)


def compiled(seed: int, stream: int, step: int, count: int) -> np.ndarray:
    from pellucid.executors.native import _kernels

    order = np.empty(count, np.int64)
    _kernels.permutation(order, seed, stream, step)
    return order


@cache
def as_numpy() -> bool:
    """Whether there are kernels, and they draw as this version of NumPy does."""
    return problem() is None and np.array_equal(
        compiled(1, 2, 3, 1000), randomness.permutation(1, 2, 3, 1000)
    )
