"""What each layer gives, and how its numbers are spread."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.lenses.asking import in_parts, of_a_network
from pellucid.models.seeing import Seeing
from pellucid.training.callbacks.activations import BINS, Histogram, histogram


@of_a_network
def activations(net: Seeing, x: Any) -> dict[str, np.ndarray]:
    """The output of each layer for every row, as the network predicts, by its name in the plan."""
    parts: dict[str, list[np.ndarray]] = {}
    for rows in in_parts(net, x):
        recording = net.record(rows)
        for name in recording.plan.layer_outputs:
            parts.setdefault(name, []).append(recording[name])
    return {name: np.concatenate(each) for name, each in parts.items()}


@of_a_network
def histograms(net: Seeing, x: Any, bins: int = BINS) -> dict[str, Histogram]:
    """How the outputs of each layer are spread over their range.

    `callbacks.Activations` keeps the same epoch by epoch.
    """
    return {name: histogram(values, bins) for name, values in activations(net, x).items()}
