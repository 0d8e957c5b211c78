"""Golden rows: inputs, what the network gives for them, and how far another program may be off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.plan import Plan
from pellucid.plan.interpret import interpret
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

#: how much further from the truth than this library another may be, and how far in any case, in
#: units in the last place of the largest number
TIMES, UNITS = 8, 16
EPSILON = float(np.finfo(np.float32).eps)


class Golden(NamedTuple):
    """Rows by input and by output; `bounds` are for each output."""

    inputs: list[np.ndarray]
    outputs: list[np.ndarray]
    bounds: list[float]


def golden_rows(engine: Engine, rows: list[np.ndarray]) -> Golden:
    """What the network comes to on the rows, in float64, and what float32 makes of it."""
    plan = engine.plan("predict")
    held = engine.memory.arrays()
    truths, singles = (computed(plan, held, rows, kind) for kind in (np.float64, np.float32))
    bounds = [bound(*pair) for pair in zip(singles, truths, strict=True)]
    return Golden(rows, truths, bounds)


def bound(single: np.ndarray, true: np.ndarray) -> float:
    apart, largest = (float(np.abs(each).max(initial=0)) for each in (single - true, true))
    return max(TIMES * apart, UNITS * EPSILON * largest)


def computed(
    plan: Plan, held: Mapping[Tensor, Any], rows: Sequence[np.ndarray], kind: type[np.floating]
) -> list[np.ndarray]:
    """The outputs for the rows, computed in one kind of numbers."""
    given = {tensor: np.asarray(array, kind) for tensor, array in held.items()}
    for tensor, array in zip(plan.inputs, rows, strict=True):
        given[tensor] = array if tensor.dtype == "int" else array.astype(kind)
    values = interpret(plan.lines, given, np)
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
