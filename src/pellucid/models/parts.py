"""The files of a model that is in parts, read as if it were one, and no more trusted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.models.container import MEND, Container, Held, ModelFileError, Promise

#: for each axis of an array where a part of it begins and ends
Box = tuple[tuple[int, int], ...]
NAME = re.compile(r"(.+)\[((?:\d{1,18}:\d{1,18},?)+)\]", re.DOTALL)


class Named(NamedTuple):
    """A file of parts, as the model's file names it."""

    file: Path
    checksum: str


def named_in(header: Any, beside: Path) -> list[Named]:
    """The files of parts that a header names; they lie beside the model's own."""
    found = []
    for each in header.get("parts", []):
        name, checksum = each["file"], each["checksum"]
        if not isinstance(name, str) or Path(name).name != name or not isinstance(checksum, str):
            raise ValueError(f"{name!r} cannot be the name of a file beside it")
        found.append(Named(beside / name, checksum))
    if len({each.file for each in found}) < len(found):
        raise ValueError("a file of parts is named twice")
    return found


class InParts(Held):
    """The model's own file, and those of its parts; `joins` says of what vectors consist."""

    def __init__(self, main: Container, files: Sequence[Container], joins: dict[str, list[str]]):
        self.path, self.metadata = main.path, main.metadata
        self.main, self.files, self.joins = main, files, joins
        self.cut = self._cut()
        known = {each.name: each for each in (*main.promises, *self.cut.values())}
        joined = [self._joined(name, parts, known) for name, parts in joins.items()]
        kept = {*known}.difference(*joins.values())
        self.promises = [*(each for name, each in known.items() if name in kept), *joined]

    def unaltered(self) -> dict[str, np.ndarray]:
        found = self.main.unaltered()
        found |= {name: np.empty(each.shape, each.dtype) for name, each in self.cut.items()}
        for file in self.files:
            for name, array in file.unaltered().items():
                whole, box = self._place(name)
                found[whole][slices(box)] = array
        for name, parts in self.joins.items():
            found[name] = np.concatenate([found[each].reshape(-1) for each in parts])
        wanted = self.shapes
        return {name: array for name, array in found.items() if name in wanted}

    def _cut(self) -> dict[str, Promise]:
        """The arrays that are in parts, each of which must cover them once."""
        boxes: dict[str, list[Box]] = {}
        kinds: dict[str, set[np.dtype]] = {}
        for each in (promise for file in self.files for promise in file.promises):
            name, box = self._place(each.name)
            if tuple(stop - start for start, stop in box) != each.shape:
                raise self.refused(f"its part {each.name!r} has shape {each.shape}")
            boxes.setdefault(name, []).append(box)
            kinds.setdefault(name, set()).add(each.dtype)
        found = {}
        for name, parts in boxes.items():
            if not covers(parts) or len(kinds[name]) > 1 or name in self.main.shapes:
                raise self.refused(f"its parts of {name!r} do not make a whole")
            shape = tuple(max(stop for _, stop in axis) for axis in zip(*parts, strict=True))
            found[name] = promised(name, kinds[name].pop(), shape)
        return found

    def _joined(self, name: str, parts: Sequence[str], known: dict[str, Promise]) -> Promise:
        """A vector that consists of others."""
        found = [known.get(each) for each in parts]
        kinds = {None if each is None else each.dtype for each in found}
        if name in known or len(kinds) != 1 or None in kinds:
            raise self.refused(f"its vector {name!r} does not consist of what is there")
        size = sum(math.prod(each.shape) for each in found if each is not None)
        return promised(name, kinds.pop(), (size,))

    def _place(self, name: str) -> tuple[str, Box]:
        match = NAME.fullmatch(name)
        if match is None:
            raise self.refused(f"its part {name!r} does not say where it stands")
        bounds = [each.split(":") for each in match[2].rstrip(",").split(",")]
        return match[1], tuple((int(start), int(stop)) for start, stop in bounds)


def opened_in_parts(
    main: Container, files: Sequence[Container], named: Sequence[Named], joins: Any
) -> InParts:
    """The files that a header names, compared with what it says of them."""
    for file, each in zip(files, named, strict=True):
        if file.metadata.get("checksum") != each.checksum:
            raise ModelFileError.of(
                file.path, "is not the one that the model was written with", MEND
            )
    if not all(isinstance(each, str) for parts in joins.values() for each in parts):
        raise ValueError("what its vectors consist of are no names")
    return InParts(main, files, joins)


def promised(name: str, dtype: Any, shape: tuple[int, ...]) -> Promise:
    return Promise(name, dtype, shape, 0, math.prod(shape) * dtype.itemsize)


def slices(box: Box) -> tuple[slice, ...]:
    return tuple(slice(*each) for each in box)


def covers(boxes: Sequence[Box]) -> bool:
    """Whether parts are those of a grid, each once, so that they cover a whole."""
    if len({len(box) for box in boxes}) != 1:
        return False
    axes = [sorted(set(axis)) for axis in zip(*boxes, strict=True)]
    for axis in axes:
        follows = all(one[1] == other[0] for one, other in pairwise(axis))
        if axis[0][0] != 0 or not follows or any(start >= stop for start, stop in axis):
            return False
    count = math.prod(map(len, axes))
    return count == len(boxes) and set(boxes) == set(product(*axes))
