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
    """The update of one stretch of the vectors, written in place where nobody reads the old value."""

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
            ours = {target: here[target] for target, value in assignments.items() if value in homes}
            kept = set(assignments.values())
            homes |= pooled(lines, kept, ours, next(iter(here.values())))
        self.program = Program(lines, index, self.values, homes, xp)

    def run(self) -> None:
        if self.xp is not None:
            for at, view in self.views:
                self.values[at] = self.xp.asarray(view)
        self.program.run()
        for view, at in self.late:
            view[...] = self.values[at]


def pooled(
    lines: Sequence[Line], kept: set[Tensor], ours: dict[Tensor, np.ndarray], like: np.ndarray
) -> dict[Tensor, list[np.ndarray]]:
    """A home for each value between: an array that it reads for the last time, or one set free.

    `kept` values have homes already; `ours` are the arrays of old values that will be written over.
    """
    last = {tensor: at for at, line in enumerate(lines) for tensor in line.inputs}
    places = dict(ours)
    homes: dict[Tensor, list[np.ndarray]] = {}
    free: list[np.ndarray] = []
    for at, line in enumerate(lines):
        dying = {id(places[each]): places.pop(each) for each in line.inputs
                 if last[each] == at and each in places}  # fmt: skip
        if line.output not in kept and line.output.shape:
            reusable = dying if isinstance(line.equation, Arithmetic) else {}
            spare = reusable.popitem()[1] if reusable else None
            if spare is not None:
                dying.pop(id(spare), None)
            else:
                spare = free.pop() if free else np.empty_like(like)
            homes[line.output], places[line.output] = [spare], spare
        free += [array for array in dying.values() if all(array is not own for own in ours.values())]
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
