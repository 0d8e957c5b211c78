"""An equation read number by number: what one number of its value reads, and its terms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.elements.arrays import Array, Given, as_array
from pellucid.elements.number import Number, Place, constant, read
from pellucid.elements.terms import Terms, places
from pellucid.tensor import Line, Tensor

#: an array, or a plain number, by what the reader calls it; a number without a name is a constant
Known = tuple[Hashable | None, Any]


class Elements:
    """The numbers of an equation's values, each with what it is made of.

    `values` say what numbers are made of, `known` what they are.
    """

    def __init__(self, values: Sequence[Array], known: Sequence[Given]):
        self.values, self.known = values, known

    def number(self, index: tuple[int, ...], of: int = 0) -> Number:
        """The number at an index of the value, or of a by-product."""
        return self.values[of].opened(self.position(index, of))

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


def elements(
    made_of: Callable[..., Any], inputs: Sequence[Known], outputs: Sequence[Known]
) -> Elements:
    """The numbers of an equation that makes `outputs` of `inputs`; `made_of` is its own.

    Where a number is made of others that stand in the outputs (a step of a recurrence of the step
    before, a standardized number of the mean), it is read there.
    """
    result = made_of(*(given(*each) for each in inputs))
    values = [as_array(each) for each in (result if isinstance(result, tuple) else (result,))]
    known = [Given(source, np.asarray(array)) for source, array in outputs]
    for value, numbers in zip(values, known, strict=True):
        value.stands_in(numbers, np.arange(value.size))
    return Elements(values, known)


def of_line(line: Line, values: Mapping[Tensor, Any]) -> Elements:
    """The numbers of a line of a plan, from the values of a step; places are named by tensor."""
    inputs: list[Known] = [
        (tensor, values[tensor]) if tensor.value is None else (source_of(tensor), tensor.value)
        for tensor in line.inputs
    ]
    return elements(line.equation.made_of, inputs, [(each, values[each]) for each in line.outputs])


def source_of(tensor: Tensor) -> Tensor | None:
    return tensor if tensor.name else None


def given(source: Hashable | None, value: Any) -> Given | Number:
    if source is None:
        return constant(value)
    if isinstance(value, (int, float)):
        return read(value, Place(source, ()))
    return Given(source, np.asarray(value))
