"""An equation read number by number: what one number of its value reads, and its terms."""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.elements.arrays import KnownArray, LazyArray, as_array
from pellucid.elements.element import Element, Place, constant, read
from pellucid.elements.terms import Terms, places
from pellucid.tensor import Line, Tensor


class Elements:
    """The numbers of an equation's values, each with what it is made of.

    `values` say what numbers are made of, `known` what they are.
    """

    def __init__(self, values: Sequence[LazyArray], known: Sequence[KnownArray]):
        self.values, self.known = values, known

    def number(self, index: tuple[int, ...], of: int = 0) -> Element:
        """The number at an index of the value, or of a by-product."""
        try:
            return self.values[of].opened(self.position(index, of))
        except RecursionError:
            raise ValueError(
                f"the number at {index} is made of more numbers, one inside of the other, than "
                "Python can follow; ask for one nearer to the end of the sequence"
            ) from None

    def position(self, index: tuple[int, ...], of: int) -> int:
        shape = self.values[of].shape
        return int(np.ravel_multi_index(index, shape)) if shape else 0

    def terms(self, index: tuple[int, ...], of: int = 0) -> Terms:
        array = self.known[of].array
        precision = array.dtype if array.dtype.kind == "f" else np.dtype(float)
        return Terms(self.number(index, of), float(array[index]), precision)

    def reads(self, index: tuple[int, ...], of: int = 0) -> set[Place]:
        """The places of the inputs that the number depends on."""
        values = {known.source: at for at, known in enumerate(self.known)}
        found: set[Place] = set()
        left, seen = [(index, of)], {(index, of)}
        while left:
            for place in places(self.number(*left.pop())):
                if place.source not in values:
                    found.add(place)
                elif (step := (place.at, values[place.source])) not in seen:
                    seen.add(step)
                    left.append(step)
        return found


def elements(values: Sequence[LazyArray], known: Sequence[KnownArray]) -> Elements:
    """The numbers of values that were made on arrays that remember, and what they are.

    Where a number is made of others that stand in these values (a step of a recurrence of the step
    before, a standardized number of the mean), it is read there.
    """
    for value, numbers in zip(values, known, strict=True):
        value.stands_in(numbers, np.arange(value.size))
    return Elements(values, known)


def several(result: Any) -> list[LazyArray]:
    """What an equation made, as a list of arrays."""
    return [as_array(each) for each in (result if isinstance(result, tuple) else (result,))]


def given(source: Hashable | None, value: Any) -> KnownArray | Element:
    """A value by the name of its places; a number without one is a constant."""
    if source is None:
        return constant(value)
    if isinstance(value, float):
        return read(value, Place(source, ()))
    return KnownArray(source, np.asarray(value))


class OfPlan:
    """The numbers of the lines of a plan, from the values of a step; places are named by tensor.

    Lines of tensors that are not `shown` are written out inside of those that read them.
    """

    def __init__(
        self, lines: Sequence[Line], values: Mapping[Tensor, Any], shown: Container[Tensor]
    ):
        self.values, self.shown = values, shown
        self.writers = {tensor: line for line in lines for tensor in line.outputs}
        self.within: dict[Line, list[LazyArray]] = {}

    def line(self, line: Line) -> Elements:
        """The numbers of what a line writes."""
        known = [KnownArray(each, np.asarray(self.values[each])) for each in line.outputs]
        return elements(self.made(line), known)

    def made(self, line: Line) -> list[LazyArray]:
        return several(line.equation.made_of(*map(self.operand, line.inputs)))

    def operand(self, tensor: Tensor) -> LazyArray | Element:
        if tensor.value is not None:
            return given(tensor if tensor.name else None, tensor.value)
        line = self.writers.get(tensor)
        if line is None or tensor in self.shown:
            return given(tensor, self.values[tensor])
        if line not in self.within:
            self.within[line] = self.made(line)
        value = self.within[line][line.outputs.index(tensor)]
        return value.at(0) if tensor.is_setting else value
