"""NumPy's products on one thread: on a busy machine, threads that wait for each other wait long.

NumPy has no way to say so; its OpenBLAS has, which is found beside it where NumPy brings one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

#: where wheels of NumPy keep what they bring, beside `numpy` or in it
FOLDERS = ("../numpy.libs", ".dylibs")
#: what the library calls itself, in wheels from 2.0 on and before
NAMES = ("scipy_openblas_{}_num_threads64_", "openblas_{}_num_threads64_")
LOCK = threading.Lock()


class Switch(NamedTuple):
    """How many threads the library works with, asked and set."""

    get: Any
    set: Any


class Holding:
    """How many hold the library at one thread, and at how many it was."""

    count = 0
    before = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread meanwhile; the last to leave puts back what was."""
    found = switch()
    if found is None:
        yield
        return
    with LOCK:
        if not Holding.count:
            Holding.before = found.get()
            found.set(1)
        Holding.count += 1
    try:
        yield
    finally:
        with LOCK:
            Holding.count -= 1
            if not Holding.count:
                found.set(Holding.before)


@cache
def switch() -> Switch | None:
    """That of NumPy's own OpenBLAS; None where it comes with another library, or with none."""
    try:
        import ctypes
    except ImportError:  # a Python in a browser may be without
        return None
    home = Path(np.__file__).parent
    for path in (each for folder in FOLDERS for each in (home / folder).glob("*openblas*")):
        try:
            library = ctypes.CDLL(str(path))
        except OSError:
            continue
        for name in NAMES:
            if hasattr(library, name.format("set")):
                return Switch(*(getattr(library, name.format(each)) for each in ("get", "set")))
    return None
