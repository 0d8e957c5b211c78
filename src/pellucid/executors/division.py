"""How an update is divided: which of its lines need whole vectors, and where the others write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pellucid.equations.base import Arithmetic, Elementwise
from pellucid.executors.program import Homes
from pellucid.tensor import Line, Tensor

#: what moves, and to which new value
Moved = Mapping[Tensor, Tensor]


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
