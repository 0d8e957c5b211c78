"""Lines made ready to run many times on arrays of the same shapes.

An equation calls the same functions in the same order at every step. So the k-th call of a line can
keep its array, and from the second step on nothing is allocated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from pellucid.executors.executor import LeftError
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
        self.stops: Callable[[], bool] | None = None
        self.steps: list[tuple[Any, Any, list[int], list[int]]] = [
            (
                line.equation.run,
                NUMBERS() if line.output.is_setting else Buffers(homes.get(line.output)),
                [index[tensor] for tensor in line.inputs],
                [index[tensor] for tensor in line.outputs],
            )
            for line in lines
        ]

    def run(self, stops: Callable[[], bool] | None = None) -> bool:
        """Run every line once; False where it `stops` between two of them, or two products."""
        if stops is not self.stops:
            self.stops = stops
            for _, xp, _, _ in self.steps:
                xp.stops = stops
        try:
            return self._run(stops)
        except LeftError:
            return False

    def _run(self, stops: Callable[[], bool] | None) -> bool:
        values = self.values
        for run, xp, ins, outs in self.steps:
            if stops and stops():
                return False
            xp.at = 0
            result = run(xp, *[values[at] for at in ins])
            if len(outs) == 1:
                values[outs[0]] = result
            else:
                for at, each in zip(outs, result, strict=True):
                    values[at] = each
        return True


class Buffers:
    """NumPy for one line: `at` counts its calls, `slots` holds the arrays that these write into."""

    __slots__ = ("at", "slots", "stops")

    def __init__(self, first: np.ndarray | None = None) -> None:
        self.at = 0
        self.stops: Callable[[], bool] | None = None
        self.slots: list[np.ndarray | None] = [] if first is None else [first]

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def reshape(x: np.ndarray, shape: Any) -> np.ndarray:
        """What NumPy's function gives, without the way through it."""
        return x.reshape(shape)

    def first(self, result: Any) -> Any:
        """Keep the array of a call that is made for the first time."""
        self.slots.append(result if isinstance(result, np.ndarray) else None)
        return result


def buffered(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Buffers, *arrays: Any, **options: Any) -> Any:
        at = self.at
        self.at = at + 1
        if at < len(self.slots):
            return function(*arrays, out=self.slots[at], **options)
        return self.first(function(*arrays, **options))

    return call


def buffered_ufunc(ufunc: Any) -> Callable[..., Any]:
    """The same for functions that take where to write as their last argument: most calls by far."""

    def call(self: Buffers, *arrays: Any) -> Any:
        at = self.at
        self.at = at + 1
        if at < len(self.slots):
            return ufunc(*arrays, self.slots[at])
        return self.first(ufunc(*arrays))

    return call


def asking(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same, or it is left: a line may have a product for every moment of a sequence."""

    def call_or_leave(self: Buffers, *arrays: Any) -> Any:
        if self.stops is not None and self.stops():
            raise LeftError
        return call(self, *arrays)

    return call_or_leave


def astype(x: np.ndarray, dtype: Any, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        return x.astype(dtype)
    np.copyto(out, x, casting="unsafe")
    return out


def copy(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    if out is None:
        return np.array(x)
    np.copyto(out, x)
    return out


def reducing(ufunc: Any) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, keepdims: bool = False, out: Any = None) -> Any:
        return ufunc.reduce(x, axis=axis, keepdims=keepdims, out=out)

    return reduce


def mean(x: Any, axis: Any = None, keepdims: bool = False, out: Any = None) -> Any:
    total = np.add.reduce(x, axis=axis, keepdims=keepdims, out=out)
    count = x.size // max(1, np.size(total))
    if isinstance(total, np.ndarray):
        total /= count
        return total
    return total / count


UFUNCS = """
    add subtract multiply divide pow negative square sqrt abs sign exp expm1 log log1p sin cos tanh
    matmul greater greater_equal less less_equal equal not_equal floor
"""
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "maximum": np.maximum,
    "minimum": np.minimum,
    "sum": reducing(np.add),
    "max": reducing(np.maximum),
    "min": reducing(np.minimum),
    "mean": mean,
    "clip": np.clip,
    "astype": astype,
    "concat": np.concatenate,
    "copy": copy,
}

for _name in UFUNCS.split():
    _call = buffered_ufunc(getattr(np, _name))
    setattr(Buffers, _name, asking(_call) if _name == "matmul" else _call)
for _name, _function in FUNCTIONS.items():
    setattr(Buffers, _name, buffered(_function))
