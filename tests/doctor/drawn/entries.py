"""How a family of variations joins: a function of a draw and of whether it is to be well."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

from tests.doctor.causes import CODES
from tests.doctor.drawn.draw import Draw
from tests.doctor.faults.case import Entry, Given

#: a variation: what is drawn, and whether it is put right
Varied = Callable[[Draw, bool], Given]

FAMILIES: dict[str, tuple[Varied, str, tuple[str, ...], bool]] = {}


def varied(cause: str, also: Iterable[str] = (), mends: bool = True) -> Callable[[Varied], Varied]:
    """Over a family of variations of one fault; `mends`: its put-right form is a healthy one."""
    assert not {cause, *also} - set(CODES), (cause, also)

    def joined(write: Varied) -> Varied:
        FAMILIES[write.__name__] = (write, cause, tuple(also), mends)
        return write

    return joined


def entries(number: int, first: int = 0, only: str | None = None) -> list[Entry]:
    """As many variations of every family, and as many of their put-right forms."""
    found = []
    for name, (write, cause, also, mends) in FAMILIES.items():
        if only is not None and only not in (name, cause):
            continue
        for at in range(first, first + number):
            found.append(broken(write, f"{name}_{at}", cause, also))
            if mends:
                found.append(well(write, f"{name}_{at}_well"))
    return found


def broken(write: Varied, name: str, cause: str, also: tuple[str, ...]) -> Entry:
    def build(mended: bool) -> Given:
        return write(Draw(zlib.crc32(name.encode())), mended)

    build.__name__, build.__module__ = name, "drawn_faults"
    return Entry(build, cause, also)


def well(write: Varied, name: str) -> Entry:
    def build() -> Given:
        return write(Draw(zlib.crc32(name.removesuffix("_well").encode())), True)

    build.__name__, build.__module__ = name, "drawn_healthy"
    return Entry(build, None)
