"""Randomness from one seed: every draw is a function of (seed, purpose, step), never of history.

Philox is a counter-based generator, so a draw can be made again, alone, in any order and by any
executor.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence

#: the second half of every key
PURPOSE = int.from_bytes(b"pellucid", "big")
_MASK = (1 << 64) - 1


class _Root:
    """The one seed that `set_random_seed` sets; each object that needs its own draws the next."""

    def __init__(self) -> None:
        self.entropy = secrets.randbits(63)
        self.drawn = 0

    def reset(self, seed: int) -> None:
        self.entropy, self.drawn = int(seed), 0

    def draw(self) -> int:
        self.drawn += 1
        words = np.random.SeedSequence([self.entropy, self.drawn]).generate_state(1, np.uint64)
        return int(words[0]) >> 1


_root = _Root()


def set_random_seed(seed: int) -> None:
    """Fix all randomness: weights drawn, rows shuffled, units dropped. Same seed, same bits."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed must be a whole number of 0 or more, got {seed!r}")
    _root.reset(int(seed))


def next_seed() -> int:
    """A fresh seed, derived from the root seed and the number of seeds drawn since it was set."""
    return _root.draw()


@contextmanager
def undone() -> Iterator[None]:
    """Whatever seeds are drawn within, afterwards the next are those that would have come."""
    entropy, drawn = _root.entropy, _root.drawn
    try:
        yield
    finally:
        _root.entropy, _root.drawn = entropy, drawn


def generator(seed: int | None, *purpose: int) -> np.random.Generator:
    """The generator of `seed` for one purpose, such as (stream, step)."""
    if seed is None:
        seed = next_seed()
    counter = [c & _MASK for c in [0, *purpose, 0, 0, 0][:4]]
    bits = np.random.Philox(_Key(seed), counter=counter)  # type: ignore[arg-type]
    return np.random.Generator(bits)


class _Key(ISeedSequence):
    """The key of Philox as NumPy takes it quickest: with `key=` it draws another key before."""

    def __init__(self, seed: int):
        self.words = np.array([seed & _MASK, PURPOSE], dtype=np.uint64)

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> np.ndarray:
        return self.words


def uniform(seed: int, stream: int, step: int, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Numbers in [0, 1): element i depends on (seed, stream, step, i) alone."""
    kind = np.float64 if np.dtype(dtype) == np.float64 else np.float32
    return generator(seed, stream, step).random(shape, dtype=kind)


def permutation(seed: int, stream: int, step: int, count: int) -> np.ndarray:
    """The numbers below `count` in an order that depends on (seed, stream, step) alone."""
    return generator(seed, stream, step).permutation(count)
