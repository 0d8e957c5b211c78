"""The update: equations on long vectors, which are run on parts of them that stay in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.equations.base import Elementwise, Line
from pellucid.executors.program import Index, Program, Values
from pellucid.tensor import Tensor

#: numbers in a part
PART = 16_384


class Moving(NamedTuple):
    """A vector that moves, room for what it was before, and the places of the old and the new."""

    vector: np.ndarray
    before: np.ndarray
    old: int
    new: int


class Update:
    """Moves θ and the vectors that an optimizer keeps; `moved` says to which new values.

    The equations read a copy of what moves, which is put back where a number is not finite.
    """

    def __init__(
        self, lines: Sequence[Line], moved: Mapping[Tensor, Tensor], index: Index, values: Values
    ):
        self.index, self.values = index, values
        whole = needed_whole(lines)
        self.whole = Program([line for line in lines if line in whole], index, values)
        self.lines = [line for line in lines if line not in whole]
        self.moving = [
            Moving(values[index[old]], np.empty_like(values[index[old]]), index[old], index[new])
            for old, new in moved.items()
        ]
        self.length = max(len(each.vector) for each in self.moving)
        self.read = self._read_in_parts(moved)
        self.programs: dict[int, Program] = {}

    def run(self) -> bool:
        """Move; False, and nothing has moved, where a new number would not be finite."""
        self.whole.run()
        read = [(at, self.values[at]) for at in self.read]
        finite = True
        for start in range(0, self.length, PART):
            finite &= self._run(slice(start, min(start + PART, self.length)), read)
        for at, vector in read:
            self.values[at] = vector
        for vector, before, old, _ in self.moving:
            self.values[old] = vector
            if not finite:
                vector[...] = before
        return finite

    def _run(self, part: slice, read: Sequence[tuple[int, np.ndarray]]) -> bool:
        values = self.values
        for at, vector in read:
            values[at] = vector[part]
        for vector, before, old, _ in self.moving:
            values[old] = before[part]
            values[old][...] = vector[part]
        self._program(part.stop - part.start).run()
        for vector, _, _, new in self.moving:
            vector[part] = values[new]
        return all(finite(each.vector[part]) for each in self.moving)

    def _program(self, length: int) -> Program:
        if length not in self.programs:
            self.programs[length] = Program(self.lines, self.index, self.values)
        return self.programs[length]

    def _read_in_parts(self, moved: Mapping[Tensor, Tensor]) -> list[int]:
        """What is as long as θ, and neither written by the lines nor moved."""
        read = {tensor for line in self.lines for tensor in line.inputs} | set(moved.values())
        written = {tensor for line in self.lines for tensor in line.outputs} | set(moved)
        return [self.index[tensor] for tensor in read - written if tensor.shape]


def needed_whole(lines: Sequence[Line]) -> set[Line]:
    """The lines that are not elementwise, and those that they depend on."""
    whole: set[Line] = set()
    read: set[Tensor] = set()
    for line in reversed(lines):
        if not isinstance(line.equation, Elementwise) or not read.isdisjoint(line.outputs):
            whole.add(line)
            read.update(line.inputs)
    return whole


def finite(numbers: Any) -> bool:
    """Whether every number is finite. (One product is faster than a look at each.)"""
    return bool(np.isfinite(np.vdot(numbers, numbers))) or bool(np.isfinite(numbers).all())
