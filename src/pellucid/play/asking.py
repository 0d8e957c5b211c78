"""What a client asks for, looked at: numbers within bounds, known words, no key that is unknown."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from pellucid.foreign import brief, quoted
from pellucid.settings import nearest

#: stands for "there is no default"
REQUIRED = object()


class RefusedError(ValueError):
    """A command that is not done; its text is shown to who sent it."""


class Asked:
    """Plain data that a client sent, under a name by which errors call it."""

    def __init__(self, given: object, name: str, known: Collection[str] = ()):
        if not isinstance(given, Mapping):
            raise RefusedError(f"{name} is {short(given)}; expected an object with names")
        self.given, self.name = given, name
        for key in given if known else ():
            if key not in known:
                raise RefusedError(f"{name} has {quoted(key)}; {nearest(str(key), known)}")

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def raw(self, key: str, default: object = REQUIRED) -> object:
        """What was sent, not looked at."""
        found = self.given.get(key, default)
        if found is REQUIRED:
            raise RefusedError(f"{self.name} lacks {quoted(key)}")
        return found

    def whole(self, key: str, low: int, high: int, default: object = REQUIRED) -> int:
        """A whole number from `low` to `high`."""
        found = self.raw(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            raise self.wrong(key, found, f"a whole number from {low:,} to {high:,}")
        return found

    def number(self, key: str, low: float, high: float, default: object = REQUIRED) -> float:
        """A finite number from `low` to `high`."""
        found = self.raw(key, default)
        if not is_number(found) or not low <= found <= high:  # type: ignore[operator]
            raise self.wrong(key, found, f"a number from {low:g} to {high:g}")
        return float(found)  # type: ignore[arg-type]

    def flag(self, key: str, default: object = REQUIRED) -> bool:
        """True or false."""
        found = self.raw(key, default)
        if not isinstance(found, bool):
            raise self.wrong(key, found, "true or false")
        return found

    def word(self, key: str, known: Collection[str], default: object = REQUIRED) -> str:
        """One of some words."""
        found = self.raw(key, default)
        if not isinstance(found, str) or found not in known:
            meant = nearest(found if isinstance(found, str) else "", known)
            raise RefusedError(f"{self.name}: {key} is {short(found)}; {meant}")
        return found

    def text(self, key: str, longest: int, default: object = REQUIRED) -> str:
        """Text of at most so many letters."""
        found = self.raw(key, default)
        if not isinstance(found, str) or len(found) > longest:
            raise self.wrong(key, found, f"text of up to {longest:,} letters")
        return found

    def several(self, key: str, most: int, default: object = REQUIRED) -> Sequence[object]:
        """A list of at most so many things."""
        found = self.raw(key, default)
        if not isinstance(found, (list, tuple)) or len(found) > most:
            raise self.wrong(key, found, f"a list of up to {most:,}")
        return found

    def wrong(self, key: str, found: object, expected: str) -> RefusedError:
        return RefusedError(f"{self.name}: {key} is {short(found)}; expected {expected}")


def is_number(given: object) -> bool:
    """Whether it is a finite number, which is not told of true and false."""
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return False
    return isinstance(given, int) or math.isfinite(given)


def short(given: object) -> str:
    """What was sent, in a message: not more than a line of it is ever written out."""
    if isinstance(given, int) and not isinstance(given, bool) and given.bit_length() > 64:
        return f"a number of {given.bit_length():,} bits"
    if isinstance(given, Mapping):
        return "an object"
    if isinstance(given, (list, tuple)):
        few = len(given) <= 4 and all(isinstance(each, (int, float)) for each in given)
        return f"[{', '.join(map(short, given))}]" if few else f"a list of {len(given):,}"
    return quoted(given) if isinstance(given, str) else brief(repr(given), 60)
