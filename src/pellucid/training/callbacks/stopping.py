"""Stopping when a quantity no longer gets better, or is no number."""

from __future__ import annotations

from typing import Any

from pellucid.training.callbacks.base import Callback, Logs
from pellucid.training.callbacks.monitor import Monitor


class EarlyStopping(Callback):
    """Stop after `patience` epochs in which `monitor` did not get better by min_delta.

    The weights of the best epoch are given back at the end, unless `restore_best_weights` is
    False. With a `baseline`, only values better than it count as progress. With `latest`, an epoch
    as good as the best takes its place, though it is no progress.
    """

    monitor: str = "val_loss"
    min_delta: float = 0.0
    patience: int = 0
    verbose: int = 0
    mode: str = "auto"
    baseline: float | None = None
    restore_best_weights: bool = True
    start_from_epoch: int = 0
    latest: bool = False

    remembers = ("best", "best_epoch", "best_weights", "wait", "stopped_epoch")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.watch = Monitor("EarlyStopping", self.monitor, self.mode, self.min_delta)
        self.wait = self.best_epoch = 0
        self.best: float | None = None
        self.stopped_epoch: int | None = None
        self.best_weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.watch.value(logs, self.validated_sometimes)
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.watch.improves(value, self.best):
            self.best = value
            self._keep(epoch)
            if self.baseline is None or self.watch.improves(value, self.baseline):
                self.wait = 0
            return
        if self.latest and value == self.best:
            self._keep(epoch)
        if self.wait >= self.patience:
            self.stopped_epoch, self.model.stop_training = epoch, True

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = [weights.copy() for weights in self.model.get_weights()]

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.verbose and self.stopped_epoch is not None:
            print(
                f"Epoch {self.stopped_epoch + 1}: early stopping; the best {self.monitor}, "
                f"{self.best}, was that of epoch {self.best_epoch + 1}"
            )
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            self.best_weights = None


class TerminateOnNaN(Callback):
    """End training at the first step that is not finite, without an error.

    The history has NaN as the loss of that epoch, and the weights are those from before the step.
    With `raise_error` it is the error that says where the NaN came from, as without this callback.
    """

    raise_error: bool = False

    @property
    def ends_at_nan(self) -> bool:  # type: ignore[override]
        return not self.raise_error
