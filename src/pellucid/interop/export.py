"""Writing a network's prediction as a program of another language, by the ending of a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.interop import c, javascript, recurrences, windows  # noqa: F401
from pellucid.interop.golden import Golden, golden_rows, invented
from pellucid.interop.listing import Prediction, prediction
from pellucid.settings import nearest
from pellucid.training.engine import Engine
from pellucid.writing import write_beside

#: a file's ending and its text
Texts = Mapping[str, str]
Write = Callable[[str, Prediction, Golden, str], Texts]


def in_c(name: str, made: Prediction, golden: Golden, about: str) -> Texts:
    return {".c": c.written(name, made, golden, about), ".h": c.header(name, made, about)}


def in_javascript(name: str, made: Prediction, golden: Golden, about: str) -> Texts:
    return {".js": javascript.written(name, made, golden, about)}


WRITERS: dict[str, Write] = {".c": in_c, ".js": in_javascript}


def export(engine: Engine, path: str | PathLike[str], rows: Any = None) -> list[Path]:
    """Write the prediction as a program; gives the paths of what was written.

    By the ending: .c (with a .h beside it), .js. The program tests itself on a few `rows`, or on
    some that are invented.
    """
    path = Path(path)
    if path.suffix not in WRITERS:
        raise ValueError(f"no program ends in {path.suffix!r}: {nearest(path.suffix, WRITERS)}")
    name = re.sub(r"\W", "_", path.stem, flags=re.ASCII)
    name = name if name[:1].isalpha() else f"net_{name}"
    given = invented(engine) if rows is None else as_rows(engine, rows)
    called = re.sub(r"[^\w .-]", "_", engine.network.name or "a network", flags=re.ASCII)
    about = f"{called}, written by pellucid {version('pellucid')}"
    texts = WRITERS[path.suffix](name, prediction(engine), golden_rows(engine, given), about)
    written = [path.with_suffix(ending) for ending in texts]
    for each, text in zip(written, texts.values(), strict=True):
        write_beside(each, text.encode())
    return written


def as_rows(engine: Engine, rows: Any) -> list[np.ndarray]:
    """The rows of each input, up to three."""
    several = isinstance(rows, (list, tuple)) and len(engine.network.inputs) > 1
    return [np.asarray(each)[:3] for each in (rows if several else [rows])]
