"""A kernel: element-by-element work as instructions on blocks of rows that stay in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pellucid.executors.native import _kernels
from pellucid.executors.native.graph import Number, Operand, Unsupported, Value, root
from pellucid.executors.native.scheduling import REDUCTIONS

if TYPE_CHECKING:
    from pellucid.executors.native.assembling import Assembly

OPS = {name: at for at, name in enumerate(_kernels.OPS)}
FROZEN = [(list(memory), list(code)) for memory, code in _kernels.frozen()]
SCRATCH, ROWS, FIXED = range(3)
#: bytes of a block of the widest rows in a kernel
BLOCK = 4096
MOST_SLOTS = 120


class Kernel:
    """The instructions of some values, and the slots that they read and write."""

    def __init__(self, assembly: Assembly, values: list[Value], of_rows: bool):
        self.assembly, self.values, self.of_rows = assembly, values, of_rows
        self.once: list[list[int]] = []
        self.code: list[list[int]] = []
        self.late: list[list[int]] = []
        self.slots: list[list[int]] = []
        self.zeroed: list[int] = []
        self.places: dict[object, int] = {}
        self.free: dict[int, list[int]] = {}
        self.scratch, self.frozen = 0, -1
        self.last = self._last_reads()
        self.inside = set(values)

    def add_to_program(self) -> int:
        for at, value in enumerate(self.values):
            self._write(at, value)
        if len(self.slots) > MOST_SLOTS:
            raise Unsupported(f"a chain of {len(self.values)} operations is too long")
        widest = max([1, *(instruction[5] for instruction in self.code)])
        block = max(1, BLOCK // (self.assembly.dtype.itemsize * widest))
        memory, code, numbers = self.canonical()
        if (memory, code) in FROZEN and not self.of_rows:
            self.frozen = FROZEN.index((memory, code))
        return self.assembly.program.kernel(
            self.instructions, len(self.once), self.slots, block, self.frozen, numbers
        )

    @property
    def instructions(self) -> list[list[int]]:
        return [*self.once, *self.code, *self.late]

    def canonical(self) -> tuple[list[bool], list[tuple[int, ...]], list[int]]:
        """Which slots are in memory; the code with its own numbering of numbers; these numbers."""
        numbers: dict[int, int] = {}

        def own(place: int) -> int:
            return place if place >= 0 else -1 - numbers.setdefault(-1 - place, len(numbers))

        code: list[tuple[int, ...]] = []
        for op, d, a, b, c, _, inner in self.instructions:
            if op == OPS["blend"]:
                inner = -1 - own(-1 - inner)
                c = own(c)
            code.append((op, d, own(a), own(b), c, inner))
        return [slot[0] != SCRATCH for slot in self.slots], code, list(numbers)

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
        inner = value.attributes[0] if value.attributes else 1
        if op == "blend":
            inner = -1 - operands.pop()
        target = -1 if op == "check" else self._target(at, value)
        operands = [*operands, 0, 0, 0][:3]
        self.code.append([OPS[op], target, *operands, width, inner])
        for read in {root(each) for each in value.reads}:
            self._release(read, at)

    def _operand(self, operand: Operand, width: int) -> int:
        value = operand.value
        if isinstance(value, Number):
            return -1 - self.assembly.number(value)
        value = root(value)
        if value.op == "fill" and value not in self.inside:
            number = -1 - self.assembly.number(value.inputs[0].value)
            return self._prepared(("fill", number, width), [OPS["fill"]], [number, 0, 0], width, 1)
        if operand.mode == "as_is":
            return self._place(value)
        key = (operand.mode, value, width)
        if operand.mode == "tile":
            source = self._fixed(value)
            return self._prepared(key, [OPS["tile"]], [source, 0, 0], width, operand.inner)
        if key not in self.places:
            self.places[key] = self._new_scratch(width)
            source = self._place(value)
            self.code.append([OPS["repeat"], self.places[key], source, 0, 0, width, operand.inner])
        return self.places[key]

    def _prepared(
        self, key: object, op: list[int], operands: list[int], width: int, inner: int
    ) -> int:
        """The slot of what is the same for every block."""
        if key not in self.places:
            self.places[key] = self._fresh_scratch(width)
            self.once.append([*op, self.places[key], *operands, width, inner])
        return self.places[key]

    def _place(self, value: Value) -> int:
        if value not in self.places:
            kind = ROWS if value.of_rows or not self.of_rows else FIXED
            self.places[value] = self._memory(value, kind, self.width(value))
        return self.places[value]

    def _fixed(self, value: Value) -> int:
        key = ("fixed", value)
        if key not in self.places:
            self.places[key] = self._memory(value, FIXED, 0)
        return self.places[key]

    def _memory(self, value: Value, kind: int, width: int) -> int:
        self.slots.append([kind, self.assembly.buffer(value), 0, width])
        return len(self.slots) - 1

    def _target(self, at: int, value: Value) -> int:
        if value.op in REDUCTIONS:
            if not self.of_rows:
                self.zeroed.append(self.assembly.buffer(value))
            return self._memory(value, FIXED, -1 if self.of_rows else 0)
        if not self.assembly.stays(value):
            self.places[value] = self._new_scratch(self.width(value))
        elif self._overwrites(at, value):
            self.places[value] = self._new_scratch(self.width(value))
            home = self._memory(value, ROWS, self.width(value))
            copy = [OPS["copy"], home, self.places[value], 0, 0, self.width(value), 1]
            self.late.append(copy)
        else:
            return self._place(value)
        return self.places[value]

    def _overwrites(self, at: int, value: Value) -> bool:
        """Whether later instructions read what stands in the home of `value`."""
        before = self.assembly.overwritten.get(value)
        return before is not None and self.last.get(before, -1) > at

    def _new_scratch(self, width: int) -> int:
        return self.free[width].pop() if self.free.get(width) else self._fresh_scratch(width)

    def _fresh_scratch(self, width: int) -> int:
        self.slots.append([SCRATCH, 0, self.scratch, width])
        self.scratch += width
        return len(self.slots) - 1

    def _release(self, value: Value, at: int) -> None:
        slot = self.places.get(value)
        if (
            slot is not None and self.last.get(value, -1) <= at and self.slots[slot][0] == SCRATCH
            and value in self.inside and not any(copy[2] == slot for copy in self.late)
        ):  # fmt: skip
            self.free.setdefault(self.slots[slot][3], []).append(slot)
            del self.places[value]


def scale_of_gradient(kernel: Kernel) -> Number | None:
    """The number where the update is θ + number·g and no more: a gradient of 0 changes nothing."""
    writes = [value for value in kernel.values if value.op != "check"]
    if len(writes) != 1 or writes[0].op != "blend":
        return None
    theta, g, one, number = (operand.value for operand in writes[0].inputs)
    plain = theta.op == "fixed" and g.op == "gathered" and one.value == 1.0
    return number if plain else None
