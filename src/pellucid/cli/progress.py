"""The progress of a whole training, on standard error: a bar on a terminal, else a few lines."""

from __future__ import annotations

import sys
import time
from typing import Any, ClassVar

from pellucid.training.callbacks import Callback
from pellucid.training.progress import show_logs

#: lines printed where there is no terminal
LINES = 10


class TrainingBar(Callback, hidden=True):
    """Epoch, loss, metrics, rows per second, and the time left if all epochs are run."""

    for_the_first: ClassVar[bool] = True

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.began, self.steps = time.perf_counter(), self.params.get("steps") or 1
        self.bar: Any = None
        console = Console(stderr=True)
        if console.is_terminal:
            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=20),
                TextColumn("{task.fields[values]}", markup=False),
                TimeRemainingColumn(compact=True),
                console=console,
                transient=True,
                auto_refresh=False,
            )
            self.task = self.bar.add_task("", total=self.params["epochs"] * self.steps, values="")
            self.bar.start()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch = epoch

    def on_progress(self, done: int, logs: dict[str, float] | None = None) -> None:
        self._show(self.epoch * self.steps + done, logs or {})

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        epochs = self.params["epochs"]
        self._show((epoch + 1) * self.steps, logs or {})
        every = max(1, epochs // LINES)
        if self.bar is None and (epoch == 0 or (epoch + 1) % every == 0):
            print(f"{self._title()}  {self._values(epoch + 1, logs or {})}", file=sys.stderr)

    def close(self) -> None:
        bar, self.bar = getattr(self, "bar", None), None
        if bar is not None:
            bar.stop()

    def _show(self, done: int, logs: dict[str, float]) -> None:
        if self.bar is not None:
            values = self._values(done / self.steps, logs)
            self.bar.update(self.task, completed=done, description=self._title(), values=values)
            self.bar.refresh()

    def _title(self) -> str:
        return f"epoch {self.epoch + 1}/{self.params['epochs']}"

    def _values(self, epochs: float, logs: dict[str, float]) -> str:
        speed = epochs * (self.params.get("rows") or 0) / (time.perf_counter() - self.began)
        return f"{show_logs(logs)}  {speed:,.0f} rows/s"
