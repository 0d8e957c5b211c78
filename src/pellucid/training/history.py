"""The history of a training: loss and metrics after each epoch."""

from __future__ import annotations

import time
from typing import Any

from pellucid.training.callbacks.base import Callback, Logs


class History(Callback):
    """What `fit` returns: `history` (a list per quantity), `epoch`, `seconds` and `params`.

    `measured` has the epochs of each quantity, which are fewer where validation is not after each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.seconds: list[float] = []
        self.measured: dict[str, list[int]] = {}
        self._began = 0.0

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        if model is not None:
            model.history = self

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        self.seconds.append(time.perf_counter() - self._began)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
            self.measured.setdefault(name, []).append(epoch)

    def to_keep(self) -> dict[str, Any]:
        """The history as plain data, which `go_on_from` takes back."""
        return {
            "history": self.history,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "measured": self.measured,
        }

    def go_on_from(self, kept: dict[str, Any]) -> None:
        """Go on from an earlier history."""
        self.epoch = [int(epoch) for epoch in kept["epoch"]]
        self.seconds = [float(value) for value in kept["seconds"]]
        self.history = {
            str(name): [float(value) for value in values]
            for name, values in kept["history"].items()
        }
        self.measured = {
            name: [int(epoch) for epoch in kept["measured"][name]] for name in self.history
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw each quantity over the epochs, training and validation together.

        Returns the Axes; with several quantities, an array of one Axes for each. `ax` is as many
        Axes to draw on.
        """
        from pellucid.plots.training import curves

        return curves(self, ax)

    def __repr__(self) -> str:
        return f"<History of {len(self.epoch)} epochs: {', '.join(self.history)}>"
