"""Lines made ready to run many times on arrays of the same shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.equations.base import Line
from pellucid.executors.buffers import Buffers
from pellucid.numbers import NUMBERS
from pellucid.tensor import Tensor

Values = list[Any]
#: arrays that the value of a tensor is to be written into
Homes = Mapping[Tensor, Sequence[np.ndarray]]


class Settle:
    """Puts a result where it belongs, if that is more than one place or a place of its own."""

    __slots__ = ("adopt", "buffers", "homes", "outs")

    def __init__(self, outs: Sequence[int], homes: Sequence[np.ndarray], buffers: Any, adopt: bool):
        self.outs, self.homes, self.buffers, self.adopt = outs, homes, buffers, adopt

    def __call__(self, values: Values, result: Any) -> bool:
        """Settle one result; true if from now on it settles itself."""
        results = result if isinstance(result, tuple) else (result,)
        for home in self.homes:
            if results[0] is not home:
                home[...] = results[0]
        if self.homes and self.adopt:
            self.buffers.adopt(results[0], self.homes[0])
            results = (self.homes[0], *results[1:])
        for out, value in zip(self.outs, results, strict=True):
            values[out] = value
        return (
            self.adopt
            and len(self.homes) == 1
            and len(self.outs) == 1
            and (self.buffers.writes(self.homes[0]))
        )


class Program:
    """Lines bound to numbered places: the value of tensor t stands at `values[index[t]]`."""

    def __init__(
        self,
        lines: Iterable[Line],
        index: Mapping[Tensor, int],
        values: Values,
        homes: Homes | None = None,
        xp: Any = None,
    ):
        self.values = values
        self.steps = [prepare(line, index, homes or {}, xp) for line in lines]

    def run(self) -> None:
        """Run every line once."""
        values = self.values
        for number, (run, buffers, ins, out, settle) in enumerate(self.steps):
            buffers.at = 0
            result = run(buffers, *[values[at] for at in ins])
            if settle is None:
                values[out] = result
            elif settle(values, result):
                self.steps[number] = (run, buffers, ins, out, None)

    @property
    def nbytes(self) -> int:
        return sum(buffers.nbytes for _, buffers, *_ in self.steps)


def prepare(line: Line, index: Mapping[Tensor, int], homes: Homes, xp: Any) -> tuple[Any, ...]:
    buffers = Buffers() if xp is None else Foreign(xp)
    outs = [index[tensor] for tensor in line.outputs]
    wanted = homes.get(line.output, ())
    settle = None
    if wanted or len(outs) > 1:
        settle = Settle(outs, wanted, buffers, adopt=bool(wanted) and xp is None)
    return line.equation.run, buffers, [index[each] for each in line.inputs], outs[0], settle


class Foreign:
    """The namespace of another array library, as it is."""

    def __init__(self, xp: Any):
        self.at, self.nbytes, self._xp = 0, 0, xp

    def __getattr__(self, name: str) -> Any:
        return getattr(self._xp, name)


def compute_numbers(lines: Iterable[Line], index: Mapping[Tensor, int], values: Values) -> None:
    """Run the lines that compute with plain numbers alone."""
    for line in lines:
        given = [values[index[tensor]] for tensor in line.inputs]
        values[index[line.output]] = line.equation.run(NUMBERS, *given)


def numbered(tensors: Iterable[Tensor]) -> dict[Tensor, int]:
    """A place for each tensor."""
    return {tensor: at for at, tensor in enumerate(dict.fromkeys(tensors))}
