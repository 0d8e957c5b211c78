"""What one equation does, as statements of Python and the expressions that they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

from pellucid.calls import Call, Calls, Number, Operand, Rows, Shape
from pellucid.glass.source.expressions import Text, array_call, literal, places_of, plain
from pellucid.tensor import Tensor

#: an expression longer than this is given a name
LONG = 64
#: functions whose arrays may share the memory of what they read
VIEWS = ("reshape", "transpose", "broadcast_to", "slice")


class Body:
    """The calls of one equation: `statements`, and the text of each of its `results`.

    `given` is how a tensor is written that is read.
    """

    def __init__(self, calls: Calls, results: Sequence[Tensor], given: Callable[[Tensor], Text]):
        self.given = given
        wanted = [calls.values[each] for each in results]
        self.readers = Counter(wanted)
        self.needed: set[Call] = set()
        self.count(wanted)
        self.statements: list[str] = []
        self.texts: dict[Call, Text] = {}
        self.numbers = count(1)
        self.reads_n = any(map(has_rows, self.needed))
        for call in calls.calls:
            if call in self.needed:
                self.texts[call] = self.written(call)
        self.results = [self.text(each) for each in wanted]

    def count(self, wanted: Sequence[Operand]) -> None:
        """How often each call is read, of those that are needed."""
        stack = list(wanted)
        while stack:
            operand = stack.pop()
            if isinstance(operand, Call) and operand not in self.needed:
                self.needed.add(operand)
                self.readers.update(operand.operands)
                stack += operand.operands

    def text(self, operand: Operand, whole: bool = True) -> Text:
        if isinstance(operand, Call):
            return self.texts[operand]
        if isinstance(operand, Number):
            return plain(operand, self.given)
        return literal(operand, whole) if isinstance(operand, float) else self.given(operand.tensor)

    def written(self, call: Call) -> Text:
        if call.function == "put":
            return self.put(call)
        whole = call.dtype.startswith("float") or call.function == "full"
        given = [self.text(each, whole) for each in call.operands]
        text = array_call(call, given, self.text)
        return self.named(text) if self.readers[call] > 1 or len(text.text) > LONG else text

    def named(self, text: Text) -> Text:
        name = f"t{next(self.numbers)}"
        self.statements.append(f"{name} = {text.text}")
        return Text(name)

    def put(self, call: Call) -> Text:
        """An array with some places changed: a copy, unless nobody else reads it."""
        base, new = call.operands
        text = self.text(base)
        if not isinstance(base, Call) or self.readers[base] > 1 or base.function in VIEWS:
            text = self.named(Text(f"{text.text}.copy()"))
        elif not text.text.isidentifier():
            text = self.named(text)
        self.statements.append(f"{text.text}[{places_of(call)}] = {self.text(new).text}")
        return text


def has_rows(call: Call) -> bool:
    """Whether a call is written with n, the rows of the batch."""
    made = call.function in ("full", "arange", "uniform", "normal", "broadcast_to")
    return (made and rows_in(call.shape)) or any(map(of_rows, call.operands))


def rows_in(shape: Shape) -> bool:
    return any(isinstance(each, Rows) for each in shape)


def of_rows(operand: Operand | float) -> bool:
    if isinstance(operand, Rows):
        return True
    return isinstance(operand, Number) and any(map(of_rows, operand.operands))
