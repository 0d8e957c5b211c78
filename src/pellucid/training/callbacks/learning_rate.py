"""Changing the learning rate between epochs."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from numbers import Real
from typing import Any

from pellucid.training.callbacks.base import Callback, Logs
from pellucid.training.callbacks.monitor import Monitor


class LearningRateScheduler(Callback):
    """Before each epoch: learning rate = schedule(epoch, learning rate), or schedule(epoch)."""

    schedule: Callable[..., float]
    verbose: int = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        current_rate(self)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        rate = self.of(epoch, current_rate(self))
        if not isinstance(rate, Real) or not math.isfinite(rate) or rate < 0:
            raise ValueError(
                f"LearningRateScheduler's schedule gave {rate!r} for epoch {epoch}, "
                "expected a number of 0 or more"
            )
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate {float(rate):.6g}")

    def of(self, epoch: int, current: float) -> float:
        """What the schedule says of an epoch, where the rate is `current`."""
        return self.schedule(*((epoch, current) if _takes_two(self.schedule) else (epoch,)))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = current_rate(self)


class ReduceLROnPlateau(Callback):
    """Multiply the learning rate by `factor` after `patience` epochs without progress."""

    monitor: str = "val_loss"
    factor: float = 0.1
    patience: int = 10
    verbose: int = 0
    mode: str = "auto"
    min_delta: float = 1e-4
    cooldown: int = 0
    min_lr: float = 0.0

    remembers = ("best", "wait", "cooling")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if not 0 < self.factor < 1:
            raise ValueError(
                f"ReduceLROnPlateau got factor={self.factor!r}, "
                "expected a number between 0 and 1, such as factor=0.5"
            )
        current_rate(self)
        self.watch = Monitor("ReduceLROnPlateau", self.monitor, self.mode, self.min_delta)
        self.best: float | None = None
        self.wait = self.cooling = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value, rate = self.watch.value(logs, self.validated_sometimes), current_rate(self)
        if logs is not None:
            logs["learning_rate"] = rate
        if value is not None:
            self._judge(epoch, value, rate)

    def _judge(self, epoch: int, value: float, rate: float) -> None:
        if self.cooling:
            self.cooling -= 1
            self.wait = 0
        if self.watch.improves(value, self.best):
            self.best, self.wait = value, 0
        elif not self.cooling:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                self._reduce(epoch, rate)

    def _reduce(self, epoch: int, rate: float) -> None:
        reduced = max(rate * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = reduced
        self.cooling, self.wait = self.cooldown, 0
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate reduced from {rate:.6g} to {reduced:.6g}")


def current_rate(callback: Callback) -> float:
    """The optimizer's learning rate, which must be a plain number to be changed from outside."""
    rate: Any = callback.model.optimizer.learning_rate
    if not isinstance(rate, Real):
        raise ValueError(
            f"{type(callback).__name__} sets the learning rate, but the optimizer follows "
            f"{rate!r}: leave out the callback, or compile with learning_rate=0.001"
        )
    return float(rate)


def _takes_two(schedule: Callable[..., float]) -> bool:
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    return True
