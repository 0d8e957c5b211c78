"""Writing a network's prediction as a program of another language, by the ending of a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.extras import version
from pellucid.interop import c, javascript, python, recurrences, windows  # noqa: F401
from pellucid.interop.golden import Golden, golden_rows, invented
from pellucid.interop.listing import prediction
from pellucid.interop.onnx import file as onnx
from pellucid.interop.packing import held_so, loss, packable, with_packed
from pellucid.interop.words import NOTHING, Words
from pellucid.settings import nearest
from pellucid.tensor import show_shape
from pellucid.training.engine import Engine
from pellucid.writing import write_beside

#: a file's ending and its content
Files = Mapping[str, bytes]
#: rows that a program tests itself on, and rows that a loss is measured on where none are given
FEW, MANY = 3, 256


class Asked(NamedTuple):
    """What is to be written: the name of the program, what it is, its rows, and what it names."""

    engine: Engine
    name: str
    about: str
    rows: list[np.ndarray]
    words: Words = NOTHING

    def golden(self, held: Any = None) -> Golden:
        return golden_rows(self.engine, [each[:FEW] for each in self.rows], held)


Write = Callable[[Asked], Files]


class Written(list[Path]):
    """The paths of what was written; `remarks` are what was measured on the way."""

    def __init__(self, paths: Sequence[Path], remarks: Sequence[str]):
        super().__init__(paths)
        self.remarks = list(remarks)


def in_c(asked: Asked) -> Files:
    made = prediction(asked.engine)
    return as_files(
        c.written(asked.name, made, asked.golden(), asked.about, asked.words),
        c.header(asked.name, made, asked.about, asked.words),
    )


def as_files(text: str, header: str) -> Files:
    return {".c": text.encode(), ".h": header.encode()}


def in_c_by_bytes(asked: Asked, remarks: list[str]) -> Files:
    """The same with the weights of products in 8 bits, and what that changes."""
    made = prediction(asked.engine)
    weights = packable(made)
    if not weights:
        raise ValueError("the network has no products, whose weights bits=8 would make smaller")
    held = held_so(asked.engine, made, weights)
    remarks.append(f"weights in 8 bits: {loss(asked.engine, held, asked.rows)}")
    about = f"{asked.about}\n{remarks[-1]}"
    golden, words = asked.golden(held), asked.words
    return as_files(
        c.written(asked.name, with_packed(made, weights), golden, about, words, weights),
        c.header(asked.name, made, about, words, weights),
    )


def in_javascript(asked: Asked) -> Files:
    made, golden = prediction(asked.engine), asked.golden()
    text = javascript.written(asked.name, made, golden, asked.about, asked.words)
    return {".js": text.encode()}


def in_onnx(asked: Asked) -> Files:
    golden = asked.golden()
    return {".onnx": onnx.written(asked.engine, asked.name, golden, asked.about, asked.words)}


def in_python(asked: Asked) -> Files:
    return python.written(asked.engine, asked.name, asked.golden(), asked.about, asked.words)


WRITERS: dict[str, Write] = {
    ".c": in_c,
    ".js": in_javascript,
    ".onnx": in_onnx,
    ".py": in_python,
}


def export(
    engine: Engine,
    path: str | PathLike[str],
    rows: Any = None,
    bits: int = 32,
    words: Words = NOTHING,
) -> Written:
    """Write the prediction as a program; gives the paths of what was written.

    By the ending: .c (with a .h beside it), .js, .onnx, .py (NumPy). The file carries a few `rows`
    to be tested on, or some that are invented; `words` say what a row is.
    """
    path = Path(path)
    if path.suffix not in WRITERS:
        raise ValueError(f"no program ends in {path.suffix!r}: {nearest(path.suffix, WRITERS)}")
    if bits not in (8, 32) or (bits == 8 and path.suffix != ".c"):
        raise ValueError(f"bits={bits!r} for {path.suffix}: weights have 32 bits, or in C 8")
    name = re.sub(r"\W", "_", path.stem, flags=re.ASCII)
    name = name if name[:1].isalpha() else f"net_{name}"
    engine = of_rows(engine, rows)
    given = invented(engine, MANY if bits == 8 else FEW) if rows is None else as_rows(engine, rows)
    called = re.sub(r"[^\w .-]", "_", engine.network.name or "a network", flags=re.ASCII)
    about = f"{called}, written by pellucid {version()}"
    about = "\n".join([about, *(plain(each) for each in words.sentences)])
    asked, remarks = Asked(engine, name, about, given, words), list[str]()
    files = in_c_by_bytes(asked, remarks) if bits == 8 else WRITERS[path.suffix](asked)
    written = [path.with_suffix(ending) for ending in files]
    for each, content in zip(written, files.values(), strict=True):
        write_beside(each, content)
    return Written(written, remarks)


def plain(text: str) -> str:
    """A text as a comment of any language can hold it."""
    return re.sub(r"[^\w .,:;=()%+-]", "_", text, flags=re.ASCII)


def of_rows(engine: Engine, rows: Any) -> Engine:
    """What runs the network on such rows, for which the program is."""
    found = engine if rows is None else engine.at(arrays_of(engine, rows))
    return found.by_rows


def arrays_of(engine: Engine, rows: Any) -> list[np.ndarray]:
    several = isinstance(rows, (list, tuple)) and len(engine.inputs) > 1
    return [np.asarray(each) for each in (rows if several else [rows])]


def as_rows(engine: Engine, rows: Any) -> list[np.ndarray]:
    """The rows of each input, which have the shape that it takes."""
    inputs, given = engine.network.inputs, arrays_of(engine, rows)
    if len(given) != len(inputs):
        raise ValueError(f"rows are of {len(given)} inputs, the network has {len(inputs)}")
    for each, tensor in zip(given, inputs, strict=True):
        if each.ndim != len(tensor.shape) or each.shape[1:] != tuple(tensor.shape[1:]):
            raise ValueError(
                f"rows have the shape {each.shape}; the network takes {show_shape(tensor.shape)}"
            )
        if not len(each) or each.dtype.kind not in "fiub" or len(each) != len(given[0]):
            raise ValueError("rows are numbers, one row or more, and as many for each input")
    return given
