"""Plain numbers that are known only while a plan runs, such as η, t, and the rows of a batch.

An operation on one of them gives another, which remembers what it was made of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.numbers import NUMBERS
from pellucid.tensor import Line, Tensor

#: the operators of Python, and the array functions that they stand for
OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "pow",
    "mod": "remainder",
}
COMPARISONS = {"gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal"}


class Unrecordable(Exception):  # noqa: N818
    """Why what an equation does with arrays cannot be written down as calls; in which line."""

    def __init__(self, why: str, line: Line | None = None):
        super().__init__(why)
        self.line = line


class Number:
    """A number that is given as a `tensor`, or made by a `function` of others."""

    __slots__ = ("function", "operands", "tensor")

    def __init__(
        self, function: str, operands: tuple[float | Number, ...] = (), tensor: Tensor | None = None
    ):
        self.function, self.operands, self.tensor = function, operands, tensor

    def __bool__(self) -> bool:
        raise Unrecordable("it decides by a number that is known only while it runs")

    def __neg__(self) -> Number:
        return Number("negative", (self,))

    def __repr__(self) -> str:
        if self.tensor is not None:
            return self.tensor.name or "number"
        return f"{self.function}({', '.join(map(repr, self.operands))})"


def is_scalar(value: object) -> bool:
    return isinstance(value, (Number, int, float))


def combined(function: str, *given: Any) -> Any:
    if not all(map(is_scalar, given)):
        return NotImplemented
    return Number(function, given)


def _give_operators() -> None:
    for name, function in {**OPERATORS, **COMPARISONS}.items():

        def forward(self: Number, other: Any, _f: str = function) -> Any:
            return combined(_f, self, other)

        def backward(self: Number, other: Any, _f: str = function) -> Any:
            return combined(_f, other, self)

        setattr(Number, f"__{name}__", forward)
        if name in OPERATORS:
            setattr(Number, f"__r{name}__", backward)


_give_operators()


class Rows(Number):
    """An extent: `times` the rows n of the batch."""

    __slots__ = ("times",)

    def __init__(self, times: int = 1):
        super().__init__("rows")
        self.times = times

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int):
            return Rows(self.times * other)
        return combined("multiply", self, other)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self.times == other.times

    def __hash__(self) -> int:
        return hash((Rows, self.times))

    def __repr__(self) -> str:
        return "n" if self.times == 1 else f"{self.times}·n"


class Scalars:
    """The array namespace in which lines of plain numbers are recorded."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name == "astype":
            return lambda x, dtype: x
        plain = getattr(NUMBERS, name, None)
        if plain is None:
            raise Unrecordable(f"{name} of plain numbers")

        def function(*given: Any) -> Any:
            known = not any(isinstance(each, Number) for each in given)
            return plain(*given) if known else Number(name, given)

        return function
