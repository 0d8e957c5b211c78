"""64 bits of a text that are the same on every machine: FarmHash's fingerprint, and SipHash-2-4.

The first is `Fingerprint64` of FarmHash, the second takes a key of two numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

ALL = (1 << 64) - 1
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def turned(x: int, by: int) -> int:
    """x, its bits turned right."""
    return ((x >> by) | (x << (64 - by))) & ALL


def mixed(x: int) -> int:
    return x ^ (x >> 47)


def word(text: bytes, at: int, size: int = 8) -> int:
    """The number that some bytes are, the lowest first."""
    return int.from_bytes(text[at : at + size], "little")


def of_two(u: int, v: int, by: int) -> int:
    a = mixed(((u ^ v) * by) & ALL)
    b = mixed(((v ^ a) * by) & ALL)
    return (b * by) & ALL


def fingerprint(text: bytes) -> int:
    """FarmHash's Fingerprint64."""
    size = len(text)
    if size <= 16:
        return short(text)
    if size <= 32:
        return middle(text)
    return long(text) if size <= 64 else longest(text)


def short(text: bytes) -> int:
    """Of up to 16 bytes."""
    size = len(text)
    by = (K2 + size * 2) & ALL
    if size >= 8:
        a, b = (word(text, 0) + K2) & ALL, word(text, size - 8)
        c = (turned(b, 37) * by + a) & ALL
        d = ((turned(a, 25) + b) * by) & ALL
        return of_two(c, d, by)
    if size >= 4:
        return of_two((size + (word(text, 0, 4) << 3)) & ALL, word(text, size - 4, 4), by)
    if not size:
        return K2
    y = text[0] + (text[size >> 1] << 8)
    z = size + (text[size - 1] << 2)
    return (mixed((y * K2 ^ z * K0) & ALL) * K2) & ALL


def middle(text: bytes) -> int:
    """Of 17 to 32 bytes."""
    by = (K2 + len(text) * 2) & ALL
    a, b = (word(text, 0) * K1) & ALL, word(text, 8)
    c, d = (word(text, len(text) - 8) * by) & ALL, (word(text, len(text) - 16) * K2) & ALL
    first = (turned((a + b) & ALL, 43) + turned(c, 30) + d) & ALL
    return of_two(first, (a + turned((b + K2) & ALL, 18) + c) & ALL, by)


def long(text: bytes) -> int:
    """Of 33 to 64 bytes."""
    size, by = len(text), (K2 + len(text) * 2) & ALL
    a, b = (word(text, 0) * K2) & ALL, word(text, 8)
    c, d = (word(text, size - 8) * by) & ALL, (word(text, size - 16) * K2) & ALL
    y = (turned((a + b) & ALL, 43) + turned(c, 30) + d) & ALL
    z = of_two(y, (a + turned((b + K2) & ALL, 18) + c) & ALL, by)
    e, f = (word(text, 16) * by) & ALL, word(text, 24)
    g, h = ((y + word(text, size - 32)) * by) & ALL, ((z + word(text, size - 24)) * by) & ALL
    first = (turned((e + f) & ALL, 43) + turned(g, 30) + h) & ALL
    return of_two(first, (e + turned((f + a) & ALL, 18) + g) & ALL, by)


def weak(text: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """Two numbers of 32 bytes and two others."""
    w, x, y, z = (word(text, at + 8 * each) for each in range(4))
    a = (a + w) & ALL
    b = turned((b + a + z) & ALL, 21)
    c = a
    a = (a + x + y) & ALL
    return (a + z) & ALL, (b + turned(a, 44) + c) & ALL


def longest(text: bytes) -> int:
    """Of more than 64 bytes."""
    x, y = 81, (81 * K1 + 113) & ALL
    z = (mixed((y * K2 + 113) & ALL) * K2) & ALL
    v = w = (0, 0)
    x = (x * K2 + word(text, 0)) & ALL
    for at in range(0, (len(text) - 1) // 64 * 64, 64):
        x, y, z, v, w = block(text, at, (x, y, z), v, w, K1, (1, 1))
    rest = (len(text) - 1) & 63
    by = (K1 + ((z & 0xFF) << 1)) & ALL
    w = ((w[0] + rest) & ALL, w[1])
    v = ((v[0] + w[0]) & ALL, v[1])
    w = ((w[0] + v[0]) & ALL, w[1])
    x, y, z, v, w = block(text, len(text) - 64, (x, y, z), v, w, by, (9, 9))
    first = (of_two(v[0], w[0], by) + mixed(y) * K0 + z) & ALL
    return of_two(first, (of_two(v[1], w[1], by) + x) & ALL, by)


def block(
    text: bytes,
    at: int,
    state: tuple[int, int, int],
    v: tuple[int, int],
    w: tuple[int, int],
    by: int,
    weights: tuple[int, int],
) -> tuple[int, int, int, tuple[int, int], tuple[int, int]]:
    """64 bytes more."""
    x, y, z = state
    x = (turned((x + y + v[0] + word(text, at + 8)) & ALL, 37) * by) & ALL
    y = (turned((y + v[1] + word(text, at + 48)) & ALL, 42) * by) & ALL
    x ^= (w[1] * weights[0]) & ALL
    y = (y + v[0] * weights[1] + word(text, at + 40)) & ALL
    z = (turned((z + w[0]) & ALL, 33) * by) & ALL
    v = weak(text, at, (v[1] * by) & ALL, (x + w[0]) & ALL)
    w = weak(text, at + 32, (z + w[1]) & ALL, (y + word(text, at + 16)) & ALL)
    return z, y, x, v, w


def joined(one: int, other: int) -> int:
    """One fingerprint of two."""
    by = 0xC6A4A7935BD1E995
    result = one ^ by
    result ^= (mixed((other * by) & ALL) * by) & ALL
    result = (result * by) & ALL
    return mixed((mixed(result) * by) & ALL)


def keyed(text: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4."""
    v = [
        key[0] ^ 0x736F6D6570736575,
        key[1] ^ 0x646F72616E646F6D,
        key[0] ^ 0x6C7967656E657261,
        key[1] ^ 0x7465646279746573,
    ]
    for each in words(text):
        v[3] ^= each
        rounds(v, 2)
        v[0] ^= each
    v[2] ^= 0xFF
    rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def words(text: bytes) -> Iterator[int]:
    """Eight bytes each; the last number has the length of all in its highest byte."""
    whole = len(text) // 8 * 8
    for at in range(0, whole, 8):
        yield word(text, at)
    yield word(text, whole) | ((len(text) & 0xFF) << 56)


def rounds(v: list[int], count: int) -> None:
    for _ in range(count):
        v[0], v[2] = (v[0] + v[1]) & ALL, (v[2] + v[3]) & ALL
        v[1], v[3] = turned(v[1], 51) ^ v[0], turned(v[3], 48) ^ v[2]
        v[0] = turned(v[0], 32)
        v[2], v[0] = (v[2] + v[1]) & ALL, (v[0] + v[3]) & ALL
        v[1], v[3] = turned(v[1], 47) ^ v[2], turned(v[3], 43) ^ v[0]
        v[2] = turned(v[2], 32)
