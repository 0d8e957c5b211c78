"""An equation read number by number: what one number of its value reads, and its terms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from pellucid.elements.arrays import Array, Given, as_array
from pellucid.elements.functions import ELEMENTS
from pellucid.elements.number import Number, Place, read
from pellucid.elements.terms import Terms, places

#: an array, or a plain number, by what the reader calls it
Known = tuple[Hashable, Any]


class Elements:
    """The numbers of an equation's values, each with what it is made of.

    `run` is the equation's. Where a number is made of others that stand in the same line's values
    (a step of a recurrence of the step before, a standardized number of the mean), it is read there.
    """

    def __init__(self, run: Callable[..., Any], inputs: Sequence[Known], outputs: Sequence[Known]):
        result = run(ELEMENTS, *(given(*each) for each in inputs))
        results = result if isinstance(result, tuple) else (result,)
        self.values: list[Array] = [as_array(each) for each in results]
        self.known = [Given(source, np.asarray(array)) for source, array in outputs]
        for value, known in zip(self.values, self.known, strict=True):
            value.stands_in(known, np.arange(value.size))
        self.outputs = {known.source: at for at, known in enumerate(self.known)}

    def number(self, index: tuple[int, ...], of: int = 0) -> Number:
        """The number at an index of the value, or of a by-product."""
        return self.values[of].opened(self.position(index, of))

    def position(self, index: tuple[int, ...], of: int) -> int:
        shape = self.values[of].shape
        return int(np.ravel_multi_index(index, shape)) if shape else 0

    def terms(self, index: tuple[int, ...], of: int = 0) -> Terms:
        array = self.known[of].array
        epsilon = float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else 0.0
        return Terms(self.number(index, of), float(array[index]), epsilon)

    def reads(self, index: tuple[int, ...], of: int = 0) -> set[Place]:
        """The places of the inputs that the number depends on."""
        found: set[Place] = set()
        left, seen = [(index, of)], {(index, of)}
        while left:
            for place in places(self.number(*left.pop())):
                if place.source not in self.outputs:
                    found.add(place)
                elif (step := (place.index, self.outputs[place.source])) not in seen:
                    seen.add(step)
                    left.append(step)
        return found


def given(source: Hashable, value: Any) -> Given | Number:
    if isinstance(value, (int, float)):
        return read(value, Place(source, ()))
    return Given(source, np.asarray(value))
