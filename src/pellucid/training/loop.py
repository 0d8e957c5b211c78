"""Training: epochs of batches, each a step."""

from __future__ import annotations

import math
import signal
import threading
import time
import warnings
from types import FrameType
from typing import Any, NamedTuple, Self

from pellucid.data import ArrayData
from pellucid.data.streams import StreamEndedError
from pellucid.executors.executor import LeftError
from pellucid.processes import HERE
from pellucid.training.callbacks.base import HONEST, CallbackList
from pellucid.training.epochs import Epochs, evaluate
from pellucid.training.nonfinite import NonFiniteError

#: seconds between two reports of progress within an epoch
REPORT_EVERY = 0.1
#: seconds of steps after which Python is asked whether to go on
STRETCH = 0.05


class Course(NamedTuple):
    """What one call of fit asks for; `again`: the training rows, measured after each epoch."""

    training: Epochs
    validation: Epochs | None
    again: Epochs | None
    epochs: int
    initial_epoch: int = 0
    validation_freq: int = 1

    @property
    def params(self) -> dict[str, Any]:
        """What callbacks are told of it."""
        data = self.training.data
        freq = {} if self.validation is None else {"validation_freq": self.validation_freq}
        return freq | {
            "epochs": self.epochs,
            "steps": self.training.count(),
            "rows": len(data) if isinstance(data, ArrayData) else None,
            "batch_size": self.training.batch,
        }

    def first_epoch(self, resume_at: int | None) -> int:
        """The first epoch. Streams that go on from epoch to epoch are taken to where they were."""
        first, freq = self.initial_epoch, self.validation_freq
        start = first if resume_at is None else resume_at
        self.training.pass_over(start - first)
        if self.validation is not None:
            self.validation.pass_over(start // freq - first // freq)
        return start


def train(model: Any, course: Course, callbacks: CallbackList) -> None:
    """Train until the epochs are done, a callback says stop, the data have ended, or Ctrl-C."""
    model.stop_training = False
    model.resume_at, model.resume_after = None, 0
    callbacks.on_train_begin({})
    start = course.first_epoch(model.resume_at)
    engine, logs = course.training.engine, dict[str, float]()
    engine.memory.wake(engine.optimizer.average)
    try:
        with Interrupt(callbacks.leaves_at) as interrupt:
            for epoch in range(start, course.epochs):
                if interrupt.asked or (model.stop_training and not model.resume_after):
                    break
                logs = run_epoch(model, course, epoch, callbacks, interrupt)
    except NonFiniteError as error:
        error.history = model.history
        if not callbacks.ends_at_nan:
            raise
        logs = ended_at(error, course, callbacks)
    finally:
        engine.memory.rest(engine.optimizer.average)
    callbacks.on_train_end(logs)


def ended_at(error: NonFiniteError, course: Course, callbacks: CallbackList) -> dict[str, float]:
    """Say what ended training, and give callbacks the epoch, of which the loss is no number."""
    print(error, flush=True)
    logs = course.training.logs() | {"loss": math.nan}
    callbacks.on_epoch_end(error.epoch, logs)
    return logs


def run_epoch(
    model: Any, course: Course, epoch: int, callbacks: CallbackList, interrupt: Interrupt
) -> dict[str, float]:
    """One pass over the data, and over the validation data after it."""
    rows = course.training
    begun, model.resume_after = model.resume_after, 0
    callbacks.on_epoch_begin(epoch, {})
    if not begun:
        rows.begin()
    reported, count = time.perf_counter(), begun
    steps = rows.steps(callbacks, epoch, STRETCH, interrupt, begun)
    for done in () if begun and model.stop_training else steps:
        count += done.steps
        if (now := time.perf_counter()) - reported > REPORT_EVERY:
            reported = now
            callbacks.on_progress(count, rows.logs())
        if model.stop_training or interrupt.asked:
            break
    if rows.ended:
        warnings.warn(f"training ends: {rows.ended}", stacklevel=4)
        model.stop_training = True
    if interrupt.asked or (model.stop_training and not count):
        return {}
    rows.engine.memory.epochs += 1
    logs = rows.logs()
    try:
        logs |= measured_again(course, interrupt) | validated(course, epoch, callbacks, interrupt)
    except LeftError:
        return {}
    callbacks.on_epoch_end(epoch, logs)
    return logs


def measured_again(course: Course, interrupt: Interrupt) -> dict[str, float]:
    """The training rows as the network predicts them at the end of an epoch, if that is asked."""
    logs = {} if course.again is None else evaluate(course.again, CallbackList(), interrupt)
    return {f"{HONEST}{name}": value for name, value in logs.items()}


def validated(
    course: Course, epoch: int, callbacks: CallbackList, interrupt: Interrupt
) -> dict[str, float]:
    """The look at the validation data after each epoch, or after some."""
    rows = course.validation
    if rows is None or rows.ended or (epoch + 1) % course.validation_freq:
        return {}
    try:
        logs = evaluate(rows, callbacks, interrupt)
    except StreamEndedError as error:
        rows.ended = str(error)
        warnings.warn(f"validation ends: {error}", stacklevel=5)
        return {}
    return {f"val_{name}": value for name, value in logs.items()}


class Interrupt:
    """Ctrl-C while training: the first is `asked`, and the step that runs is finished or left.

    So it is when the time comes that a callback `leaves_at`.
    A second one interrupts at once, as usual. Where Ctrl-C is ignored, it still is. Of several
    processes all stop after the same step, when they have agreed to.
    """

    def __init__(self, leaves_at: float = math.inf) -> None:
        self.leaves_at = leaves_at
        self._pressed = False
        self._previous: Any = None

    @property
    def asked(self) -> bool:
        if HERE.count > 1:
            return HERE.leaving
        return self._pressed or time.perf_counter() > self.leaves_at

    def __call__(self) -> bool:
        return self.asked

    def __enter__(self) -> Self:
        HERE.wanted = HERE.leaving = False
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            self._previous = signal.signal(signal.SIGINT, self._ask)
        return self

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._pressed = HERE.wanted = True
        signal.signal(signal.SIGINT, self._previous)

    def __exit__(self, *error: Any) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
