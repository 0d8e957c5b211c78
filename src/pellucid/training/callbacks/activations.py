"""A callback that keeps how each layer's outputs are spread, epoch by epoch."""

from __future__ import annotations

from typing import Any

from pellucid.training.callbacks.base import Callback, Logs
from pellucid.training.histograms import BINS, Histogram, histogram


class Activations(Callback):
    """Histograms of each layer's outputs on the same rows, before training and after each epoch.

    `epochs` counts those that lay behind, from 0; `histograms` has one for each of them, by the
    layer's name in the printed plan: histograms["A1"][3]. `pellucid.plots.spread` draws them.
    """

    x: Any
    bins: int = BINS

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epochs: list[int] = []
        self.histograms: dict[str, list[Histogram]] = {}
        self.note(0)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.note(epoch + 1)

    def note(self, epochs: int) -> None:
        """Predict the rows, and keep how what each layer gives is spread."""
        recording = self.model.record(self.x)
        self.epochs.append(epochs)
        for name in recording.plan.layer_outputs:
            self.histograms.setdefault(name, []).append(histogram(recording[name], self.bins))
