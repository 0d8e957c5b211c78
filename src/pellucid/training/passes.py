"""A pass: rows of arrays on their way through a plan, whichever executor runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pellucid.data import ArrayData, Features
from pellucid.data.batches import gathered
from pellucid.executors.executor import Asked, Done, Executor
from pellucid.layers.keeping import keep, numbers_of
from pellucid.training.engine import Engine
from pellucid.training.feeding import shaped_input, shaped_target
from pellucid.training.nonfinite import NonFiniteError, explain_nonfinite

#: bytes of outputs that may be held for the metrics at a time
OUTPUTS = 1 << 26

Stops = Callable[[], bool] | None


class Pass:
    """These rows, for this purpose ("train", "evaluate" or "predict"), by batches of this size.

    `order` numbers the rows to take, in turn. `look` is whether the rows may be looked at to find
    out that they are mostly zeros; a single batch of many is not. `epoch`, and the `number` of the
    first batch, are for errors.
    """

    def __init__(
        self, engine: Engine, purpose: str, data: ArrayData, batch: int, look: bool = True
    ):
        self.engine = engine = engine.at(data.x)
        self.data, self.batch = data, batch
        self.key = (purpose, purpose != "predict" and data.weight is not None)
        self.executor = engine.executor(*self.key)
        plan, dtype = self.executor.plan, engine.memory.dtype
        inputs = [shaped_input(x, t) for x, t in zip(data.x, engine.inputs, strict=True)]
        if engine.keeps:
            inputs += numbers_of(engine.network, len(data), dtype)
        targets = [shaped_target(y, t) for y, t in zip(data.y, plan.targets, strict=False)]
        weights = [np.asarray(data.weight, dtype)] * len(plan.weights)
        self.arrays: list[Features] = [*inputs, *targets, *weights]
        self.targets = engine.by_output(targets)
        self.given = self.executor.fed(self.arrays, look)
        self.order = data.rows
        self.epoch = self.number = 0
        self.measures = purpose != "predict" and bool(engine.meters.metrics)

    def over(
        self, first: int, last: int, seconds: float = 0.0, stops: Stops = None
    ) -> Iterator[Done]:
        """Steps on the rows `first` to `last`; now and then, and after `seconds`, those done."""
        most = self.batch * self._most_steps()
        while first < last:
            done = self.run(first, min(last, first + most), seconds, stops)
            first += done.steps * self.batch
            yield done

    def run(self, first: int, last: int, seconds: float = 0.0, stops: Stops = None) -> Done:
        """Steps on the rows `first` to `last`, until done, or `seconds` have passed, or it `stops`.

        A step that is not finite is left to NumPy, which takes it or says where the NaN came from.
        """
        done = self._taken(self.executor, self.given, self._asked(first, last, seconds, stops))
        if done.finite:
            return done
        start = first + done.steps * self.batch
        again = self._by_numpy(start, min(start + self.batch, last))
        pairs = zip(done.outputs, again.outputs, strict=True)
        return Done(done.steps + 1, True, [np.concatenate(pair) for pair in pairs])

    def _by_numpy(self, first: int, last: int) -> Done:
        """The step on these rows, or where the NaN came from."""
        if getattr(self.given, "shared", False):
            return self._with_all(first, last)
        numpy, asked = self.engine.numpy(*self.key), self._asked(first, last)
        done = self._taken(numpy, self.arrays, asked)
        if not done.finite:
            raise self._explained(first, last)
        return done

    def _with_all(self, first: int, last: int) -> Done:
        """The same on the rows of all processes, of which each has some."""
        arrays = self.given.of_all(self.order, first, last)
        inputs, targets = len(self.data.x), len(self.data.y)
        weight = arrays[-1] if self.data.weight is not None and self.key[1] else None
        data = ArrayData(tuple(arrays[:inputs]), tuple(arrays[inputs:][:targets]), weight)
        one = Pass(self.engine, self.key[0], data, len(arrays[0]), look=False)
        one.given, one.epoch, one.number = None, self.epoch, self.number + first // self.batch
        meters, joined = self.engine.meters, one.batch // (last - first)
        rows, totals = meters.rows, meters.totals.copy()
        done = one._by_numpy(0, one.batch)
        meters.rows = rows + (meters.rows - rows) // joined
        meters.totals[...] = totals + (meters.totals - totals) / joined
        return done._replace(outputs=[self.given.own(each) for each in done.outputs])

    def _asked(self, first: int, last: int, seconds: float = 0.0, stops: Stops = None) -> Asked:
        """The steps on these rows, as executors are asked for them."""
        purpose, engine = self.key[0], self.engine
        count = -((first - last) // self.batch)
        trains, predicts = purpose == "train", purpose == "predict"
        return Asked(
            self.order,
            first,
            last,
            self.batch,
            engine.optimizer.rates(engine.memory.steps, count) if trains else None,
            None if predicts else engine.meters.totals,
            seconds,
            predicts or self.measures or engine.keeps,
            stops,
        )

    def _taken(self, executor: Executor, given: object, asked: Asked) -> Done:
        """The steps that were done, counted and measured."""
        done = executor.run(given, asked)
        if asked.rates is not None:
            self.engine.memory.steps += done.steps
        if self.engine.keeps and done.finite:
            count = len(self.engine.network.outputs)
            keep(self.engine.network, done.outputs[count:])
            done = done._replace(outputs=done.outputs[:count])
        if asked.losses is not None and done.steps:
            last = min(asked.first + done.steps * self.batch, asked.last)
            self._measure(done, asked.first, last)
        return done

    def _measure(self, done: Done, first: int, last: int) -> None:
        """Take the rows into the loss and the metrics, those that other processes read as well."""
        meters = self.engine.meters
        meters.rows += last - first
        if not self.measures:
            return
        if done.told is None:
            targets = [self._rows(y, first, last) for y in self.targets]
            weight = self._rows(self.data.weight, first, last)
            meters.add_metrics(targets, done.outputs, weight, self.batch)
            return
        count = len(self.executor.plan.targets)
        weight = done.told[count] if len(done.told) > count else None
        joined = len(done.outputs[0]) // (last - first)
        targets = self.engine.by_output(done.told[:count])
        meters.add_metrics(targets, done.outputs, weight, self.batch * joined)

    def _rows(self, array: np.ndarray | None, first: int, last: int) -> np.ndarray | None:
        if array is None or self.order is None:
            return None if array is None else array[first:last]
        return gathered(array, self.order[first:last])

    def _most_steps(self) -> int:
        """How many steps may be taken until their outputs are measured."""
        if not self.measures:
            return 1 << 40
        row = self.engine.given_per_row * self.engine.memory.dtype.itemsize
        return max(1, OUTPUTS // max(1, row * self.batch))

    def _explained(self, first: int, last: int) -> NonFiniteError:
        """Where the step on these rows, which NumPy has just done, ceased to be finite."""
        batch = replace(self.data, rows=self.order).between(first, last)
        number = self.number + first // self.batch
        given = self.engine.numpy(*self.key).given()
        return explain_nonfinite(self.executor.plan, given, batch, self.epoch, number)
