"""Going over data, the rows of arrays or the batches of a stream: to train, evaluate, predict."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from pellucid.data import CSR, ArrayData, Batch, StreamData
from pellucid.data.streams import StreamEndedError
from pellucid.executors.executor import Done, LeftError
from pellucid.executors.native.shuffling import permutation
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.engine import Engine
from pellucid.training.passes import Pass, Stops

Data = ArrayData | StreamData
#: how the moments of callbacks call each purpose
MOMENTS = {"train": "train", "evaluate": "test", "predict": "predict"}
#: rows at a time where nothing is trained, so that the size changes only speed and memory
ROWS_AT_ONCE = 1024
#: and how many numbers the rows of a sparse input may then have when they are dense
DENSE_AT_ONCE = 1 << 22
#: as many batches of arrays as are full
WHOLE = "whole"


class Epochs:
    """Data, the purpose for which they are gone over, and the size of batches of arrays.

    An epoch has all of the data, or `limit` batches of them; the next one that trains takes them up
    where this one left them, but for `WHOLE` ones: rows that fill no batch are left out, others in
    each epoch. The rows of arrays can be shuffled.
    """

    #: whether batches go one by one, though no callback wants them so
    singly = False

    def __init__(
        self,
        engine: Engine,
        purpose: str,
        data: Data,
        batch: int | None = None,
        limit: int | str | None = None,
        shuffle: bool = False,
    ):
        self.engine, self.purpose, self.data = engine, purpose, data
        self.batch = rows_at_once(data) if batch is None else batch
        if engine.keeps:
            self.batch = whole_batch(data, 32 if batch is None else batch)
        self.limit = full(data, self.batch) if isinstance(limit, str) else limit
        self.shuffle = shuffle
        self.goes_on = purpose == "train" and isinstance(limit, int)
        #: why there is no more to go over, once a stream has ended
        self.ended = ""
        self._pass: Pass | None = None
        self._endless: Iterator[Batch] | None = None

    def steps(
        self,
        callbacks: CallbackList,
        epoch: int = 0,
        seconds: float = 0.0,
        stops: Stops = None,
        begun: int = 0,
    ) -> Iterator[Done]:
        """The steps of an epoch: one at a time for callbacks of batches, else in long stretches.

        So many batches are `begun` with already.
        """
        if not (self.singly or callbacks.wants_batches):
            for rows, first, last in self._parts(epoch, begun):
                yield from rows.over(first, last, seconds, stops)
            return
        hook = f"on_{MOMENTS[self.purpose]}_batch"
        parts = self._parts(epoch, begun, singly=True)
        for number, (rows, first, last) in enumerate(parts, begun):
            getattr(callbacks, f"{hook}_begin")(number, {})
            done = self.taken(rows, first, last, stops)
            if done.steps:
                getattr(callbacks, f"{hook}_end")(number, self.logs())
            yield done

    def taken(self, rows: Pass, first: int, last: int, stops: Stops) -> Done:
        """One step, on these rows."""
        return rows.run(first, last, stops=stops)

    def pass_over(self, epochs: int) -> None:
        """Leave out the batches of so many epochs, where a stream goes on from one to the next."""
        data = self.data
        if not isinstance(data, StreamData) or (data.restarts and not self.goes_on):
            return
        try:
            for _ in range(epochs):
                deque(self._batches(data), maxlen=0)
        except StreamEndedError as error:
            self.ended = str(error)

    def count(self) -> int | None:
        """How many batches an epoch has, where that can be known."""
        if not isinstance(self.data, ArrayData):
            return self.data.steps if self.limit is None else self.limit
        count = -(-len(self.data) // self.batch)
        return count if self.limit is None else min(count, self.limit)

    def _parts(
        self, epoch: int, begun: int, singly: bool = False
    ) -> Iterator[tuple[Pass, int, int]]:
        """Passes over the rows from one number to another, in turn."""
        if isinstance(self.data, ArrayData) and self.engine.keeps:
            yield from self._one_by_one(self.data, epoch, begun)
            return
        if isinstance(self.data, ArrayData):
            rows = self._pass = self._pass or Pass(self.engine, self.purpose, self.data, self.batch)
            rows.epoch = epoch
            for time, begin, end in self._times_over(self.data, begun):
                rows.order = self._order(self.data, time)
                last = min(end * self.batch, len(self.data))
                size = self.batch if singly else max(1, last)
                for first in range(begin * self.batch, last, size):
                    yield rows, first, min(first + size, last)
            return
        batches = islice(enumerate(self._batches(self.data)), begun, None)
        for number, (x, y, weight, _) in batches:
            one = Pass(self.engine, self.purpose, ArrayData(x, y, weight), len(x[0]), look=False)
            one.epoch, one.number = epoch, number
            yield one, 0, one.batch

    def _one_by_one(
        self, data: ArrayData, epoch: int, begun: int
    ) -> Iterator[tuple[Pass, int, int]]:
        """A pass for each batch, which begins from the states that the one before left."""
        for time, begin, end in self._times_over(data, begun):
            ordered = replace(data, rows=self._order(data, time))
            for number in range(begin, end):
                x, y, weight, _ = ordered.between(number * self.batch, (number + 1) * self.batch)
                batch = ArrayData(x, y, weight)
                one = Pass(self.engine, self.purpose, batch, len(batch), look=False)
                one.epoch, one.number = epoch, number
                yield one, 0, one.batch

    def _times_over(self, data: ArrayData, begun: int) -> Iterator[tuple[int, int, int]]:
        """The number of each time over the data that the epoch is a part of, and its batches."""
        total, count = -(-len(data) // self.batch), self.count() or 0
        epochs = self.engine.memory.epochs
        if not self.goes_on:
            yield epochs, begun, count
            return
        at, end = epochs * count + begun, (epochs + 1) * count
        while at < end:
            time, first = divmod(at, total)
            last = min(total, first + end - at)
            yield time, first, last
            at += last - first

    def _order(self, data: ArrayData, time: int) -> np.ndarray | None:
        """The rows in turn: shuffled by (seed, times over them so far) alone."""
        if not self.shuffle:
            return data.rows
        picked = permutation(self.engine.memory.seed, 0, time, len(data))
        return picked if data.rows is None else data.rows[picked]

    def _batches(self, data: StreamData) -> Iterator[Batch]:
        if self.goes_on and self._endless is None:
            self._endless = (batch for _ in iter(int, 1) for batch in data)
        try:
            yield from islice(self._endless or data, self.limit)
        except StreamEndedError as error:
            if self.purpose != "train":
                raise
            self.ended = str(error)

    def begin(self) -> None:
        """Forget what was measured."""
        self.engine.meters.reset()

    def logs(self) -> dict[str, float]:
        """What was measured since it began."""
        return {} if self.purpose == "predict" else self.engine.meters.logs()


def full(data: Data, batch: int) -> int:
    """How many full batches there are, or the one that is not."""
    if isinstance(data, StreamData):
        raise ValueError(
            f"steps_per_epoch={WHOLE!r} is for arrays: the batches of a stream are as they come"
        )
    return whole_batches(len(data), batch)


def whole_batches(rows: int, batch: int) -> int:
    """How many batches so many rows fill; of fewer rows than one it is those."""
    return max(1, rows // batch)


def rows_at_once(data: Data) -> int:
    """The size of a batch where nobody says."""
    if isinstance(data, StreamData):
        return ROWS_AT_ONCE
    widest = max((x.shape[1] for x in data.x if isinstance(x, CSR)), default=1)
    return max(1, min(ROWS_AT_ONCE, DENSE_AT_ONCE // widest))


def whole_batch(data: Data, batch: int) -> int:
    """The size of batches, each of which goes on from the states of the one before."""
    if isinstance(data, ArrayData) and len(data) > batch and len(data) % batch:
        raise ValueError(
            f"where layers keep states, all batches are of one size: {len(data):,} rows are no "
            f"whole batches of {batch}; say batch_size, or leave out some rows"
        )
    return batch


def evaluate(
    epochs: Epochs, callbacks: CallbackList, stops: Callable[[], bool] = lambda: False
) -> dict[str, float]:
    """The loss and the metrics over the data. Where it `stops` there are none."""
    epochs.begin()
    callbacks.on_test_begin({})
    for _ in epochs.steps(callbacks, stops=stops):
        if stops():
            raise LeftError
    logs = epochs.logs()
    callbacks.on_test_end(logs)
    return logs


def predict(epochs: Epochs, callbacks: CallbackList) -> list[np.ndarray]:
    """The outputs of the network for every row."""
    callbacks.on_predict_begin({})
    parts = [done.outputs for done in epochs.steps(callbacks)]
    callbacks.on_predict_end({})
    if len(parts) == 1:
        return parts[0]
    if len({tuple(each.shape[1:] for each in part) for part in parts}) > 1:
        raise ValueError(
            "the batches are of several sizes, and so is what the network gives for them: "
            "call predict on those of one size at a time"
        )
    return [np.concatenate(pieces) for pieces in zip(*parts, strict=True)]
