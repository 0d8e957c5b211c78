"""Saving the model while it trains."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pellucid.settings import nearest
from pellucid.training.callbacks.base import Callback, Logs
from pellucid.training.callbacks.monitor import Monitor, batches_of
from pellucid.writing import make_folder


class ModelCheckpoint(Callback):
    """Save the model after every epoch, every so many batches, or when `monitor` is at its best.

    `filepath` may hold fields: "{epoch:02d}-{val_loss:.2f}.safetensors", with epochs from 1.
    """

    filepath: str | os.PathLike[str]
    monitor: str = "val_loss"
    verbose: int = 0
    save_best_only: bool = False
    save_weights_only: bool = False
    mode: str = "auto"
    save_freq: str | int = "epoch"
    initial_value_threshold: float | None = None

    @property
    def wants_batches(self) -> bool:
        return self.save_freq != "epoch"

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.every = batches_of("ModelCheckpoint", self.save_freq)
        self.seen = self.epoch = 0
        self.watch: Monitor | None = None
        if self.save_best_only:
            self.watch = Monitor("ModelCheckpoint", self.monitor, self.mode)
            self.watch.best = self.initial_value_threshold

    def to_keep(self) -> dict[str, Any]:
        return {"seen": self.seen, "best": self.watch and self.watch.best}

    def go_on_from(self, kept: dict[str, Any]) -> None:
        self.seen = kept["seen"]
        if self.watch is not None:
            self.watch.best = kept["best"]

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.seen += 1
        if self.every and self.seen % self.every == 0:
            self._consider(self.epoch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.every is None:
            self._consider(epoch, logs or {})

    def _consider(self, epoch: int, logs: Logs) -> None:
        if self.watch is not None:
            value = self.watch.value(logs, self.validated_sometimes)
            if value is None or not self.watch.accept(value):
                return
        path = self._path(epoch, logs)
        make_folder(path.parent)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved {path}")

    def _path(self, epoch: int, logs: Logs) -> Path:
        fields = {**logs, "epoch": epoch + 1}
        try:
            return Path(os.fspath(self.filepath).format(**fields))
        except KeyError as missing:
            name = str(missing.args[0])
            raise ValueError(
                f"ModelCheckpoint's filepath {os.fspath(self.filepath)!r} names {name!r}, "
                f"which is not measured; {nearest(name, fields)}"
            ) from None
