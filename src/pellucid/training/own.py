"""Epochs of steps that a class of one's own takes: `train_step` and `test_step` of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.data import Batch
from pellucid.executors.executor import Done
from pellucid.networks.ends import packed
from pellucid.training.engine import Engine
from pellucid.training.epochs import MOMENTS, Epochs
from pellucid.training.passes import Pass, Stops

#: takes the parts of a batch, and gives what is to be reported of it
OwnStep = Callable[[Batch], Mapping[str, Any]]


class OwnEpochs(Epochs):
    """Data that are gone over batch by batch, each by a function; numbers are means over rows."""

    singly = True

    def __init__(self, take: OwnStep, *values: Any, **named: Any):
        super().__init__(*values, **named)
        self.take = take
        self.totals: dict[str, float] = {}
        self.rows = 0

    def begin(self) -> None:
        self.totals, self.rows = {}, 0

    def logs(self) -> dict[str, float]:
        return {name: total / self.rows for name, total in self.totals.items()}

    def taken(self, rows: Pass, first: int, last: int, stops: Stops) -> Done:
        self.add(self.take(replace(rows.data, rows=rows.order).between(first, last)), last - first)
        return Done(1, True, [])

    def add(self, reported: Any, rows: int) -> None:
        if not isinstance(reported, Mapping):
            raise TypeError(
                f"{MOMENTS[self.purpose]}_step gives a dictionary of numbers to report, such as "
                f"{{'loss': 0.1}}, got {type(reported).__name__}"
            )
        for name, value in reported.items():
            self.totals[name] = self.totals.get(name, 0.0) + rows * float(np.mean(value))
        self.rows += rows


def epochs_of(model: Any, engine: Engine, purpose: str, *values: Any) -> Epochs:
    """Epochs by the executor, or by the model's own `train_step` or `test_step`."""
    name = f"{MOMENTS[purpose]}_step"
    if getattr(type(model), name).__module__.startswith("pellucid."):
        return Epochs(engine, purpose, *values)

    def take(batch: Batch) -> Mapping[str, Any]:
        return getattr(model, name)(as_given(model, batch))

    return OwnEpochs(take, engine, purpose, *values)


def as_given(model: Any, batch: Batch) -> tuple[Any, ...]:
    """(x, y) or (x, y, weight) of a batch, as the model takes them."""
    pairs = ((batch.x, model.input_tree), (batch.y, model.output_tree))
    x, y = (packed(list(part) if len(part) > 1 else part[0], tree) for part, tree in pairs)
    return (x, y) if batch.weight is None else (x, y, batch.weight)
