"""Rows of arrays on their way through the native executor, many steps at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.data import ArrayData
from pellucid.data.batches import gathered
from pellucid.training.feeding import shaped_input, shaped_target

if TYPE_CHECKING:
    from pellucid.training.engine import Engine

#: seconds of work after which Python is asked whether to go on
STRETCH = 0.05
#: bytes of outputs that a stretch may hold for the metrics
OUTPUTS = 1 << 26


class Stretches:
    """Passes over arrays for a purpose of the engine. `order` numbers the rows to take, in turn."""

    def __init__(self, engine: Engine, executor: Any, data: ArrayData, suit: bool = True):
        self.engine, self.executor, self.data = engine, executor, data
        plan = executor.plan
        self.targets = [shaped_target(y, t) for y, t in zip(data.y, plan.targets, strict=False)]
        self.weight = data.weight if plan.weights else None
        weights = [np.asarray(data.weight, engine.memory.dtype)] * len(plan.weights)
        inputs = [shaped_input(x, t) for x, t in zip(data.x, plan.inputs, strict=True)]
        self.given = executor.fed([*inputs, *self.targets, *weights], suit)
        self.order = data.rows
        self.by_output = engine.by_output(self.targets)

    def train(self, stop: int, batch: int, epoch: int, done: int = 0) -> Iterator[int]:
        """Train on the first `stop` rows; the number of batches done, after each stretch."""
        first = done * batch
        while first < stop:
            last = min(stop, first + batch * self._most_steps(batch))
            found = self._steps(first, last, batch)
            first, done = min(first + found.steps * batch, last), done + found.steps
            if not found.finite:
                self.engine.train_by_numpy(self._batch(first, batch), epoch, done)
                first, done = min(first + batch, stop), done + 1
            yield done

    def step(self, rows: int) -> bool:
        """One step on all rows; False, and nothing is changed, if a number is not finite."""
        return self._steps(0, rows, rows).finite

    def _steps(self, first: int, last: int, batch: int) -> Any:
        memory = self.engine.memory
        rates = self.engine.optimizer.rates(memory.steps, -((first - last) // batch))
        found = self.executor.run(
            self.given, self.order, first, last, batch, rates, self.engine.meters.totals, STRETCH,
            self._measured,
        )  # fmt: skip
        memory.steps += found.steps
        self._measure(found, first, min(first + found.steps * batch, last))
        return found

    def evaluate(self, stop: int, batch: int) -> None:
        """Take the first `stop` rows into the meters."""
        some = batch * self._most_steps(batch)
        for first in range(0, stop, some):
            last = min(stop, first + some)
            found = self.executor.run(
                self.given, self.order, first, last, batch, losses=self.engine.meters.totals,
                wants_outputs=self._measured,
            )  # fmt: skip
            done = min(first + found.steps * batch, last)
            self._measure(found, first, done)
            for start in range(done, last, batch):
                self.engine.evaluate_by_numpy(self._batch(start, batch))

    def predict(self, stop: int, batch: int) -> list[np.ndarray]:
        """The outputs for the first `stop` rows."""
        found = self.executor.run(self.given, self.order, 0, stop, batch)
        if found.finite:
            return found.outputs
        parts = [found.outputs]
        for start in range(found.steps * batch, stop, batch):
            parts.append(self.engine.predict_by_numpy(self._batch(start, batch)))
        return [np.concatenate(pieces) for pieces in zip(*parts, strict=True)]

    @property
    def _measured(self) -> bool:
        return bool(self.engine.meters.metrics)

    def _most_steps(self, batch: int) -> int:
        return max(1, OUTPUTS // (self._row_bytes * batch)) if self._measured else 1 << 40

    @cached_property
    def _row_bytes(self) -> int:
        width = sum(value.width for value in self.executor.outputs)
        return max(1, width * self.executor.dtype.itemsize)

    def _rows(self, array: np.ndarray | None, first: int, last: int) -> np.ndarray | None:
        if array is None or self.order is None:
            return None if array is None else array[first:last]
        return gathered(array, self.order[first:last])

    def _batch(self, first: int, batch: int) -> Any:
        if self.order is None:
            return self.data.between(first, first + batch)
        return replace(self.data, rows=self.order).between(first, first + batch)

    def _measure(self, found: Any, first: int, last: int) -> None:
        if last <= first:
            return
        meters = self.engine.meters
        meters.rows += last - first
        if self._measured:
            meters.add_metrics(
                [self._rows(y, first, last) for y in self.by_output], found.outputs,
                self._rows(self.weight, first, last),
            )  # fmt: skip
