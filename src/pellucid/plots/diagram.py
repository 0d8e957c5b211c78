"""What a drawing of a network shows: columns of values, which of them, and the weights between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pellucid.glass import Recording
from pellucid.models.seeing import Seeing
from pellucid.tensor import Line, Tensor

#: from this height and width on, values are a picture
PICTURE = 3


class Column(NamedTuple):
    """A value of one row by its printed name, how deep in the network, and the units shown."""

    name: str
    depth: int
    values: np.ndarray
    shown: list[int]

    @property
    def is_picture(self) -> bool:
        """Whether it is drawn as a picture, or as one for each of its channels."""
        shape = self.values.shape
        return len(shape) in (2, 3) and min(shape[:2]) >= PICTURE

    @property
    def channels(self) -> int:
        return self.values.shape[2] if self.values.ndim == 3 else 1

    @property
    def units(self) -> int:
        """How many there are of what is shown: units, or the channels of a picture."""
        return self.channels if self.is_picture else self.values.size

    @property
    def more(self) -> int:
        return self.units - len(self.shown)


class Link(NamedTuple):
    """Two columns, by their names; `weights` (from, to) where a matrix leads from one to the other.

    `through` is the layer in between.
    """

    start: str
    end: str
    through: str
    weights: np.ndarray | None


class Diagram(NamedTuple):
    columns: dict[str, Column]
    links: list[Link]


def diagram(net: Seeing, x: Any, most: int) -> Diagram:
    """A network and its values for one row; of each column at most so many units."""
    recording = net.record(one_row(net, x))
    plan, names = recording.plan, recording.plan.names
    ends = {tensor: names[tensor] for tensor in plan.inputs}
    outputs = set(plan.layer_outputs)
    ends |= {tensor: name for tensor, name in names.items() if name in outputs}
    links = [link for tensor in ends for link in links_to(recording, tensor, ends)]
    depth = depths(list(ends.values()), links)
    columns = {}
    for name in ends.values():
        column = Column(name, depth[name], recording[name][0], [])
        columns[name] = column._replace(shown=shown(column, most))
    return Diagram(columns, sorted(links, key=lambda link: depth[link.end]))


def one_row(net: Seeing, x: Any) -> Any:
    """A row, or one of each input, as a batch of one."""
    several = len(net.inputs) > 1
    rows = list(x) if several else [x]
    batch = [np.asarray(row) for row in rows]
    for at, tensor in enumerate(net.inputs):
        if batch[at].ndim == len(tensor.shape) - 1:
            batch[at] = batch[at][None]
    if not net.inputs and np.ndim(x) < 2:
        batch = [np.asarray(x)[None]]
    if len(batch[0]) != 1:
        raise ValueError(
            f"a network is drawn with the values of one row, such as x[0]; got {len(batch[0]):,}"
        )
    return batch if several else batch[0]


def shown(column: Column, most: int) -> list[int]:
    """The units that are drawn: all, or those with the largest values, in order."""
    if column.units <= most + 1:
        return list(range(column.units))
    if column.is_picture:
        return list(range(most // 2))
    sizes = np.abs(column.values.astype(float).reshape(-1))
    return sorted(np.argsort(-sizes, kind="stable")[:most].tolist())


def links_to(recording: Recording, end: Tensor, ends: dict[Tensor, str]) -> Iterator[Link]:
    """The columns that one is computed from, and by which weights."""
    writers = recording.plan.writers
    if end not in writers:
        return
    for start, lines in ways(end, writers, ends).items():
        weights = weights_on(recording, lines, recording.by_tensor[start].size)
        yield Link(ends[start], ends[end], str(writers[end].layer), weights)


def ways(
    end: Tensor, writers: dict[Tensor, Line], ends: dict[Tensor, str]
) -> dict[Tensor, list[Line]]:
    """The nearest columns before one, each with the lines in between."""
    found: dict[Tensor, list[Line]] = {}
    left: list[tuple[Tensor, list[Line]]] = [(end, [])]
    while left:
        tensor, lines = left.pop()
        if tensor in ends and tensor is not end:
            found[tensor] = lines
        elif tensor in writers:
            line = writers[tensor]
            left.extend((each, [*lines, line]) for each in line.inputs)
    return found


def weights_on(recording: Recording, lines: list[Line], size: int) -> np.ndarray | None:
    """The matrix on the way, if there is one that reads all of the column as it is."""
    found = [
        each
        for line in lines
        for each in line.inputs
        if each.role == "parameter" and len(each.shape) > 1
    ]
    if len(found) != 1 or found[0].shape[:-1] != (size,):
        return None
    return np.asarray(recording.by_tensor[found[0]])


def depths(names: list[str], links: list[Link]) -> dict[str, int]:
    """How many columns lie before each, on the longest way."""
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for link in links:
            depth[link.end] = max(depth[link.end], depth[link.start] + 1)
    return depth
