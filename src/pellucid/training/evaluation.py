"""Passes that do not train: evaluating and predicting."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from pellucid.data import CSR, ArrayData, Batch, StreamData
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.engine import Engine
from pellucid.training.meters import Meters
from pellucid.training.stretches import Stretches

#: rows at a time where nothing is trained, so that the size changes only speed and memory
ROWS_AT_ONCE = 1024
#: and how many numbers the rows of a sparse input may then have when they are dense
DENSE_AT_ONCE = 1 << 22


def rows_at_once(data: ArrayData | StreamData) -> int:
    """The size of a batch where nobody says."""
    if isinstance(data, StreamData):
        return ROWS_AT_ONCE
    widest = max((x.shape[1] for x in data.x if isinstance(x, CSR)), default=1)
    return max(1, min(ROWS_AT_ONCE, DENSE_AT_ONCE // widest))


def evaluate(
    engine: Engine,
    data: ArrayData | StreamData,
    batch_size: int,
    steps: int | None,
    callbacks: CallbackList,
    stretches: Stretches | None = None,
) -> dict[str, float]:
    """The loss and the metrics over the data; `stretches` is a pass over them, where it is kept."""
    meters: Meters = engine.meters
    meters.reset()
    callbacks.on_test_begin({})
    stretches = stretches or engine.stretches("evaluate", data)
    if stretches is not None and not callbacks.wants_batches:
        stretches.evaluate(rows_of(data, batch_size, steps), batch_size)
    else:
        evaluate_batches(engine, data, batch_size, steps, callbacks)
    logs = meters.logs()
    callbacks.on_test_end(logs)
    return logs


def evaluate_batches(
    engine: Engine,
    data: ArrayData | StreamData,
    batch_size: int,
    steps: int | None,
    callbacks: CallbackList,
) -> None:
    for number, batch in enumerate(islice(in_order(data, batch_size), steps)):
        if callbacks.wants_batches:
            callbacks.on_test_batch_begin(number, {})
        engine.evaluate(batch)
        if callbacks.wants_batches:
            callbacks.on_test_batch_end(number, engine.meters.logs())


def predict(
    engine: Engine,
    data: ArrayData | StreamData,
    batch_size: int,
    steps: int | None,
    callbacks: CallbackList,
) -> list[np.ndarray]:
    """The outputs of the network for every row."""
    parts: list[list[np.ndarray]] = []
    callbacks.on_predict_begin({})
    stretches = engine.stretches("predict", data)
    if stretches is not None and not callbacks.wants_batches:
        outputs = stretches.predict(rows_of(data, batch_size, steps), batch_size)
        callbacks.on_predict_end({})
        return outputs
    for number, batch in enumerate(islice(in_order(data, batch_size), steps)):
        if callbacks.wants_batches:
            callbacks.on_predict_batch_begin(number, {})
        parts.append(engine.predict(batch))
        if callbacks.wants_batches:
            callbacks.on_predict_batch_end(number, {})
    callbacks.on_predict_end({})
    return [np.concatenate(pieces) for pieces in zip(*parts, strict=True)]


def rows_of(data: ArrayData | StreamData, batch_size: int, steps: int | None) -> int:
    """How many rows `steps` batches have; all of them where nothing is said."""
    assert isinstance(data, ArrayData)
    return len(data) if steps is None else min(len(data), steps * batch_size)


def in_order(data: ArrayData | StreamData, batch_size: int) -> Iterator[Batch]:
    if isinstance(data, StreamData):
        return iter(data)
    starts = range(0, len(data), batch_size)
    return (data.between(start, start + batch_size) for start in starts)
