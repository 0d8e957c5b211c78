"""Lines made ready to run many times on arrays of the same shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pellucid.equations.base import Line
from pellucid.executors.buffers import Buffers
from pellucid.numbers import NUMBERS
from pellucid.tensor import Tensor

Values = list[Any]
#: where the value of each tensor stands among the values
Index = Mapping[Tensor, int]
#: where the first call of a line is to write
Homes = Mapping[Tensor, np.ndarray]


class Program:
    """Lines bound to numbered places: the value of tensor t stands at `values[index[t]]`."""

    def __init__(
        self, lines: Iterable[Line], index: Index, values: Values, homes: Homes | None = None
    ):
        self.values, homes = values, homes or {}
        self.steps = [
            (
                line.equation.run,
                Buffers(homes.get(line.output)),
                [index[tensor] for tensor in line.inputs],
                [index[tensor] for tensor in line.outputs],
            )
            for line in lines
        ]

    def run(self) -> None:
        """Run every line once."""
        values = self.values
        for run, buffers, ins, outs in self.steps:
            buffers.at = 0
            result = run(buffers, *[values[at] for at in ins])
            if len(outs) == 1:
                values[outs[0]] = result
            else:
                for at, each in zip(outs, result, strict=True):
                    values[at] = each


def compute_numbers(lines: Iterable[Line], index: Index, values: Values) -> None:
    """Run the lines that compute with plain numbers alone."""
    for line in lines:
        given = [values[index[tensor]] for tensor in line.inputs]
        values[index[line.output]] = line.equation.run(NUMBERS, *given)
