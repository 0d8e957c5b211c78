"""A line of an explained step: its equation, one number of it, and its value at a glance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.elements.element import Place
from pellucid.glass.elements import StepElements
from pellucid.glass.figures import figure
from pellucid.glass.recording import summary
from pellucid.glass.shown import Shown
from pellucid.glass.why import Why
from pellucid.plan.printing import Row, rows
from pellucid.tensor import Tensor, show_shape
from pellucid.wording import tell

#: terms of a sum that are written in a line
TERMS = 3
#: letters that an equation is given, before the shape of its value
EQUATION = 48


class ShownLine(Shown):
    """A printed equation and its `value`; `why` says what its number at `place` is made of."""

    def __init__(self, found: StepElements, row: Row, sample: int):
        self.found, self.section, self.sample = found, row.section, sample
        self.equation = f"{row.left} {row.arrow} {row.right}"
        self.tensor = found.plan.assignments.get(row.target, row.target)
        self.value = np.asarray(found.value(self.tensor))

    @property
    def place(self) -> Place:
        """Where the largest number of the sample stands; of all, where a value has no samples."""
        return Place(self.tensor, largest(self.tensor, self.value, self.sample))

    @property
    def why(self) -> Why:
        return Why(self.found, self.place, self.equation, TERMS)

    @property
    def is_computed(self) -> bool:
        return self.tensor in self.found.reading.writers and self.value.size > 0

    @property
    def glance(self) -> str:
        """The equation, and its value's shape, least, mean and largest number."""
        least, mean, most, *_ = (each.replace("-", "−") for each in summary(self.value))
        numbers = f"{least} … {most}, mean {mean}" if self.value.ndim else figure(float(self.value))
        return f"{self.equation:<{EQUATION}}  {show_shape(self.value.shape):<10}  {numbers}"

    def text(self) -> str:
        return "\n".join([self.glance, *(in_numbers(self.why) if self.is_computed else ())])


def in_numbers(why: Why) -> Iterator[str]:
    """The equation of a number, with the numbers that it reads."""
    before, indent = f"  {why.name} = ", " " * (len(why.name) + 3)
    yield before + why.names
    yield f"{indent}= {why.numbers}" + ("" if why.is_sum else f" = {figure(why.value)}")
    if why.is_sum:
        yield f"{indent}= {why.sum}"


def lines(found: StepElements, sample: int) -> dict[str, ShownLine]:
    """The lines of a recorded step, by the name of what each computes."""
    return {row.left: ShownLine(found, row, sample) for row in rows(found.plan, "text")}


def largest(tensor: Tensor, value: np.ndarray, sample: int) -> tuple[int, ...]:
    """The place of the largest number of a value, in one sample where the value has samples."""
    sizes = np.abs(value.astype(np.float64))
    if tensor.shape and tensor.shape[0] is None:
        within = np.unravel_index(int(np.argmax(sizes[sample])), sizes.shape[1:])
        return (sample, *map(int, within))
    return tuple(map(int, np.unravel_index(int(np.argmax(sizes)), sizes.shape)))


tell(globals(), "glass")
