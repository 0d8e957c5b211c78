"""What the `run` of each equation does with arrays, as data: a plan becomes a list of typed calls.

    plan ──record──▶ Calls: multiply(Z1, 0.5), tanh(…), matmul(A1, W2), …

The native executor lowers that list; a writer of another language is one table over its functions.
"""

from pellucid.calls.calls import Call, Calls, Given, Operand, Shape
from pellucid.calls.numbers import Number, Rows, Unrecordable
from pellucid.calls.recording import record
from pellucid.calls.vocabulary import ELEMENTWISE, VOCABULARY

__all__ = [
    "ELEMENTWISE", "VOCABULARY", "Call", "Calls", "Given", "Number", "Operand", "Rows", "Shape",
    "Unrecordable", "record",
]  # fmt: skip
