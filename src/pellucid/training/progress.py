"""How training is going: a live bar on a terminal, one plain line per epoch elsewhere."""

from __future__ import annotations

import importlib.util
import math
import time
from typing import Any, ClassVar

from pellucid.training.callbacks.base import Callback, Logs


class Progress(Callback):
    """Shows epochs as they run.

    verbose="auto" or 1: a live bar where the output is a terminal or a notebook, and one line
    after each epoch; 2: the lines alone; 0: nothing.
    """

    verbose: int | str = "auto"

    for_the_first: ClassVar[bool] = True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.verbose not in ("auto", 0, 1, 2):
            raise ValueError(f"verbose must be 'auto', 0, 1 or 2, got {self.verbose!r}")
        self._bar: Any = None
        self._console = live_console() if self.verbose in ("auto", 1) else None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._began = time.perf_counter()
        if self._console is not None:
            self._bar = _new_bar(self._console)
            self._task = self._bar.add_task(
                self._title(epoch), total=self.params.get("steps"), values=""
            )
            self._bar.start()
            self._bar.refresh()

    def on_progress(self, done: int, logs: Logs | None = None) -> None:
        if self._bar is not None:
            speed = self._speed(done * (self.params.get("batch_size") or 0))
            values = "  ".join(filter(None, (show_logs(logs or {}), speed)))
            self._bar.update(self._task, completed=done, values=values, refresh=True)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.close()
        if self.verbose:
            took = show_seconds(time.perf_counter() - self._began)
            parts = (self._title(epoch), took, show_logs(logs or {}))
            print("  ".join(filter(None, parts)), flush=True)

    def close(self) -> None:
        bar, self._bar = getattr(self, "_bar", None), None
        if bar is not None:
            bar.stop()

    def _title(self, epoch: int) -> str:
        epochs = self.params.get("epochs", epoch + 1)
        return f"epoch {epoch + 1:{len(str(epochs))}d}/{epochs}"

    def _speed(self, rows: int) -> str:
        elapsed = time.perf_counter() - self._began
        rows = min(rows, self.params.get("rows") or rows)
        return f"{rows / elapsed:,.0f} rows/s" if rows and elapsed > 0 else ""


def live_console() -> Any:
    """The console to draw on, None where a live display cannot be shown."""
    from rich.console import Console

    console = Console()
    terminal = console.is_terminal and not console.is_dumb_terminal
    notebook = console.is_jupyter and importlib.util.find_spec("ipywidgets") is not None
    return console if terminal or notebook else None


def _new_bar(console: Any) -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    # Refreshed by on_progress alone: no thread writes to the terminal after Ctrl-C.
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[values]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        auto_refresh=False,
    )


def show_logs(logs: Logs) -> str:
    return "  ".join(f"{name} {show_value(value)}" for name, value in logs.items())


def show_value(value: float) -> str:
    """Four decimals, or an exponent where they would say too little or too much."""
    plain = value == 0 or not math.isfinite(value) or 1e-3 <= abs(value) < 1e6
    return f"{value:.4f}" if plain else f"{value:.3e}"


def show_seconds(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes}:{rest:02d}"
        if minutes < 60
        else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
    )
