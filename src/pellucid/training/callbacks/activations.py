"""How each layer's outputs are spread: how many numbers fall into each of some bins, by epochs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid.training.callbacks.base import Callback, Logs

BINS = 40


class Histogram(NamedTuple):
    """`counts` of the numbers between each two of the `edges`.

    `zeros` is the share of numbers that are exactly 0. `silent` is the share of the units that are
    0 for every row: dead, if they are ReLU's.

    >>> net = pellucid.Sequential([pellucid.layers.Dense(2, "relu"), pellucid.layers.Dense(1)])
    >>> int(pellucid.lenses.histograms(net, np.ones((4, 3)))["A1"].counts.sum())
    8
    """

    counts: np.ndarray
    edges: np.ndarray
    zeros: float
    silent: float


def histogram(values: np.ndarray, bins: int = BINS) -> Histogram:
    """The spread of a layer's outputs, rows first; numbers that are not finite are left out."""
    finite = values[np.isfinite(values)].astype(np.float64)
    counts, edges = np.histogram(finite, bins) if finite.size else np.histogram([0.0], bins)
    units = values.reshape(len(values), -1)
    counts = counts if finite.size else np.zeros_like(counts)
    silent = float(np.mean(~units.any(axis=0))) if units.size else 0.0
    return Histogram(counts, edges, float(np.mean(values == 0)) if values.size else 0.0, silent)


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
