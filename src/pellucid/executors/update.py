"""The update: equations on long vectors, run in place on parts of them that stay in the cache."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.equations.base import Arithmetic, Elementwise
from pellucid.executors.program import Homes, Index, Program, Values
from pellucid.tensor import Line, Tensor

#: what moves, and to which new value
Moved = Mapping[Tensor, Tensor]
#: numbers in a part
PART = 131_072


class Update:
    """Moves vectors, θ and what the optimizer keeps; `moved` says to which new values.

    Lines that need whole vectors are run first, then the others part by part.
    """

    def __init__(self, lines: Sequence[Line], moved: Moved, index: Index, values: Values):
        self.values = values
        whole = needed_whole(lines)
        self.whole = Program([line for line in lines if line in whole], index, values)
        rest = [line for line in lines if line not in whole]
        self.vectors = [index[tensor] for tensor in vectors_read(rest, moved)]
        #: old numbers that take the place of others, and so are copied before any moves
        self.copied = {index[new] for new in moved.values() if new in moved}
        arrays = {old: values[index[old]] for old in moved}
        self.parts = []
        for start in range(0, max(map(len, arrays.values())), PART):
            part = slice(start, start + PART)
            places = {old: array[part] for old, array in arrays.items()}
            moves = [(places[old], index[new]) for old, new in moved.items()]
            program = Program(rest, index, values, homes(rest, moved, places))
            self.parts.append((part, program, moves))

    def run(self) -> bool:
        """Move; and whether all new numbers are finite."""
        self.whole.run()
        vectors = [(at, self.values[at]) for at in self.vectors]
        try:
            return self._move_parts(vectors)
        finally:
            for at, vector in vectors:
                self.values[at] = vector

    def _move_parts(self, vectors: list[tuple[int, np.ndarray]]) -> bool:
        values, sound = self.values, True
        for part, program, moves in self.parts:
            for at, vector in vectors:
                values[at] = vector[part]
            program.run()
            new = [values[at].copy() if at in self.copied else values[at] for _, at in moves]
            for (place, _), value in zip(moves, new, strict=True):
                if value is not place:
                    place[...] = value
                sound &= finite(place)
        return sound


def finite(numbers: Any) -> bool:
    """Whether every number is finite. (One product is faster than a look at each.)"""
    return math.isfinite(np.vdot(numbers, numbers)) or bool(np.isfinite(numbers).all())


def homes(lines: Sequence[Line], moved: Moved, places: Homes) -> Homes:
    """Where lines write: over what they move, or into few arrays, each used again and again."""
    last = {tensor: at for at, line in enumerate(lines) for tensor in line.inputs}
    old_of = {new: old for old, new in moved.items() if old not in moved.values()}
    found: dict[Tensor, np.ndarray] = {}
    free: list[np.ndarray] = []
    for at, line in enumerate(lines):
        ended = [each for each in dict.fromkeys(line.inputs) if last[each] == at]
        free += [found[each] for each in ended if each in found and each not in moved.values()]
        old = old_of.get(line.output)
        if old is not None and last.get(old, -1) <= at:
            found[line.output] = places[old]
        elif line.output.shape:
            found[line.output] = free.pop() if free else np.empty_like(next(iter(places.values())))
    single = {line.output for line in lines if isinstance(line.equation, Arithmetic)}
    return {value: home for value, home in found.items() if value in single}


def vectors_read(lines: Sequence[Line], moved: Moved) -> list[Tensor]:
    """What is as long as θ, and not written by the lines."""
    read = [*(tensor for line in lines for tensor in line.inputs), *moved.values()]
    written = {tensor for line in lines for tensor in line.outputs}
    return [each for each in dict.fromkeys(read) if each.shape and each not in written]


def needed_whole(lines: Sequence[Line]) -> set[Line]:
    """The lines that are not elementwise, and those that they depend on."""
    whole: set[Line] = set()
    read: set[Tensor] = set()
    for line in reversed(lines):
        if not isinstance(line.equation, Elementwise) or not read.isdisjoint(line.outputs):
            whole.add(line)
            read.update(line.inputs)
    return whole
