"""Writing a network's prediction as a program of another language, by the ending of a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.interop import c, javascript, python, recurrences, windows  # noqa: F401
from pellucid.interop.golden import Golden, golden_rows, invented
from pellucid.interop.listing import prediction
from pellucid.interop.onnx import file as onnx
from pellucid.settings import nearest
from pellucid.training.engine import Engine
from pellucid.writing import write_beside

#: a file's ending and its content
Files = Mapping[str, bytes]
Write = Callable[[Engine, str, Golden, str], Files]


def in_c(engine: Engine, name: str, golden: Golden, about: str) -> Files:
    made = prediction(engine)
    texts = {".c": c.written(name, made, golden, about), ".h": c.header(name, made, about)}
    return {ending: text.encode() for ending, text in texts.items()}


def in_javascript(engine: Engine, name: str, golden: Golden, about: str) -> Files:
    return {".js": javascript.written(name, prediction(engine), golden, about).encode()}


def in_onnx(engine: Engine, name: str, golden: Golden, about: str) -> Files:
    return {".onnx": onnx.written(engine, name, golden, about)}


WRITERS: dict[str, Write] = {
    ".c": in_c,
    ".js": in_javascript,
    ".onnx": in_onnx,
    ".py": python.written,
}


def export(engine: Engine, path: str | PathLike[str], rows: Any = None) -> list[Path]:
    """Write the prediction as a program; gives the paths of what was written.

    By the ending: .c (with a .h beside it), .js, .onnx, .py (NumPy). The file carries a few `rows`
    to be tested on, or some that are invented.
    """
    path = Path(path)
    if path.suffix not in WRITERS:
        raise ValueError(f"no program ends in {path.suffix!r}: {nearest(path.suffix, WRITERS)}")
    name = re.sub(r"\W", "_", path.stem, flags=re.ASCII)
    name = name if name[:1].isalpha() else f"net_{name}"
    given = invented(engine) if rows is None else as_rows(engine, rows)
    called = re.sub(r"[^\w .-]", "_", engine.network.name or "a network", flags=re.ASCII)
    about = f"{called}, written by pellucid {version('pellucid')}"
    files = WRITERS[path.suffix](engine, name, golden_rows(engine, given), about)
    written = [path.with_suffix(ending) for ending in files]
    for each, content in zip(written, files.values(), strict=True):
        write_beside(each, content)
    return written


def as_rows(engine: Engine, rows: Any) -> list[np.ndarray]:
    """The rows of each input, up to three."""
    several = isinstance(rows, (list, tuple)) and len(engine.network.inputs) > 1
    return [np.asarray(each)[:3] for each in (rows if several else [rows])]
