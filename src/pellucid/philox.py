"""Random numbers by array operations: on any array library, the same as NumPy's generator gives.

Philox4x64 (Salmon and others, 2011) scrambles a counter in ten rounds. A word of 64 bits is held as
digits, the lowest first, of half the bits that the whole numbers of the library have: a product of
two digits may wrap around, and still has the right bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from pellucid.randomness import PURPOSE

ROUNDS = 10
FACTORS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
STEPS = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B

Word = list[Any]


def uniform(
    xp: Any, seed: Any, stream: int, step: Any, shape: tuple[int, ...], double: bool
) -> Any:
    """Numbers in [0, 1) by (seed, stream, step), of double or single precision.

    seed and step are plain numbers, or arrays: without axes, or of their four digits of 16 bits.
    A library without double precision gives the first 24 bits of those numbers.
    """
    of = Digits(xp)
    key = of.word(seed), of.word(PURPOSE)
    counter = of.word(stream), of.word(step), of.word(0)
    size = math.prod(shape)
    words = of.blocks(key, counter, -(-size // (4 if double else 8)))
    numbers = of.double if double else of.singles
    found = in_columns(xp, [each for word in words for each in numbers(word)])
    return xp.reshape(xp.reshape(found, (-1,))[:size], shape)


def repeated(count: int, function: Callable[[Any], Any], start: Any) -> Any:
    """What a function makes of what it made, so many times; a library may bring its own loop."""
    for _ in range(count):
        start = function(start)
    return start


def in_columns(xp: Any, arrays: Sequence[Any]) -> Any:
    """Vectors side by side. A compiler makes one loop of it, and a much slower one of a stack."""
    number = xp.arange(len(arrays))
    found = xp.expand_dims(arrays[0], axis=1)
    for at, array in enumerate(arrays[1:], 1):
        found = xp.where(number >= at, xp.expand_dims(array, axis=1), found)
    return found


class Digits:
    """Arithmetic of words on the arrays of a library."""

    def __init__(self, xp: Any):
        has = xp.__array_namespace_info__().dtypes()
        self.xp, self.bits, self.dtype = xp, *((32, xp.int64) if "int64" in has else (16, xp.int32))
        self.fine = has.get("float64")
        self.full = (1 << self.bits) - 1

    def blocks(self, key: Sequence[Word], counter: Sequence[Word], count: int) -> list[Word]:
        """Four words for each of `count` blocks, which are numbered from 1."""
        number = self.xp.arange(1, count + 1, dtype=self.dtype)
        zero = number * 0
        a = [number & self.full, number >> self.bits, zero, zero][: 64 // self.bits]
        b, c, d = ([zero + digit for digit in word] for word in counter)
        repeat = getattr(self.xp, "repeated", repeated)
        words: list[Word] = repeat(ROUNDS, self.round, [a, b, c, d, *key])
        return words[:4]

    def round(self, words: list[Word]) -> list[Word]:
        """Four words and two of the key, scrambled once."""
        a, b, c, d, one, two = words
        (low_a, high_a), (low_c, high_c) = (
            self.product(*pair) for pair in zip((a, c), FACTORS, strict=True)
        )
        scrambled = [xor(high_c, b, one), low_c, xor(high_a, d, two), low_a]
        return [*scrambled, self.total(one, STEPS[0]), self.total(two, STEPS[1])]

    def word(self, number: Any) -> Word:
        """The lowest 64 bits of a number."""
        a, b, c, d = quarters(self.xp, number, self.dtype)
        return [a, b, c, d] if self.bits == 16 else [a | b << 16, c | d << 16]

    def product(self, word: Word, factor: int) -> tuple[Word, Word]:
        """The lower and the upper word of word · factor, as on paper: by columns, with a carry."""
        other, count = self.word(factor), len(word)
        columns: list[list[Any]] = [[] for _ in range(2 * count + 1)]
        for i, a in enumerate(word):
            for j, b in enumerate(other):
                both = a * b
                columns[i + j].append(both & self.full)
                columns[i + j + 1].append(both >> self.bits & self.full)
        found = self.carried(columns[:-1])
        return found[:count], found[count:]

    def total(self, word: Word, number: int) -> Word:
        """word + number, without what goes beyond 64 bits."""
        return self.carried(list(zip(word, self.word(number), strict=True)))

    def carried(self, columns: Sequence[Sequence[Any]]) -> Word:
        """One digit for each column; what a sum has beyond it goes to the next column."""
        found, carry = [], 0
        for column in columns:
            whole = sum(column, carry)
            found.append(whole & self.full)
            carry = whole >> self.bits
        return found

    def double(self, word: Word) -> list[Any]:
        """A number from the upper 53 bits of a word."""
        if self.fine is None:
            return self.singles(word)[1:]
        value = 0.0
        for digit in reversed(word[1:]):
            value = value * 2.0**self.bits + self.xp.astype(digit, self.fine)
        lowest = self.xp.astype(word[0] >> 11, self.fine)
        return [(value * 2.0 ** (self.bits - 11) + lowest) * 2.0**-53]

    def singles(self, word: Word) -> list[Any]:
        """Two numbers from the upper 24 bits of each half of a word."""
        if self.bits == 32:
            halves = [digit >> 8 for digit in word]
        else:
            halves = [word[1] << 8 | word[0] >> 8, word[3] << 8 | word[2] >> 8]
        return [self.xp.astype(half, self.xp.float32) * 2.0**-24 for half in halves]


def quarters(xp: Any, number: Any, dtype: Any) -> list[Any]:
    """Four digits of 16 bits."""
    if not hasattr(number, "shape"):
        return [int(number) >> shift & 0xFFFF for shift in (0, 16, 32, 48)]
    if number.shape == (4,):
        return [xp.astype(number[at], dtype) for at in range(4)]
    known = range(0, min(xp.iinfo(number.dtype).bits, 64), 16)
    found = [xp.astype(number >> shift & 0xFFFF, dtype) for shift in known]
    return [*found, *[0] * (4 - len(found))]


def xor(*words: Word) -> Word:
    return [a ^ b ^ c for a, b, c in zip(*words, strict=True)]
