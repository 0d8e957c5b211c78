"""What a case is: a network, its data and fit arguments, what is wrong with it, and its mend."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

import pellucid
from pellucid import Sequential, layers
from tests.doctor.causes import CODES

#: every entry by its name; one joins by `@fault` or `@healthy` over the function that builds it
TABLE: dict[str, Entry] = {}


@dataclass(frozen=True)
class Case:
    """What `net.diagnose(x, y, **fit)` is given, and the right answer."""

    name: str
    net: pellucid.Model
    x: Any
    y: Any
    fit: dict[str, Any]
    #: in the words of `tests/doctor/causes.py`; None where the network is well
    cause: str | None
    #: causes that are as right in the first place
    also: tuple[str, ...]
    #: the question or paper that it is taken from
    source: str
    #: rows that training never sees, and the name of the figure that is taken on them
    held: tuple[Any, Any]
    figure: str


@dataclass(frozen=True)
class Given:
    """What the function of an entry says: a network and its data."""

    net: pellucid.Model
    x: Any
    y: Any
    fit: dict[str, Any]
    held: tuple[Any, Any]
    figure: str


@dataclass(frozen=True)
class Entry:
    """A fault or a healthy network of the collection; called, it builds its case anew."""

    write: Callable[..., Given]
    cause: str | None
    also: tuple[str, ...] = ()
    source: str = ""
    #: the question's number on Stack Overflow, where it is known
    question: int | None = None
    #: published tools that are known to find it; None where it is not known
    found_by: tuple[str, ...] | None = None
    #: of a healthy network: the cause that a hasty check would name
    near: str | None = None
    #: the figure that the network reaches when it is well
    good: float = 0.5

    @property
    def name(self) -> str:
        return self.write.__name__

    @property
    def half(self) -> str:
        return self.write.__module__.rpartition(".")[2].partition("_")[0]

    @property
    def family(self) -> str:
        return self.write.__module__.rpartition(".")[2].partition("_")[2] or "published"

    def __call__(self) -> Case:
        return self.case(False)

    def mended(self) -> Case:
        """The same network put right."""
        return self.case(True)

    def case(self, mended: bool) -> Case:
        pellucid.set_random_seed(zlib.crc32(self.name.encode()) % 1000)
        given = self.write() if self.cause is None else self.quietly(mended)
        cause = None if mended else self.cause
        return Case(
            self.name,
            given.net,
            given.x,
            given.y,
            given.fit,
            cause,
            self.also,
            self.source,
            given.held,
            given.figure,
        )

    def quietly(self, mended: bool) -> Given:
        """Of some faults `compile` warns, which whoever looks for them may hear again."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.write(mended)


def fault(
    cause: str,
    also: Iterable[str] = (),
    source: str = "",
    question: int | None = None,
    found_by: tuple[str, ...] | None = None,
) -> Callable[[Callable[[bool], Given]], Entry]:
    """Over a function of `mended` that builds the broken network, or the one put right."""
    unknown = {cause, *also} - set(CODES)
    assert not unknown, f"{unknown} is not in tests/doctor/causes.py"
    return lambda write: join(Entry(write, cause, tuple(also), source, question, found_by))


def healthy(
    source: str = "", near: str | None = None, good: float = 0.6
) -> Callable[[Callable[[], Given]], Entry]:
    """Over a function that builds a network which is well."""
    assert near is None or near in CODES, f"{near} is not in tests/doctor/causes.py"
    return lambda write: join(Entry(write, None, source=source, near=near, good=good))


def join(entry: Entry) -> Entry:
    assert entry.name not in TABLE, f"there is a case {entry.name} already"
    TABLE[entry.name] = entry
    return entry


def given(
    inner: list[Any] | pellucid.Model,
    rows: tuple[Any, Any, tuple[Any, Any]],
    loss: Any,
    optimizer: Any = "adam",
    *,
    figure: str = "accuracy",
    metrics: Any = None,
    dtype: str = "float32",
    **fit: Any,
) -> Given:
    """Layers in a row (or a network) for `rows`: x, y and the held-out pair, compiled."""
    x, y, held = rows
    net = inner
    if isinstance(inner, list):
        net = Sequential([layers.Input(np.shape(x)[1:]), *inner], dtype=dtype)
    net.compile(optimizer, loss, metrics=metrics)
    return Given(net, x, y, fit, held, figure)
