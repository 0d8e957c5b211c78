"""A kernel: element-by-element work as instructions on blocks of rows that stay in the cache."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid.executors.native import _kernels
from pellucid.executors.native._kernels import Instruction, Op, Place, Slot
from pellucid.executors.native.graph import Number, Operand, Unsupported, Value, root, same
from pellucid.executors.native.places import Places
from pellucid.executors.native.scheduling import REDUCTIONS

#: bytes of a block of the widest rows in a kernel
BLOCK = 4096
MOST_SLOTS = 120


class Kernel:
    """The instructions of some values, and the slots that they read and write.

    An operand is a slot, or a plain number: −1 − its place among the numbers.
    """

    def __init__(self, memory: Places, values: list[Value], of_rows: bool):
        self.memory, self.values, self.of_rows = memory, values, of_rows
        self.once: list[Instruction] = []
        self.each: list[Instruction] = []
        self.late: list[Instruction] = []
        self.slots: list[Slot] = []
        self.sums: list[int] = []
        self.places: dict[object, int] = {}
        self.free: dict[int, list[int]] = {}
        self.scratch = 0
        self.last = self._last_reads()
        self.inside = set(values)
        for at, value in enumerate(self.values):
            self._write(at, value)
        if len(self.slots) > MOST_SLOTS:
            raise Unsupported(f"a chain of {len(self.values)} operations is too long")

    @property
    def code(self) -> _kernels.Code:
        widest = max([1, *(each.width for each in self.each)])
        canonical = self.canonical()
        return _kernels.Code(
            instructions=self.instructions,
            once=len(self.once),
            slots=self.slots,
            block=max(1, BLOCK // (self.memory.dtype.itemsize * widest)),
            frozen=self.frozen,
            numbers=canonical.numbers,
        )

    @property
    def frozen(self) -> int | None:
        """Which of the kernels that were compiled as a whole it is."""
        return None if self.of_rows else FROZEN.get(self.canonical().key)

    @property
    def instructions(self) -> list[Instruction]:
        return [*self.once, *self.each, *self.late]

    @property
    def reads_fixed(self) -> bool:
        """Whether it reads or writes an array that does not move on with its elements."""
        return any(slot.kind in (Place.fixed, Place.sum) for slot in self.slots)

    def canonical(self) -> Canonical:
        return canonical(self.instructions, [slot.kind != Place.scratch for slot in self.slots])

    def _last_reads(self) -> dict[Value, int]:
        return {root(read): at for at, value in enumerate(self.values) for read in value.reads}

    def width(self, value: Value) -> int:
        """Elements for each row of the kernel; a kernel on fixed values has rows of one."""
        return value.width if self.of_rows else 1

    def _write(self, at: int, value: Value) -> None:
        op, width = value.op, self.width(value)
        if op in REDUCTIONS or op == "check":
            width = self.width(value.reads[0])
        operands = [self._operand(each, width) for each in value.inputs]
        inner = -1 - operands.pop() if op == "blend" else inner_of(value)
        target = -1 if op == "check" else self._target(at, value)
        apart = value.start if op.startswith("row_") else 1
        self.each.append(instruction(Op[op], target, operands, width, inner, apart))
        for read in {root(each): None for each in value.reads}:
            self._release(read, at)

    def _operand(self, operand: Operand, width: int) -> int:
        if isinstance(operand.value, Number):
            return self._number(operand.value)
        value = root(operand.value)
        if value.op == "fill" and value not in self.inside:
            constant = value.inputs[0].value
            assert isinstance(constant, Number)
            number = self._number(constant)
            return self._prepared(("fill", number, width), Op.fill, number, width)
        if operand.mode == "as_is":
            return self._place(value)
        key = (value, *operand[1:], width)
        if operand.mode == "tile":
            return self._prepared(key, Op.tile, self._fixed(value), width, operand.inner)
        if key not in self.places:
            to = self.places[key] = self._new_scratch(width)
            source, (inner, apart) = self._place(value), operand[2:]
            self.each.append(instruction(Op.repeat, to, [source], width, inner, apart))
        return self.places[key]

    def _number(self, number: Number) -> int:
        return -1 - self.memory.number(number)

    def _prepared(self, key: object, op: Op, source: int, width: int, inner: int = 1) -> int:
        """The slot of what is the same for every block."""
        if key not in self.places:
            to = self.places[key] = self._fresh_scratch(width)
            self.once.append(instruction(op, to, [source], width, inner))
        return self.places[key]

    def _place(self, value: Value) -> int:
        if value not in self.places:
            kind = Place.rows if value.of_rows or not self.of_rows else Place.fixed
            self.places[value] = self._memory(value, kind, self.width(value))
        return self.places[value]

    def _fixed(self, value: Value) -> int:
        key = ("fixed", value)
        if key not in self.places:
            self.places[key] = self._memory(value, Place.fixed, 0)
        return self.places[key]

    def _memory(self, value: Value, kind: Place, width: int) -> int:
        return self._slot(kind, self.memory.buffer(value), 0, width)

    def _slot(self, kind: Place, buffer: int, offset: int, width: int) -> int:
        self.slots.append(Slot(kind=kind, buffer=buffer, offset=offset, width=width))
        return len(self.slots) - 1

    def _target(self, at: int, value: Value) -> int:
        if value.op in REDUCTIONS:
            if self.of_rows:
                return self._memory(value, Place.sum, 0)
            self.sums.append(self.memory.buffer(value))
            return self._memory(value, Place.fixed, 0)
        if not self.memory.stays(value):
            self.places[value] = self._new_scratch(self.width(value))
        elif self._overwrites(at, value):
            self.places[value] = self._new_scratch(self.width(value))
            home = self._memory(value, Place.rows, self.width(value))
            scratch, width = self.places[value], self.width(value)
            self.late.append(instruction(Op.copy, home, [scratch], width))
        else:
            return self._place(value)
        return self.places[value]

    def _overwrites(self, at: int, value: Value) -> bool:
        """Whether later instructions read what stands in the home of `value`."""
        before = self.memory.overwritten.get(value)
        return before is not None and self.last.get(before, -1) > at

    def _new_scratch(self, width: int) -> int:
        return self.free[width].pop() if self.free.get(width) else self._fresh_scratch(width)

    def _fresh_scratch(self, width: int) -> int:
        self.scratch += width
        return self._slot(Place.scratch, 0, self.scratch - width, width)

    def _release(self, value: Value, at: int) -> None:
        slot = self.places.get(value)
        if slot is None or value not in self.inside or self.last.get(value, -1) > at:
            return
        is_scratch = self.slots[slot].kind == Place.scratch
        if is_scratch and not any(copy.a == slot for copy in self.late):
            self.free.setdefault(self.slots[slot].width, []).append(slot)
            del self.places[value]


def instruction(
    op: Op, to: int, operands: list[int], width: int, inner: int = 1, apart: int = 1
) -> Instruction:
    a, b, c = [*operands, 0, 0, 0][:3]
    return Instruction(op=op, d=to, a=a, b=b, c=c, width=width, inner=inner, apart=apart)


def inner_of(value: Value) -> int:
    """How many neighbours are reduced to one, or how many sums stand side by side."""
    if value.op.startswith("row_"):
        return value.reads[0].width // value.width
    return value.width if value.op == "column_sum" else 1


class Canonical(NamedTuple):
    """Instructions with a numbering of plain numbers of their own, and these numbers.

    `key` is the same for kernels that do the same.
    """

    key: tuple[object, ...]
    instructions: list[Instruction]
    numbers: list[int]


def canonical(instructions: Sequence[Instruction], in_memory: Sequence[bool]) -> Canonical:
    numbers: dict[int, int] = {}

    def own(place: int) -> int:
        return place if place >= 0 else -1 - numbers.setdefault(-1 - place, len(numbers))

    code = []
    for each in instructions:
        inner, c = each.inner, each.c
        if each.op == Op.blend:
            inner = -1 - own(-1 - inner)
            c = own(c)
        code.append(instruction(Op(each.op), each.d, [own(each.a), own(each.b), c], 1, inner))
    key = tuple((each.op, each.d, each.a, each.b, each.c, each.inner) for each in code)
    return Canonical((tuple(in_memory), key), code, list(numbers))


#: the number of each kernel that was compiled as a whole
FROZEN = {
    canonical(each.instructions, each.memory).key: at for at, each in enumerate(_kernels.frozen())
}


def scale_of_gradient(kernel: Kernel) -> Number | None:
    """The number where the update is θ + number·g and no more: a gradient of 0 changes nothing.

    It is written over θ: where something is still done to it, as to a weight with a constraint, it
    stands elsewhere, and every number of it has to be written.
    """
    writes = [value for value in kernel.values if value.op != "check"]
    if len(writes) != 1 or writes[0].op != "blend":
        return None
    (theta, g), (one, number) = writes[0].reads, writes[0].inputs[2:]
    plain = theta.op == "fixed" and g.op == "gathered" and same(one, 1.0)
    plain = plain and np.may_share_memory(kernel.memory.array(writes[0]), theta.array)
    return number.value if plain and isinstance(number.value, Number) else None
