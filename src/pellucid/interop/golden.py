"""Golden rows: inputs, what the network gives for them, and how far another program may be off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.calls.vocabulary import BINARY, UNARY
from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

#: how much further from the truth than this library another may be, and how far in any case, in
#: units in the last place of the largest number
TIMES, UNITS = 8, 16
#: the array functions that round, so that others may give the next number
ROUNDED = frozenset(
    {*UNARY, *BINARY, "matmul", "sum", "mean"}
    - {"negative", "abs", "sign", "floor", "remainder", "maximum", "minimum"}
)
EPSILON = float(np.finfo(np.float32).eps)


class Golden(NamedTuple):
    """Rows by input and by output; `bounds` are for each output."""

    inputs: list[np.ndarray]
    outputs: list[np.ndarray]
    bounds: list[float]


def golden_rows(
    engine: Engine, rows: list[np.ndarray], held: Mapping[Tensor, Any] | None = None
) -> Golden:
    """What the network comes to on the rows, in float64, and what float32 makes of it.

    `held` are numbers of the network in place of those that it has.
    """
    plan = engine.plan("predict")
    held = engine.memory.arrays() if held is None else held
    truths = computed(plan, held, rows, np.float64)
    singles = [computed(plan, held, rows, np.float32, xp) for xp in (np, Otherwise())]
    bounds = [bound(*each) for each in zip(truths, *singles, strict=True)]
    return Golden(rows, truths, bounds)


def bound(true: np.ndarray, *singles: np.ndarray) -> float:
    apart = max(float(np.abs(each - true).max(initial=0)) for each in singles)
    return max(TIMES * apart, UNITS * EPSILON * float(np.abs(true).max(initial=0)))


class Otherwise:
    """NumPy, rounding otherwise: each number is off by up to a unit in its last place."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        if name not in ROUNDED:
            return found

        def rounded(*given: Any, **options: Any) -> Any:
            exact = np.asarray(found(*given, **options))
            off = 1 + EPSILON * self.random.uniform(-1, 1, exact.shape)
            return (exact * off).astype(exact.dtype)

        return rounded


def computed(
    plan: Plan,
    held: Mapping[Tensor, Any],
    rows: Sequence[np.ndarray],
    kind: type[np.floating],
    xp: Any = np,
) -> list[np.ndarray]:
    """The outputs for the rows, computed in one kind of numbers by an array library."""
    given = {tensor: np.asarray(array, kind) for tensor, array in held.items()}
    for tensor, array in zip(plan.inputs, rows, strict=True):
        given[tensor] = array if tensor.dtype == "int" else array.astype(kind)
    values = interpret(plan.lines, given, xp)
    return [np.asarray(values[tensor], float) for tensor in plan.outputs]


def invented(engine: Engine, count: int = 3) -> list[np.ndarray]:
    """Rows for a network of which no data are known: numbers around 0, or the first few words."""
    rng = np.random.default_rng(0)
    plan = engine.plan("predict")
    shapes = [(count, *(extent or 1 for extent in tensor.shape[1:])) for tensor in plan.inputs]
    return [
        rng.integers(0, 2, shape) if tensor.dtype == "int" else rng.normal(size=shape).astype("f4")
        for tensor, shape in zip(plan.inputs, shapes, strict=True)
    ]
