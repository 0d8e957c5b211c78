"""Weights of C in 8 bits: whole numbers from −127 to 127, times a number for each column.

What that changes is measured: outputs with the packed weights beside those with the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.interop.golden import computed
from pellucid.interop.listing import Array, Prediction, Step
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

#: the array functions that read packed weights; others are few, and stay as they are
READERS = frozenset(["matmul", "convolve", "convolve_image", "rnn", "lstm", "gru", "take"])
MOST = 127


class Packed(NamedTuple):
    """Whole numbers, and a number for each place of the last axis."""

    numbers: np.ndarray
    scale: np.ndarray

    @property
    def array(self) -> np.ndarray:
        """What the weights are now."""
        return self.numbers.astype(np.float32) * self.scale


def packed(array: np.ndarray) -> Packed:
    """The nearest whole numbers, the largest of each column being 127."""
    given = np.asarray(array, np.float32)
    largest = np.abs(given).max(axis=tuple(range(given.ndim - 1)))
    scale = (np.where(largest > 0, largest, 1) / MOST).astype(np.float32)
    return Packed(np.rint(given / scale).clip(-MOST, MOST).astype(np.int8), scale)


def packable(made: Prediction) -> dict[str, Packed]:
    """The weights of products, by name."""
    uses: dict[str, list[tuple[Step, Array]]] = {}
    for step in made.steps:
        for given in step.given:
            if isinstance(given, Array) and given.name in made.weights:
                uses.setdefault(given.name, []).append((step, given))
    found = {}
    for name, array in made.weights.items():
        wide = array.ndim > 1 and array.shape[-1] > 1
        alike = all(
            step.call.function in READERS and given.shape[-1] == array.shape[-1] and not given.start
            for step, given in uses.get(name, [])
        )
        if wide and alike and name in uses:
            found[name] = packed(array)
    return found


def with_packed(made: Prediction, weights: Mapping[str, Packed]) -> Prediction:
    """The prediction that reads them."""

    def marked(given: Array | float) -> Array | float:
        known = isinstance(given, Array) and given.name in weights
        return given._replace(scaled=True) if known and isinstance(given, Array) else given

    steps = [each._replace(given=tuple(map(marked, each.given))) for each in made.steps]
    return made._replace(steps=steps)


def held_so(engine: Engine, made: Prediction, weights: Mapping[str, Packed]) -> dict[Tensor, Any]:
    """What the network holds, packed weights as they are unpacked."""
    found: dict[Tensor, Any] = {}
    for tensor, array in engine.memory.arrays().items():
        name = next((each for each in weights if same(made.weights[each], array)), None)
        found[tensor] = weights[name].array if name is not None else array
    return found


def same(one: np.ndarray, other: Any) -> bool:
    """Whether they are the same numbers in memory."""
    given = np.asarray(other)
    return one.shape == given.shape and np.may_share_memory(one, given)


def loss(engine: Engine, held: Mapping[Tensor, Any], rows: Sequence[np.ndarray]) -> str:
    """What packing changes of the outputs for the rows, in words."""
    plan = engine.plan("predict")
    before = computed(plan, engine.memory.arrays(), rows, np.float64)
    after = computed(plan, held, rows, np.float64)
    off = [np.abs(a - b) for a, b in zip(after, before, strict=True)]
    count, most = len(rows[0]), max(float(each.max(initial=0)) for each in off)
    mean = float(np.mean([each.mean() for each in off]))
    largest = max(float(np.abs(each).max(initial=0)) for each in before)
    said = f"on {count} rows outputs of up to {largest:.3g} are off by up to {most:.2g}, "
    said += f"{mean:.2g} in the mean"
    if before[0].ndim == 2 and before[0].shape[1] > 1:
        other = int((before[0].argmax(axis=1) != after[0].argmax(axis=1)).sum())
        said += f"; of {other} the largest is another"
    return said
