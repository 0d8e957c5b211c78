"""The order of work: phases, and in each the kernels and other steps.

What depends on a sum over all rows of the batch waits for the next phase. Within a phase, all
element-by-element work that can be done is gathered into one kernel before the next product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from pellucid.executors.native import _kernels
from pellucid.executors.native.graph import Value, root

REDUCTIONS = {"column_sum", "total"}
#: what an instruction of a kernel can do
VECTOR = frozenset(_kernels.Op.__members__)
#: what sums over the rows of a batch
SUMS = {*REDUCTIONS, "weights", "convolve_weights"}
#: what is done once, for all rows of a batch
TOGETHER = {"elsewhere", "scatter"}
#: what is there before the program runs, and what is another value by another name, or beside it
GIVEN = {"feed", "fixed", "arange"}
NAMES = {"view", "part", "joined", "gathered", "beside"}


class Work(NamedTuple):
    """One step: a kernel of several values, or the operation of one."""

    values: list[Value]
    is_kernel: bool


class Stage(NamedTuple):
    """A phase: what is done for each tile of rows, then what is done once."""

    rows: list[Work]
    fixed: list[Work]


def works_on_rows(value: Value) -> bool:
    """Whether it is computed tile by tile, rather than once."""
    if value.op in TOGETHER:
        return False
    return value.of_rows or (value.op in SUMS and value.reads[0].of_rows)


def domain(value: Value) -> int:
    """How many elements a kernel on fixed values works on to compute this one."""
    return value.reads[0].width if value.op in ("total", "check") else value.width


def living(wanted: Iterable[Value]) -> list[Value]:
    """What `wanted` depends on, in order."""
    found: set[Value] = set()
    stack = list(wanted)
    while stack:
        value = stack.pop()
        if value not in found:
            found.add(value)
            stack.extend(value.reads)
    return sorted(found, key=lambda value: value.order)


def phases_of(values: list[Value]) -> dict[Value, int]:
    """The phase of each value; −1 for what depends on no rows."""
    phase: dict[Value, int] = {}
    for value in values:
        at = 0 if works_on_rows(value) or value.of_rows else -1
        for read in value.reads:
            at_once = read.op == "elsewhere" or not read.of_rows
            waits = works_on_rows(value) and at_once and phase[read] >= 0
            at = max(at, phase[read] + waits)
        phase[value] = at
    return sunk(values, phase)


def sunk(values: list[Value], phase: dict[Value, int]) -> dict[Value, int]:
    """What could be done before all rows, but is read after them alone, is done where it is read.

    So the update of θ stays one pass, though parts of it depend on no gradient.
    """
    readers: dict[Value, list[Value]] = defaultdict(list)
    for value in values:
        for read in value.reads:
            readers[read].append(value)
    for value in reversed(values):
        later = readers[value] and not any(map(works_on_rows, readers[value]))
        if later and phase[value] < 0 and value.op in VECTOR:
            phase[value] = min(phase[each] for each in readers[value])
    return phase


def schedule(values: list[Value], wanted: set[Value]) -> list[Stage]:
    phase = phases_of(values)
    filled = needed_fills(values, wanted)
    work = [
        value
        for value in values
        if value.op not in GIVEN | NAMES and (value.op != "fill" or value in filled)
    ]
    done = {
        value
        for value in values
        if value.op in GIVEN or (value.op == "fill" and value not in filled)
    }
    stages = []
    for at in range(-1, max(phase.values(), default=-1) + 1):
        here = [value for value in work if phase[value] == at]
        rows = ordered([value for value in here if works_on_rows(value)], done, by_domain=False)
        fixed = ordered([value for value in here if not works_on_rows(value)], done, by_domain=True)
        stages.append(Stage(rows, fixed))
    return stages


def needed_fills(values: list[Value], wanted: set[Value]) -> set[Value]:
    """The constant arrays that something else than a kernel reads."""
    outside = {root(read) for value in values if value.op not in VECTOR for read in value.reads}
    return {value for value in values if value.op == "fill"} & (outside | set(map(root, wanted)))


def ordered(pending: list[Value], done: set[Value], by_domain: bool) -> list[Work]:
    """Kernels as large as they can be, and between them the other steps."""
    rounds, steps = Rounds(pending, done, by_domain), []
    while rounds.free:
        steps += rounds.next()
    done.update(pending)
    return steps


class Rounds:
    """Rounds of work: all kernels of what is ready, then all other steps that are."""

    def __init__(self, pending: list[Value], done: set[Value], by_domain: bool):
        self.by_domain = by_domain
        self.needs = {value: needs(value) - done for value in pending}
        self.left = {value: len(needed) for value, needed in self.needs.items()}
        self.readers: dict[Value, list[Value]] = defaultdict(list)
        for value, needed in self.needs.items():
            for each in needed:
                self.readers[each].append(value)
        self.free = [value for value in pending if not self.left[value]]

    def next(self) -> list[Work]:
        kernels, finished = self._kernels()
        free, self.free = self.free, []
        for value in finished:
            free += self._released(value)
        others = sorted((v for v in free if v.op not in VECTOR), key=lambda value: value.order)
        self.free = [value for value in free if value.op in VECTOR]
        for value in others:
            self.free += self._released(value)
        return [
            *(Work(kernel, True) for kernel in kernels),
            *(Work([value], False) for value in others),
        ]

    def _kernels(self) -> tuple[list[list[Value]], list[Value]]:
        """The kernels of this round; the sums in them, complete only when the kernel is."""
        found: dict[int, list[Value]] = {}
        here: dict[Value, int] = {}
        sums: list[Value] = []
        heap = [(value.order, value) for value in self.free if value.op in VECTOR]
        heapify(heap)
        self.free = [value for value in self.free if value.op not in VECTOR]
        while heap:
            value = heappop(heap)[1]
            key = here[value] = self._key(value)
            found.setdefault(key, []).append(value)
            if value.op in REDUCTIONS:
                sums.append(value)
                continue
            for each in self._released(value):
                if each.op in VECTOR and self._fits(each, here):
                    heappush(heap, (each.order, each))
                else:
                    self.free.append(each)
        return list(found.values()), sums

    def _key(self, value: Value) -> int:
        return domain(value) if self.by_domain else 0

    def _fits(self, value: Value, here: dict[Value, int]) -> bool:
        """Whether what it needs of this round is in the kernel that it would go to."""
        key = self._key(value)
        return all(here.get(each, key) == key for each in self.needs[value])

    def _released(self, value: Value) -> list[Value]:
        """What waited for this value alone."""
        for reader in self.readers[value]:
            self.left[reader] -= 1
        return [reader for reader in self.readers[value] if not self.left[reader]]


def needs(value: Value) -> set[Value]:
    """What has to be computed before; what is another value by another name needs that."""
    found: set[Value] = set()
    for read in value.reads:
        found |= needs(read) if read.op in NAMES else {read}
    return found
