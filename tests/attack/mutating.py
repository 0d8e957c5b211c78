"""Changes that make bytes, and data such as JSON holds, hostile."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

TEXTS = [
    "", " ", "\x00", "\x1b[31mred\x1b[0m", "\x9b2J", "\u202eabc\u202c", "a\nb\r\tc", "𝔘" * 3,
    "<script>alert(1)</script>", "x" * 5000, "../../etc/passwd", "{0}{name}", "%s%n", "[bold]",
    "\ud800", "os.system", "__class__", "nan", "-1", "float64", "O", "relu", "Dense", "adam",
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 2, 3, 7, 255, 2**31 - 1, 2**31, -(2**31), 2**53, 2**63 - 1, 2**63, 2**64,
    -(2**63) - 1, 10**12, 10**30, 10**400, 0.5, -0.0, 1e-320, 1e39, 1e300, 1e308,
    float("inf"), float("nan"),
]  # fmt: skip
FILLING = [b"\0", b"\xff", b"9", b'"', b",", b"\n"]
ODD = [
    None, True, False, [], {}, [[]], [None], {"class": "Dense", "config": {}}, {"class": 1},
    {"registered": "print"}, {"class": "Sequential", "config": {}}, {"a": {"b": {"c": []}}},
]  # fmt: skip


def pick(rng: np.random.Generator, options: Any) -> Any:
    return options[int(rng.integers(len(options)))]


def mutated_bytes(content: bytes, rng: np.random.Generator) -> bytes:
    """A few bits, bytes or pieces changed, put in, left out; or cut off."""
    changed = bytearray(content)
    for _ in range(int(rng.geometric(0.4))):
        at = int(rng.integers(len(changed) + 1))
        if rng.random() < 0.3:
            at = min(at, int(rng.integers(1, 400)))
        length = int(rng.integers(1, 40))
        kind = rng.integers(7)
        if kind == 0:
            changed[at : at + 1] = bytes(
                [(changed[at : at + 1] or b"\0")[0] ^ 1 << rng.integers(8)]
            )
        elif kind == 1:
            changed[at : at + 1] = rng.bytes(1)
        elif kind == 2:
            changed[at : at + length] = rng.bytes(length)
        elif kind == 3:
            del changed[at : at + length]
        elif kind == 4:
            start = int(rng.integers(len(changed) + 1))
            changed[at:at] = changed[start : start + length * 4]
        elif kind == 5:
            changed[at : at + length] = pick(rng, FILLING) * length
        else:
            del changed[at:]
    return bytes(changed)


def mutated_data(value: Any, rng: np.random.Generator, others: list[Any]) -> Any:
    """A copy of plain data with a few of its parts changed; some become parts of `others`."""
    root = [copied(value)]
    for _ in range(int(rng.geometric(0.5))):
        holder, key = pick(rng, places(root))
        change(holder, key, rng, others)
    return root[0]


def copied(value: Any) -> Any:
    """A copy of plain data; faster than `copy` makes one."""
    return pickle.loads(pickle.dumps(value))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of the data: what holds it, and its key there."""
    found, holders = [], [value]
    while holders:
        holder = holders.pop()
        for key in holder if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], (list, dict)):
                holders.append(holder[key])
    return found


def change(holder: Any, key: Any, rng: np.random.Generator, others: list[Any]) -> None:
    kind = rng.integers(8)
    old = holder[key]
    if kind == 0:
        holder[key] = pick(rng, TEXTS)
    elif kind == 1:
        holder[key] = pick(rng, NUMBERS)
    elif kind == 2:
        holder[key] = copied(pick(rng, ODD))
    elif kind == 3:
        where, at = pick(rng, places([pick(rng, others)]))
        holder[key] = copied(where[at])
    elif kind == 4 and isinstance(old, list) and old:
        holder[key] = old * int(rng.integers(2, 30))
    elif kind == 5 and isinstance(holder, dict):
        holder[pick(rng, TEXTS)] = holder.pop(key)
    elif kind == 6 and isinstance(old, (int, float)):
        holder[key] = old + pick(rng, [1, -1, 2, 1000])
    elif len(holder) > 1:
        del holder[key]
