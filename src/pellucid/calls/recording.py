"""Recording lines of a plan as calls: each `run` writes down what it does."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from pellucid.calls.arrays import Array, Sheet, read_of
from pellucid.calls.calls import Calls, Given, Operand, Shape
from pellucid.calls.namespace import Namespace
from pellucid.calls.numbers import Number, Rows, Scalars, Unrecordable, is_scalar
from pellucid.calls.shapes import size
from pellucid.calls.wholes import DRAWS, WHOLES
from pellucid.tensor import Line, Tensor


def record(
    lines: Iterable[Line],
    dtype: str = "float32",
    plain: bool = False,
    elsewhere: Container[Line] = (),
    by_rows: bool = True,
) -> Calls:
    """The calls that the lines make on arrays of a dtype.

    If `plain`, an equation with a call of its own (a convolution) is written out by array
    functions, unless it draws random numbers. Lines that are run `elsewhere` are one call each. If
    `by_rows`, the calls are those for whom rows have to stay the first axis (`arrays.by_rows`). An
    equation that cannot be recorded is named.
    """
    recording = Recording(dtype, plain, elsewhere, by_rows)
    for line in lines:
        recording.line(line)
    return Calls(tuple(recording.given), tuple(recording.sheet.calls), recording.values)


class Recording:
    """What has been recorded so far: `values` holds what became of each tensor."""

    def __init__(self, dtype: str, plain: bool, elsewhere: Container[Line], by_rows: bool = True):
        self.sheet, self.plain, self.elsewhere = Sheet(dtype), plain, elsewhere
        self.by_rows = by_rows
        self.given: list[Given | Number] = []
        self.values: dict[Tensor, Operand] = {}

    def line(self, line: Line) -> None:
        """Record one line, or say which equation cannot be recorded, and why."""
        name, self.sheet.line = type(line.equation).__name__, line
        try:
            results = self._results(line)
        except Unrecordable as why:
            raise Unrecordable(f"{name}: {why}", line) from None
        except (TypeError, AttributeError, ValueError, IndexError) as why:
            raise Unrecordable(f"{name} cannot be recorded ({why})", line) from None
        self.values.update(zip(line.outputs, results, strict=True))

    def _results(self, line: Line) -> list[Operand]:
        equation = line.equation
        if line.output.is_setting:
            return [equation.run(Scalars(), *map(self._of, line.inputs))]
        xp = Namespace(self.sheet, self.by_rows)
        given = [self._array(self._of(each)) for each in line.inputs]
        if line in self.elsewhere:
            return self._called(line, given)
        own = None if self.plain and not isinstance(equation, DRAWS) else WHOLES.get(type(equation))
        result = equation.run(xp, *given) if own is None else own(xp, equation, *given)
        results = result if isinstance(result, tuple) else (result,)
        return [self._settled(*pair) for pair in zip(results, line.outputs, strict=True)]

    def _called(self, line: Line, given: list[Any]) -> list[Operand]:
        """One call for all that the equation does, with its further results beside the first."""
        (first, kind), *others = [(opened(each.shape), self._kind(each)) for each in line.outputs]
        result = self.sheet.write("elsewhere", given, first, kind)
        beside = [
            self.sheet.write("beside", [result], *each, number=at)
            for at, each in enumerate(others, start=1)
        ]
        return [read_of(each) for each in (result, *beside)]

    def _kind(self, tensor: Tensor) -> str:
        return "int64" if tensor.dtype == "int" else self.sheet.dtype

    def _of(self, tensor: Tensor) -> Operand:
        if tensor not in self.values:
            self.values[tensor] = self._given(tensor)
        return self.values[tensor]

    def _given(self, tensor: Tensor) -> Operand:
        if tensor.value is not None and tensor.is_setting:
            return tensor.value
        plain = Number("given", tensor=tensor)
        self.given.append(
            plain if tensor.is_setting else Given(tensor, opened(tensor.shape), self._kind(tensor))
        )
        return self.given[-1]

    def _array(self, value: Operand) -> Any:
        if isinstance(value, Number) or is_scalar(value):
            return value
        array = Array(self.sheet, value)  # type: ignore[arg-type]
        array.is_given = True
        return array

    def _settled(self, result: Any, tensor: Tensor) -> Operand:
        """The result, as an array of the shape that the plan says."""
        shape = opened(tensor.shape)
        if is_scalar(result):
            if shape:
                raise Unrecordable("it gives a plain number for an array")
            result = self.sheet.write("full", [result], (), self.sheet.dtype)
        read_of(result)
        if size(result.shape) != size(shape):
            raise Unrecordable(f"it gives an array {result.shape} for one of {shape}")
        return read_of(result.reshaped(shape))


def opened(shape: tuple[int | None, ...]) -> Shape:
    """The shape, its open extent as the rows of the batch."""
    return tuple(Rows() if extent is None else extent for extent in shape)
