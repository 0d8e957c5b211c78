"""A network of a workload in layers that go by Keras's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from parts import GRU, LSTM, Conv, Dense, Dropout, Embedding, Flatten, Part, Pool
from workloads import Workload


def built(of: Workload, layers: Any, own: Mapping[type[Part], Callable[[Part], Any]]) -> list[Any]:
    """The layers after the input; `own` says how to make those that are called otherwise."""
    makers = MAKERS | dict(own)
    made = [
        makers[type(part)](part) if type(part) in own else makers[type(part)](layers, part)
        for part in of.parts[:-1]
    ]
    return [*made, layers.Dense(of.outputs, "sigmoid" if of.binary else "softmax")]


MAKERS: dict[type[Part], Callable[..., Any]] = {
    Dense: lambda layers, part: layers.Dense(part.units, part.activation),
    Conv: lambda layers, part: layers.Conv2D(part.filters, part.side, activation=part.activation),
    Pool: lambda layers, part: layers.MaxPooling2D(part.side),
    Flatten: lambda layers, part: layers.Flatten(),
    Dropout: lambda layers, part: layers.Dropout(part.rate),
    Embedding: lambda layers, part: layers.Embedding(part.words, part.width),
    LSTM: lambda layers, part: layers.LSTM(part.units),
    GRU: lambda layers, part: layers.GRU(part.units),
}
