"""A list of array calls: which function, on what, with which options, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from pellucid.calls.numbers import Number, Rows
from pellucid.equations.convolution import Axis
from pellucid.tensor import Line, Tensor

Shape = tuple[int | Rows, ...]
#: along each axis the places that are meant; all of them for None
Places = tuple[range | None, ...]
Nested = Union[float, tuple["Nested", ...]]  # noqa: UP007
Option = bool | tuple[int, ...] | Places | Nested | Axis
#: what a call reads: an earlier value, or a plain number
Operand = Union["Call", "Given", Number, float]


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """An array from outside: an input, a target, a weight, a state."""

    tensor: Tensor
    shape: Shape
    dtype: str

    def __repr__(self) -> str:
        return self.tensor.name or self.tensor.role


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """One array function, called. `line` is the equation that it is a part of."""

    function: str
    operands: tuple[Operand, ...]
    options: Mapping[str, Any]
    shape: Shape
    dtype: str
    line: Line


@dataclass(frozen=True, eq=False, slots=True)
class Calls:
    """Calls in the order in which they run, and what they come to.

    `given` are the arrays and the numbers that come from outside; `values` says what became of each
    tensor of the lines that were recorded.
    """

    given: tuple[Given | Number, ...]
    calls: tuple[Call, ...]
    values: Mapping[Tensor, Operand]

    def __str__(self) -> str:
        """One line for each call: %7 = add(%6, b1)  (n, 10) float32"""
        names = {call: f"%{at}" for at, call in enumerate(self.calls)}

        def shown(operand: Operand) -> str:
            return names.get(operand, repr(operand)) if isinstance(operand, Call) else repr(operand)

        rows = []
        for call, name in names.items():
            options = [f"{key}={value!r}" for key, value in call.options.items()]
            listed = ", ".join([*map(shown, call.operands), *options])
            shape = ", ".join(map(repr, call.shape))
            rows.append(f"{name} = {call.function}({listed})  ({shape}) {call.dtype}")
        return "\n".join(rows)
