"""Training: epochs of batches, each a step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from pellucid.data import ArrayData, Batch, StreamData
from pellucid.executors.native.shuffling import permutation
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.engine import Engine
from pellucid.training.evaluation import evaluate, rows_at_once, rows_of
from pellucid.training.history import History
from pellucid.training.interrupt import Interrupt
from pellucid.training.nonfinite import NonFiniteError
from pellucid.training.stretches import Stretches

#: seconds between two reports of progress within an epoch
REPORT_EVERY = 0.1

Data = ArrayData | StreamData


class Course(NamedTuple):
    """What one call of fit asks for."""

    data: Data
    batch_size: int
    epochs: int
    initial_epoch: int = 0
    shuffle: bool = True
    steps: int | None = None
    validation: Data | None = None
    validation_batch_size: int | None = None
    validation_steps: int | None = None
    validation_freq: int = 1


def train(
    model: Any, engine: Engine, course: Course, history: History, callbacks: CallbackList
) -> None:
    """Train until the epochs are done, a callback says stop, or Ctrl-C."""
    model.stop_training = False
    model.resume_at, model.resume_after = None, 0
    callbacks.on_train_begin({})
    start = course.initial_epoch if model.resume_at is None else model.resume_at
    stream, validation = Batches(course, engine), Validation(course, engine)
    logs: dict[str, float] = {}
    try:
        with Interrupt() as interrupt:
            for epoch in range(start, course.epochs):
                logs = run_epoch(model, engine, stream, validation, epoch, callbacks, interrupt)
                if model.stop_training or interrupt.asked:
                    break
    except NonFiniteError as error:
        error.history = history
        raise
    finally:
        finish(engine)
    callbacks.on_train_end(logs)


def run_epoch(
    model: Any, engine: Engine, stream: Batches, validation: Validation, epoch: int,
    callbacks: CallbackList, interrupt: Interrupt,
) -> dict[str, float]:  # fmt: skip
    """One pass over the data, and over the validation data after it."""
    begun, model.resume_after = model.resume_after, 0
    callbacks.on_epoch_begin(epoch, {})
    if not begun:
        engine.meters.reset()
    reported = time.perf_counter()
    for done in steps_of_epoch(engine, stream, epoch, callbacks, begun):
        if (now := time.perf_counter()) - reported > REPORT_EVERY:
            reported = now
            callbacks.on_progress(done, engine.meters.logs())
        if model.stop_training or interrupt.asked:
            break
    if interrupt.asked:
        return {}
    engine.memory.epochs += 1
    logs = engine.meters.logs()
    logs |= validation.after(epoch, callbacks)
    callbacks.on_epoch_end(epoch, logs)
    return logs


def steps_of_epoch(
    engine: Engine, stream: Batches, epoch: int, callbacks: CallbackList, begun: int = 0
) -> Iterator[int]:
    """Train batch by batch, or in longer stretches; the number of batches done, time and again.

    `begun` batches lie behind already.
    """
    stretches = stream.stretches
    if stretches is not None and not callbacks.wants_batches:
        stretches.order = stream.order()
        yield from stretches.train(stream.rows, stream.course.batch_size, epoch, begun)
        return
    for number, batch in islice(enumerate(stream.epoch()), begun, None):
        if callbacks.wants_batches:
            callbacks.on_train_batch_begin(number, {})
        engine.train(batch, epoch, number)
        if callbacks.wants_batches:
            callbacks.on_train_batch_end(number, engine.meters.logs())
        yield number + 1


def finish(engine: Engine) -> None:
    """Where averaged weights were asked for, they are what training leaves."""
    state = engine.optimizer.average
    if state is not None and engine.memory.steps:
        engine.memory.parameters.vector[...] = engine.memory.optimizer[state]


class Batches:
    """The batches of each epoch."""

    def __init__(self, course: Course, engine: Engine):
        self.course, self.engine = course, engine
        self._endless: Iterator[Batch] | None = None

    def epoch(self) -> Iterator[Batch]:
        """The next pass. Rows are shuffled by (seed, epochs trained so far) alone."""
        course = self.course
        if isinstance(course.data, ArrayData):
            return islice(self._from_rows(course.data), course.steps)
        if course.steps is None:
            return iter(course.data)
        return islice(self._going_on(course.data), course.steps)

    @cached_property
    def rows(self) -> int:
        """How many rows of arrays an epoch takes."""
        return rows_of(self.course.data, self.course.batch_size, self.course.steps)

    @cached_property
    def stretches(self) -> Stretches | None:
        """Passes over arrays by the native executor, where there is one."""
        return self.engine.stretches("train", self.course.data)

    def order(self) -> np.ndarray | None:
        """The rows of the next pass over arrays, in turn; None for all of them as they stand."""
        data = self.course.data
        assert isinstance(data, ArrayData)
        order = self._order(data)
        if data.rows is None:
            return order
        return data.rows if order is None else data.rows[order]

    def _order(self, data: ArrayData) -> np.ndarray | None:
        """In which order the rows are taken; None for that in which they stand."""
        if not self.course.shuffle:
            return None
        memory = self.engine.memory
        return permutation(memory.seed, 0, memory.epochs, len(data))

    def _from_rows(self, data: ArrayData) -> Iterator[Batch]:
        size, order = self.course.batch_size, self._order(data)
        for start in range(0, len(data), size):
            if order is None:
                yield data.between(start, start + size)
            else:
                yield data.take(order[start : start + size])

    def _going_on(self, data: StreamData) -> Iterator[Batch]:
        """The stream, from where the last epoch left it, and again from its start at its end."""
        if self._endless is None:
            self._endless = (batch for _ in iter(int, 1) for batch in data)
        return self._endless


class Validation:
    """The look at the validation data after each epoch, or after some."""

    def __init__(self, course: Course, engine: Engine):
        self.course, self.engine = course, engine

    def after(self, epoch: int, callbacks: CallbackList) -> dict[str, float]:
        course, data = self.course, self.course.validation
        if data is None or (epoch + 1) % course.validation_freq:
            return {}
        size = course.validation_batch_size or rows_at_once(data)
        logs = evaluate(self.engine, data, size, course.validation_steps, callbacks, self.stretches)
        return {f"val_{name}": value for name, value in logs.items()}

    @cached_property
    def stretches(self) -> Stretches | None:
        """Passes by the native executor, where there is one."""
        return self.engine.stretches("evaluate", self.course.validation)


def steps_of(data: Data, batch_size: int, limit: int | None) -> int | None:
    """How many batches a pass has, where that can be known."""
    if isinstance(data, ArrayData):
        steps: int | None = -(-len(data) // batch_size)
    else:
        steps = data.steps
    if limit is None or steps is None:
        return steps if limit is None else limit
    return min(steps, limit) if isinstance(data, ArrayData) else limit
