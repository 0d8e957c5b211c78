"""Lines made ready to run many times on arrays of the same shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pellucid.executors.buffers import Buffers
from pellucid.numbers import NUMBERS
from pellucid.tensor import Line, Tensor

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
        self.steps: list[tuple[Any, Any, list[int], list[int]]] = [
            (
                line.equation.run,
                NUMBERS() if line.output.is_setting else Buffers(homes.get(line.output)),
                [index[tensor] for tensor in line.inputs],
                [index[tensor] for tensor in line.outputs],
            )
            for line in lines
        ]

    def run(self) -> None:
        """Run every line once."""
        values = self.values
        for run, xp, ins, outs in self.steps:
            xp.at = 0
            result = run(xp, *[values[at] for at in ins])
            if len(outs) == 1:
                values[outs[0]] = result
            else:
                for at, each in zip(outs, result, strict=True):
                    values[at] = each
