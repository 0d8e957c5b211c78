"""A callback that notes, after each epoch, how large activations and gradients are."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.plan import Plan
from pellucid.training.callbacks import Callback


class Sizes(Callback, hidden=True):
    """√mean(v²) of the output of each layer and of the gradient of each weight matrix.

    A step on the same rows is recorded after each epoch, whichever executor trains.
    """

    x: Any
    y: Any

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.epochs: list[int] = []
        self.activations: dict[str, list[float]] = {}
        self.gradients: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        step = self.model.record(self.x, self.y)
        self.epochs.append(epoch + 1)
        for name in step.plan.layer_outputs:
            self.activations.setdefault(name, []).append(rms(step[name]))
        for name, gradient in matrices(step.plan).items():
            self.gradients.setdefault(name, []).append(rms(step[gradient]))


def matrices(plan: Plan) -> dict[str, str]:
    """The gradient of each parameter that is more than a vector, by the parameter's name."""
    names = plan.names
    return {
        names[parameter]: names[gradient]
        for parameter, gradient in reversed(plan.gradients.items())
        if len(parameter.shape) > 1
    }


def rms(values: np.ndarray) -> float:
    numbers = values.astype(np.float64)
    return float(np.sqrt(np.mean(numbers * numbers)))
