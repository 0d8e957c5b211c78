"""Where the values of a program stand: in memory of their own, in an array there is, or nowhere.

What only the kernel that computes it reads needs no memory at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from pellucid.executors.native import _kernels
from pellucid.executors.native.graph import Number, Value, is_called, root
from pellucid.executors.native.scheduling import TOGETHER, Stage, Work
from pellucid.executors.native.whole import Moved


class Places:
    """The buffers and the numbers of a program, each numbered when it is first asked for.

    `homes` are the arrays in which some fixed values are to stand; `overwritten` says which value
    stood there before, if that is still read.
    """

    def __init__(
        self,
        dtype: np.dtype,
        stages: list[Stage],
        values: list[Value],
        wanted: set[Value],
        homes: Mapping[Value, np.ndarray],
        overwritten: Mapping[Value, Value],
    ):
        self.dtype, self.homes, self.overwritten = dtype, dict(homes), overwritten
        self.numbers: dict[Number, int] = {}
        self.buffers: dict[Value, int] = {}
        self.made: list[_kernels.Buffer] = []
        self.arrays: dict[Value, np.ndarray] = {}
        self.readers = readers_of(values)
        self.wanted = {each for value in wanted for each in (root(value), whole(value))}
        self.work = {
            value: work
            for stage in stages
            for part in stage
            for work in part
            for value in work.values
        }
        self.phase = {
            value: at
            for at, stage in enumerate(stages)
            for part in stage
            for work in part
            for value in work.values
        }
        for value in values:
            if value.op == "joined":
                self._settle_joined(value)

    def _settle_joined(self, value: Value) -> None:
        """Parts of a joined value stand in their parts of its array."""
        whole, start = self.array(value).reshape(-1), 0
        for part in value.reads:
            self.homes[root(part)] = whole[start : start + part.width]
            start += part.width

    def stays(self, value: Value) -> bool:
        """Whether a value is read outside of the kernel that computes it."""
        value = root(value)
        if value in self.wanted or value in self.homes:
            return True
        return any(
            self.work.get(reader) is not self.work.get(value) for reader in self.real_readers(value)
        )

    def real_readers(self, value: Value) -> list[Value]:
        """The readers of a value and of its other names."""
        found = []
        for reader in self.readers[value]:
            if reader.op == "view":
                continue
            found += self.real_readers(reader) if reader.op in ("part", "joined") else [reader]
        return found

    def array(self, value: Value) -> np.ndarray:
        """The memory of a fixed value."""
        value = root(value)
        if value not in self.arrays:
            self.arrays[value] = self._make_array(value)
        return self.arrays[value]

    def _make_array(self, value: Value) -> np.ndarray:
        if value in self.homes:
            return self.homes[value]
        if value.op in ("fixed", "gathered"):
            return value.array
        if value.op == "arange":
            return np.arange(value.width, dtype=self.dtype)
        if value.op == "part":
            return self.array(value.reads[0]).reshape(-1)[value.start : value.start + value.width]
        return np.zeros(max(value.width, 1), dtype=self.dtype)

    def buffer(self, value: Value) -> int:
        value = root(value)
        if value not in self.buffers:
            self.buffers[value] = len(self.made)
            self.made.append(self._make_buffer(value))
        return self.buffers[value]

    def _make_buffer(self, value: Value) -> _kernels.Buffer:
        if value.of_rows:
            return _kernels.Buffer(width=value.width, across=self._across(value), data=None)
        array = self.array(value)
        assert array.flags.c_contiguous
        assert array.dtype == self.dtype
        return _kernels.Buffer(width=array.size, across=False, data=array.ctypes.data)

    def _across(self, value: Value) -> bool:
        if is_called(value) or any(each.op in TOGETHER for each in self.real_readers(value)):
            return True
        born = self.phase.get(value, 1)
        return any(self.phase.get(reader, born) > born for reader in self.real_readers(value))

    def number(self, number: Number) -> int:
        """Its place among the numbers; those that it is computed from come first."""
        if number not in self.numbers:
            for each in number.inputs:
                self.number(each)
            self.numbers[number] = len(self.numbers)
        return self.numbers[number]


def readers_of(values: list[Value]) -> dict[Value, list[Value]]:
    found: dict[Value, list[Value]] = defaultdict(list)
    for value in values:
        for read in value.reads:
            found[root(read)].append(value)
    return found


def whole(value: Value) -> Value:
    """What holds the numbers that `value` is a view or a part of."""
    while value.op in ("view", "part"):
        value = value.reads[0]
    return value


def in_place(
    stages: list[Stage], moved: list[Moved], homes: Mapping[Value, np.ndarray]
) -> list[Moved]:
    """The new values that can stand where the old ones stood: nobody reads these later.

    What is read as a part of the old one, such as a bias of θ, counts too.
    """
    works: list[Work] = [work for stage in stages for part in stage for work in part]
    order = {value: at for at, work in enumerate(works) for value in work.values}
    last: dict[Value, int] = {}
    for value, at in order.items():
        for read in value.reads:
            last[root(read)] = max(last.get(root(read), -1), at)
    found: dict[Value, Moved] = {}
    for each in moved:
        new = root(each.new)
        free = new in order and new not in homes and new not in found
        reads = [at for value, at in last.items() if stands_in(value, each.array)]
        if free and max(reads, default=-1) <= order[new]:
            found[new] = each
    return list(found.values())


def stands_in(value: Value, array: np.ndarray) -> bool:
    return value.op == "fixed" and np.may_share_memory(value.array, array)
