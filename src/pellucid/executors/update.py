"""The update: elementwise equations on long vectors, run over blocks that stay in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.equations.base import Arithmetic, Elementwise, Line
from pellucid.executors.program import Program, Values
from pellucid.tensor import Tensor

BLOCK = 131_072


class Update:
    """The lines of an update: those that need whole vectors, then the others block by block."""

    def __init__(
        self,
        lines: Sequence[Line],
        assignments: Mapping[Tensor, Tensor],
        vectors: Mapping[Tensor, np.ndarray],
        index: Mapping[Tensor, int],
        values: Values,
        xp: Any = None,
    ):
        self.values = values
        whole = needed_whole(lines)
        self.whole = Program([line for line in lines if line in whole], index, values, xp=xp)
        rest = [line for line in lines if line not in whole]
        full = {each for line in whole for each in line.outputs if each.shape}
        self.sliced = [index[tensor] for tensor in full]
        own = [index[tensor] for line in rest for tensor in line.outputs]
        kept = {index[tensor] for tensor in vectors} | {*self.sliced, *own}
        self.shared = [at for at in set(index.values()) if at not in kept]
        length = max((len(vector) for vector in vectors.values()), default=0)
        self.blocks = [
            Block(rest, assignments, vectors, index, len(values), slice(start, start + BLOCK), xp)
            for start in range(0, length, BLOCK)
        ]

    def run(self) -> None:
        values = self.values
        self.whole.run()
        for block in self.blocks:
            for at in self.shared:
                block.values[at] = values[at]
            for at in self.sliced:
                block.values[at] = values[at][block.part]
            block.run()


class Block:
    """The update of one stretch of the vectors, in place where nobody reads the old value."""

    def __init__(
        self,
        lines: Sequence[Line],
        assignments: Mapping[Tensor, Tensor],
        vectors: Mapping[Tensor, np.ndarray],
        index: Mapping[Tensor, int],
        places: int,
        part: slice,
        xp: Any,
    ):
        self.part, self.xp = part, xp
        self.values: Values = [None] * places
        here = {tensor: vector[part] for tensor, vector in vectors.items()}
        self.views = [(index[tensor], view) for tensor, view in here.items()]
        for at, view in self.views:
            self.values[at] = view
        homes: dict[Tensor, list[np.ndarray]] = {}
        self.late = []
        for target, value in assignments.items():
            if xp is None and value not in homes and in_place(lines, target, value):
                homes[value] = [here[target]]
            else:
                self.late.append((here[target], index[value]))
        if xp is None and here:
            ours = {target: value for target, value in assignments.items() if value in homes}
            homes |= pooled(lines, set(assignments.values()), ours, here)
        self.program = Program(lines, index, self.values, homes, xp)

    def run(self) -> None:
        if self.xp is not None:
            for at, view in self.views:
                self.values[at] = self.xp.asarray(view)
        self.program.run()
        for view, at in self.late:
            view[...] = self.values[at]


def pooled(
    lines: Sequence[Line],
    kept: set[Tensor],
    ours: Mapping[Tensor, Tensor],
    here: Mapping[Tensor, np.ndarray],
) -> dict[Tensor, list[np.ndarray]]:
    """A home for each value between: an array that it reads for the last time, or one set free.

    `kept` values have homes already. `ours` are the targets that new values are written over, so
    that their arrays may hold a value between that is not read after this writing.
    """
    last = {tensor: at for at, line in enumerate(lines) for tensor in line.inputs}
    written = {line.output: at for at, line in enumerate(lines)}
    places = {target: (here[target], written[value]) for target, value in ours.items()}
    like, never = next(iter(here.values())), len(lines)
    homes: dict[Tensor, list[np.ndarray]] = {}
    free: list[np.ndarray] = []
    for at, line in enumerate(lines):
        ending = dict.fromkeys(each for each in line.inputs if last[each] == at and each in places)
        spare = [places.pop(each) for each in ending]
        value = line.output
        if value not in kept and value.shape:
            fit = [each for each in spare if last.get(value, never) <= each[1]]
            if fit and isinstance(line.equation, Arithmetic):
                place = fit[0]
                spare = [each for each in spare if each is not place]
            else:
                place = (free.pop() if free else np.empty_like(like), never)
            homes[value], places[value] = [place[0]], place
        free += [array for array, until in spare if until == never]
    return homes


def in_place(lines: Sequence[Line], target: Tensor, value: Tensor) -> bool:
    """Whether `value` may be written over `target`: no line after it reads the old `target`."""
    written = [at for at, line in enumerate(lines) if line.output is value]
    if not written or not isinstance(lines[written[0]].equation, Arithmetic):
        return False
    return all(target not in line.inputs for line in lines[written[0] + 1 :])


def needed_whole(lines: Sequence[Line]) -> set[Line]:
    """The lines that are not elementwise, and those that they depend on."""
    whole: set[Line] = set()
    read: set[Tensor] = set()
    for line in reversed(lines):
        if not isinstance(line.equation, Elementwise) or not read.isdisjoint(line.outputs):
            whole.add(line)
            read.update(line.inputs)
    return whole
