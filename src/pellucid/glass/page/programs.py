"""How each number of a line is made, as data that a page can follow: the array calls of the line.

A call is {"f": function, "of": operands, "shape": …} and its options. An operand is the number of
an earlier call, {"t": name} for a value of the step, {"v": number}, or {"n": at} for what was made
of plain numbers, at that place among "numbers".
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from pellucid.calls import Call, Calls, Given, Number, Operand, Rows, Unrecordable
from pellucid.calls.recording import Recording
from pellucid.calls.vocabulary import ELEMENTWISE, REDUCTIONS
from pellucid.equations.random import Draw
from pellucid.tensor import Line, Tensor

Data = dict[str, Any]
Named = Callable[[Tensor], str]

#: the functions that the page knows
MOVING = ("reshape", "transpose", "broadcast_to", "concat", "slice", "take")
KNOWN = {*ELEMENTWISE, *REDUCTIONS, *MOVING, "full", "constant", "arange", "matmul"} - {"floor"}


def program(
    line: Line, writers: Mapping[Tensor, Line], shown: Container[Tensor], named: Named, rows: int
) -> Data | None:
    """The calls of a line, what is printed inside of it included; None where they are not known.

    `shown` are the values with a name, `named` gives what each is called in the page, `rows` says
    how many rows of data there are.
    """
    if isinstance(line.equation, Draw):
        return {"drawn": [named(tensor) for tensor in line.inputs if tensor.is_setting]}
    try:
        calls = recorded(line, lines_within(line, writers, shown), shown)
    except Unrecordable:
        return None
    if not all(call.function in KNOWN for call in calls.calls):
        return None
    return Writing(calls, named, rows).program([calls.values[each] for each in line.outputs])


def recorded(line: Line, within: list[Line], shown: Container[Tensor]) -> Calls:
    """The calls of a line. What has a name is read by it, also a setting."""
    recording = Recording("float64", plain=True, elsewhere=())
    for each in (*within, line):
        for tensor in each.inputs:
            if tensor.is_setting and tensor.name and tensor not in recording.values:
                recording.values[tensor] = Number("given", tensor=tensor)
        recording.line(each)
        if each is not line:
            for tensor in each.outputs:
                if tensor in shown:
                    del recording.values[tensor]
    return Calls((), tuple(recording.sheet.calls), recording.values)


def read_by(program: Data) -> list[str]:
    """The arrays that a program reads, each once."""
    operands = (each for call in program.get("calls", ()) for each in call["of"])
    names = (each["t"] for each in operands if isinstance(each, dict) and "t" in each)
    return list(dict.fromkeys(names))


class Writing:
    """Writes calls as data."""

    def __init__(self, calls: Calls, named: Named, rows: int):
        self.calls, self.named, self.rows = calls.calls, named, rows
        self.places = {call: at for at, call in enumerate(calls.calls)}
        self.numbers: dict[Number, Data] = {}

    def program(self, results: list[Operand]) -> Data:
        calls, gives = list(map(self.call, self.calls)), list(map(self.operand, results))
        return {"numbers": list(self.numbers.values()), "calls": calls, "gives": gives}

    def call(self, call: Call) -> Data:
        found = {"f": call.function, "of": list(map(self.operand, call.operands))}
        found["shape"] = [self.extent(each) for each in call.shape]
        return found | {name: self.option(value) for name, value in call.options.items()}

    def operand(self, operand: Operand) -> Any:
        if isinstance(operand, Call):
            return self.places[operand]
        if isinstance(operand, Given):
            return {"t": self.named(operand.tensor)}
        return self.number(operand)

    def number(self, number: Number | float) -> Data:
        if isinstance(number, Rows):
            return {"v": float(number.times * self.rows)}
        if not isinstance(number, Number):
            return {"v": plain(float(number))}
        if number.tensor is not None:
            return {"t": self.named(number.tensor)}
        if number not in self.numbers:
            operands = list(map(self.number, number.operands))
            self.numbers[number] = {"f": number.function, "of": operands}
        return {"n": list(self.numbers).index(number)}

    def extent(self, extent: int | Rows) -> int:
        return extent.times * self.rows if isinstance(extent, Rows) else extent

    def option(self, value: Any) -> Any:
        """Ranges by start, step and length; nested numbers in a row."""
        if isinstance(value, range):
            return [value.start, value.step, len(value)]
        if isinstance(value, tuple):
            return list(map(self.option, value))
        return plain(value) if isinstance(value, float) else value


def plain(value: float) -> float | str:
    """A number as JSON has it: 0.5, "Infinity"."""
    if value - value == 0:
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def lines_within(
    line: Line, writers: Mapping[Tensor, Line], shown: Container[Tensor]
) -> list[Line]:
    """The lines that are printed inside of a line, in their order."""
    found: list[Line] = []
    for tensor in line.inputs:
        writer = writers.get(tensor)
        if tensor.value is None and writer is not None and tensor not in shown:
            found += [*lines_within(writer, writers, shown), writer]
    return list(dict.fromkeys(found))
