"""Putting a program together: buffers, kernels and steps, bound to the arrays of a network."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from pellucid.executors.native import _kernels
from pellucid.executors.native.graph import Number, Unsupported, Value, root
from pellucid.executors.native.kernels import Kernel
from pellucid.executors.native.scheduling import (
    REDUCTIONS,
    SUMS,
    Stage,
    Work,
    domain,
)  # fmt: skip

STEPS = {name: at for at, name in enumerate(_kernels.STEPS)}
OPS = {name: at for at, name in enumerate(_kernels.OPS)}


class Assembly:
    """A program in the making. `homes` are the arrays in which some fixed values are to stand."""

    def __init__(
        self, level: str, dtype: np.dtype, stages: list[Stage], values: list[Value],
        wanted: set[Value], homes: dict[Value, np.ndarray],
    ):  # fmt: skip
        self.program = _kernels.Program(level, dtype == np.float64)
        self.dtype, self.stages, self.homes = dtype, stages, dict(homes)
        #: for a value that is written over another: that one
        self.overwritten: dict[Value, Value] = {}
        self.kernels: list[Kernel] = []
        self.numbers: dict[Number, int] = {}
        self.arrays: dict[Value, np.ndarray] = {}
        self.buffers: dict[Value, int] = {}
        self.readers: dict[Value, list[Value]] = defaultdict(list)
        for value in values:
            for read in value.reads:
                self.readers[root(read)].append(value)
        self.wanted = {each for value in wanted for each in (root(value), whole(value))}
        self.where = {
            v: work for stage in stages for part in stage for work in part for v in work.values
        }
        self.phase = {
            v: at for at, stage in enumerate(stages) for part in stage for work in part
            for v in work.values
        }  # fmt: skip
        for value in values:
            self._settle_joined(value)

    def _settle_joined(self, value: Value) -> None:
        if value.op != "joined":
            return
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
            self.where.get(reader) is not self.where.get(value)
            for reader in self.real_readers(value)
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
            return value.attributes[0]
        if value.op == "arange":
            return np.arange(value.width, dtype=self.dtype)
        if value.op == "part":
            start = value.attributes[0]
            return self.array(value.reads[0]).reshape(-1)[start : start + value.width]
        return np.zeros(max(value.width, 1), dtype=self.dtype)

    def buffer(self, value: Value) -> int:
        value = root(value)
        if value not in self.buffers:
            if value.of_rows:
                made = self.program.rows(value.width, self._across(value))
            else:
                array = self.array(value)
                assert array.flags.c_contiguous
                assert array.dtype == self.dtype
                made = self.program.fixed(array.ctypes.data, array.size)
            self.buffers[value] = made
        return self.buffers[value]

    def _across(self, value: Value) -> bool:
        born = self.phase.get(value, 1)
        return any(self.phase.get(reader, born) > born for reader in self.real_readers(value))

    def number(self, number: Number) -> int:
        """Its place among the numbers; those that it is computed from come first."""
        if number not in self.numbers:
            for each in number.inputs:
                self.number(each)
            self.numbers[number] = len(self.numbers)
        return self.numbers[number]

    def assemble(self, outputs: list[Value]) -> None:
        """Write every phase into the program."""
        for at, stage in enumerate(self.stages):
            made = [value for work in stage.rows for value in work.values if value.op in SUMS]
            sums = [self.buffer(value) for value in made if value.op in REDUCTIONS]
            self.program.phase(sums, [self.buffer(value) for value in made])
            if at == 1:
                self._feeds()
            for work in stage.rows:
                self._step(at, work, of_rows=True)
            for number, output in enumerate(outputs):
                if self.phase.get(root(output), 1) == at:
                    self._add(at, True, "give", [self.buffer(output), number])
            for work in stage.fixed:
                self._step(at, work, of_rows=False)

    def _feeds(self) -> None:
        for value in list(self.readers) + list(self.wanted):
            if value.op == "feed" and value not in self.buffers:
                self._add(1, True, "feed", [self.buffer(value), value.attributes[0]])

    def _add(self, phase: int, of_rows: bool, kind: str, args: list[Any]) -> None:
        self.program.step(phase, of_rows, STEPS[kind], args)

    def _step(self, phase: int, work: Work, of_rows: bool) -> None:
        if work.is_kernel:
            kernel = Kernel(self, work.values, of_rows)
            self.kernels.append(kernel)
            number = kernel.add_to_program()
            rows = 0 if of_rows else domain(work.values[0])
            self._add(phase, of_rows, "kernel", [number, rows, *kernel.zeroed])
            return
        (value,) = work.values
        if value.op == "moved":
            self._moved(phase, value)
            return
        places = [self.buffer(each) for each in (*value.reads, value)]
        self._add(phase, True, value.op, [*places, *value.attributes])

    def _moved(self, phase: int, value: Value) -> None:
        zero, *moves = value.attributes
        if zero:
            self._add(phase, True, "zero", [self.buffer(value)])
        for source, move in zip(value.reads, moves, strict=True):
            self._add(phase, True, "move", [self.buffer(source), self.buffer(value), *move])

    def finish(self, rate: Number, time: Number, rows: Number) -> None:
        """Write the plain numbers, which every step works out first."""
        special = [self.number(each) for each in (rate, time, rows)]
        code = []
        for number, at in self.numbers.items():
            if number.inputs:
                if number.op not in OPS:
                    raise Unsupported(f"{number.op} of plain numbers")
                a, *b = [self.numbers[each] for each in number.inputs]
                code.append([OPS[number.op], at, a, *(b or [a])])
        values = [0.0 if number.value is None else number.value for number in self.numbers]
        self.program.numbers(values, code, *special)


def whole(value: Value) -> Value:
    """What holds the numbers that `value` is a view or a part of."""
    while value.op in ("view", "part"):
        value = value.inputs[0].value
    return value
