"""Randomness from one seed: every draw is a function of (seed, purpose, step), never of history.

Philox is a counter-based generator, so a draw can be made again, alone, in any order and by any
executor.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence

#: the second half of every key
PURPOSE = int.from_bytes(b"pellucid", "big")
_MASK = (1 << 64) - 1


class _Root:
    """The seed that `set_random_seed` sets; each object that needs its own draws the next."""

    def __init__(self) -> None:
        self.entropy = secrets.randbits(63)
        self.drawn = 0
        self.lock = threading.RLock()

    def reset(self, seed: int) -> None:
        self.entropy, self.drawn = int(seed), 0

    def draw(self) -> int:
        self.drawn += 1
        words = np.random.SeedSequence([self.entropy, self.drawn]).generate_state(1, np.uint64)
        return int(words[0]) >> 1


_root = _Root()
#: the `root` of a thread that has set a seed of its own
_own = threading.local()


def set_random_seed(seed: int) -> None:
    """Fix all randomness: weights drawn, rows shuffled, units dropped. Same seed, same bits.

    In a thread other than the main one it holds for this thread alone, so that networks made in
    several threads at once come to the same bits as one after the other.

    Arguments:
        seed: a whole number from 0.

    >>> pellucid.set_random_seed(7)
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed must be a whole number of 0 or more, got {seed!r}")
    if threading.current_thread() is not threading.main_thread():
        _own.root = _Root()
    _here().reset(int(seed))


def _here() -> _Root:
    return getattr(_own, "root", _root)


@contextmanager
def drawing_from(seed: int) -> Iterator[None]:
    """Fresh seeds are derived from this one within a `with`, as if nothing was drawn before."""
    with _root.lock:
        before = _root.entropy, _root.drawn
        _root.reset(seed)
        try:
            yield
        finally:
            _root.entropy, _root.drawn = before


def next_seed() -> int:
    """A fresh seed, derived from the root seed and the number of seeds drawn since it was set."""
    return _here().draw()


def drawn_so_far() -> tuple[int, int]:
    """From where the next seeds are drawn, for `undone`."""
    here = _here()
    return here.entropy, here.drawn


@contextmanager
def undone(start: tuple[int, int] | None = None) -> Iterator[None]:
    """Whatever is drawn within, from a `start` or from here, does not count afterwards."""
    here, before = _here(), drawn_so_far()
    here.entropy, here.drawn = start or before
    try:
        yield
    finally:
        here.entropy, here.drawn = before


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
