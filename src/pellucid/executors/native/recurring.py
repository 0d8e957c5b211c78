"""Lowering recurrences over whole sequences.

Such a step has more than one result: the others are values "beside" the first.
"""

from __future__ import annotations

from pellucid.calls import Call
from pellucid.executors.native.graph import Operand, Unsupported, Value
from pellucid.executors.native.lowerer import Lowerer

#: the names of what a recurrence reads, and of what it gives: its first result, and some beside it
NAMES: dict[str, tuple[tuple[str, ...], dict[int, str]]] = {
    "rnn": (("z", "u"), {0: "h"}),
    "rnn_gradient": (("dh", "u", "h"), {0: "dz"}),
    "lstm": (("z", "u"), {0: "h", 1: "inner", 2: "gates"}),
    "lstm_gradient": (("dh", "u", "inner", "gates"), {0: "dz"}),
    "gru": (("z", "u", "b"), {0: "h", 1: "gates", 3: "inner"}),
    "gru_gradient": (("dh", "u", "h", "gates", "inner"), {0: "dz", 1: "dr"}),
}


def recurrence(to: Lowerer, call: Call) -> Value:
    sequence, *others = to.all(call.operands)
    named = dict(zip(NAMES[call.function][0][1:], others, strict=False))
    if not sequence.of_rows or any(named[each].of_rows for each in ("u", "b") if each in named):
        raise Unsupported("weights that walk through time")
    return to.graph.make(call.function, [Operand(each) for each in (sequence, *others)], call.shape)


def beside(to: Lowerer, call: Call) -> Value:
    (first,) = to.all(call.operands)
    return to.graph.make("beside", [Operand(first)], call.shape, call.options["number"])
