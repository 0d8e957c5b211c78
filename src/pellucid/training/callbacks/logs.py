"""Writing the logs of each epoch to files: a table, or TensorBoard's events."""

from __future__ import annotations

import csv
import io
import json
import os
import time
import warnings
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from pellucid.extras import needed
from pellucid.reading import reading
from pellucid.training.callbacks.base import Callback, Logs
from pellucid.writing import make_folder, writing


class CSVLogger(Callback):
    """Write a row for each epoch; `append` goes on with a file that is there.

    A disk error while training is told once, as a warning, and training goes on without the file.
    A training that goes on from a backup has the rows up to there, whatever the file has meanwhile;
    if there is no backup yet it is another training, whose rows are appended as such.
    """

    filename: str | os.PathLike[str]
    separator: str = ","
    append: bool = False

    for_the_first: ClassVar[bool] = True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.path, self.failed = Path(self.filename), False
        make_folder(self.path.parent)
        self.columns = self._header() if self.append else []
        if not self.columns:
            with writing(self.path):
                self.path.write_text("")
        #: where this training's rows begin, and what it wrote
        self.start, self.written = self.path.stat().st_size, ""

    def to_keep(self) -> dict[str, Any]:
        return {"columns": self.columns, "start": self.start, "written": self.written}

    def go_on_from(self, kept: dict[str, Any]) -> None:
        self.columns, self.start = kept["columns"], min(kept["start"], self.start)
        self.written = kept["written"]
        with writing(self.path), self.path.open("r+b") as file:
            file.truncate(self.start)
            file.seek(self.start)
            file.write(self.written.encode())

    def _header(self) -> list[str]:
        if not self.path.is_file():
            return []
        fault, mend = "is no table that a log could go on with", "Give CSVLogger another file"
        with (
            reading(self.path, fault, mend),
            self.path.open(newline="", encoding="utf-8") as file,
        ):
            return next(csv.reader(file, delimiter=self.separator), [])

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        row: dict[str, Any] = {"epoch": epoch, **(logs or {})}
        first = not self.columns
        self.columns = self.columns or self._all_columns(row)
        if self.failed:
            return
        try:
            self._write(([self.columns] if first else []) + [self._cells(row)])
        except OSError as error:
            self.failed = True
            warnings.warn(
                f"CSVLogger could not write epoch {epoch + 1} to {self.path}: {error}. "
                "Training goes on without it; the history has every epoch",
                stacklevel=2,
            )

    def _all_columns(self, row: dict[str, Any]) -> list[str]:
        """The first row's columns, and those of a validation that is still to come."""
        measured = [name for name in row if name != "epoch"]
        due = self.validated_sometimes and not any(name.startswith("val_") for name in row)
        return [*row, *(f"val_{name}" for name in measured if due and name != "learning_rate")]

    def _cells(self, row: dict[str, Any]) -> list[Any]:
        return [row.get(column, "NA") for column in self.columns]

    def _write(self, rows: list[list[Any]]) -> None:
        """Whole rows, or none of them."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.separator).writerows(rows)
        with self.path.open("ab", buffering=0) as file:
            content, start = text.getvalue().encode(), file.tell() if file.seekable() else None
            try:
                while content:
                    content = content[file.write(content) :]
            except BaseException:
                if start is not None:
                    file.truncate(start)
                raise
        self.written += text.getvalue()


class TensorBoard(Callback):
    """Write each epoch's loss and metrics as TensorBoard events, in log_dir/train and /validation.

    With histogram_freq=k, also the histogram of every weight after each k epochs.
    Needs the extra: pip install "pellucid[tensorboard]".
    """

    log_dir: str | os.PathLike[str] = "logs"
    histogram_freq: int = 0

    for_the_first: ClassVar[bool] = True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.writer = _tensorboard("summary.writer.event_file_writer").EventFileWriter
        self.writers: dict[str, Any] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        for name, value in (logs or {}).items():
            run = "validation" if name.startswith("val_") else "train"
            tag = f"epoch_{name.removeprefix('val_')}"
            scalars = _tensorboard("plugins.scalar.summary_v2")
            self._write(run, epoch, scalars.scalar_pb(tag, float(value)))
        if self.histogram_freq and (epoch + 1) % self.histogram_freq == 0:
            self._write_histograms(epoch)
        for writer in self.writers.values():
            writer.flush()

    def _write_histograms(self, epoch: int) -> None:
        histograms = _tensorboard("plugins.histogram.summary_v2")
        for layer in self.model.layers:
            for number, weights in enumerate(layer.get_weights()):
                tag = f"{layer.name}/weights_{number}/histogram"
                self._write("train", epoch, histograms.histogram_pb(tag, weights))

    def _write(self, run: str, epoch: int, summary: Any) -> None:
        if run not in self.writers:
            self.writers[run] = self.writer(os.path.join(self.log_dir, run))
        events = _tensorboard("compat.proto.event_pb2")
        event = events.Event(wall_time=time.time(), step=epoch, summary=summary)
        self.writers[run].add_event(event)

    def close(self) -> None:
        for writer in getattr(self, "writers", {}).values():
            writer.close()
        self.writers = {}


def _tensorboard(module: str) -> Any:
    """A module of the tensorboard package."""
    return needed(f"tensorboard.{module}", "tensorboard", "callbacks.TensorBoard")


class RemoteMonitor(Callback):
    """Send the logs of each epoch to a server, by POST: as a form with the `field`, or as JSON.

    A server that cannot be reached is told of once, as a warning, and training goes on.
    """

    root: str = "http://localhost:9000"
    path: str = "/publish/epoch/end/"
    field: str = "data"
    headers: dict[str, str] | None = None
    send_as_json: bool = False

    for_the_first: ClassVar[bool] = True
    failed: ClassVar[bool] = False

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.failed:
            return
        requests = needed("requests", who="callbacks.RemoteMonitor")
        sent = {"epoch": epoch} | {
            name: float(np.mean(value)) for name, value in (logs or {}).items()
        }
        how = {"json": sent} if self.send_as_json else {"data": {self.field: json.dumps(sent)}}
        try:
            requests.post(self.root + self.path, **how, headers=self.headers)
        except requests.exceptions.RequestException:
            self.failed = True  # type: ignore[misc]
            warnings.warn(
                f"Could not reach RemoteMonitor root server at {self.root}; training goes on",
                stacklevel=2,
            )
