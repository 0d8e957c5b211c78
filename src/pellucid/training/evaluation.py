"""Passes that do not train: evaluating and predicting."""

from __future__ import annotations

import numpy as np

from pellucid.data import CSR, StreamData
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.engine import Engine
from pellucid.training.epochs import Data, Epochs

#: rows at a time where nothing is trained, so that the size changes only speed and memory
ROWS_AT_ONCE = 1024
#: and how many numbers the rows of a sparse input may then have when they are dense
DENSE_AT_ONCE = 1 << 22


def rows_at_once(data: Data) -> int:
    """The size of a batch where nobody says."""
    if isinstance(data, StreamData):
        return ROWS_AT_ONCE
    widest = max((x.shape[1] for x in data.x if isinstance(x, CSR)), default=1)
    return max(1, min(ROWS_AT_ONCE, DENSE_AT_ONCE // widest))


def evaluate(engine: Engine, epochs: Epochs, callbacks: CallbackList) -> dict[str, float]:
    """The loss and the metrics over the data."""
    engine.meters.reset()
    callbacks.on_test_begin({})
    for _ in epochs.steps(callbacks):
        pass
    logs = engine.meters.logs()
    callbacks.on_test_end(logs)
    return logs


def predict(epochs: Epochs, callbacks: CallbackList) -> list[np.ndarray]:
    """The outputs of the network for every row."""
    callbacks.on_predict_begin({})
    parts = [done.outputs for done in epochs.steps(callbacks)]
    callbacks.on_predict_end({})
    if len(parts) == 1:
        return parts[0]
    return [np.concatenate(pieces) for pieces in zip(*parts, strict=True)]
