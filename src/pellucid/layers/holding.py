"""Layers that are held as attributes, and what is being written while such a layer calls another.

A layer of one's own calls others in its `call`, as in self.dense(x). There they write their
equations at once, by the `training` that the outer layer was told, instead of joining a graph.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from pellucid.layers.face import Face
from pellucid.layers.training import UNSETTLED, Training

#: attributes that hold layers and calls, but not as parts: of networks, and the last call
OWN = ("inputs", "nodes", "outputs", "last_call")


class Writing(NamedTuple):
    """That equations are being written, for training or not."""

    training: Training | None


class Here(threading.local):
    """What this thread is in the middle of: writing, or, if None, making graphs."""

    doing: Writing | None = None


HERE = Here()


@contextmanager
def writing(training: Training | None) -> Iterator[None]:
    """While a layer's `call` runs: layers that it calls write their equations too."""
    before, HERE.doing = HERE.doing, Writing(training)
    try:
        yield
    finally:
        HERE.doing = before


@contextmanager
def making_graphs() -> Iterator[None]:
    """While something is built: layers that are called make a graph."""
    before, HERE.doing = HERE.doing, None
    try:
        yield
    finally:
        HERE.doing = before


def told(training: Any, doing: Writing | None) -> Any:
    """What a call says of training: nothing, or False where it does not train whatever happens."""
    if training is UNSETTLED or isinstance(training, Training):
        return None
    trains = doing is not None and doing.training is not None
    return None if training is True and trains else training


def refuse_arrays(layer: Any, doing: Writing | None) -> None:
    """An error where a layer is called on numbers within the `call` of another."""
    if doing is not None:
        raise TypeError(
            f"{layer.layer_name} is called on an array within the call of a layer, where equations "
            "are written: its weights would be left as they are. Give it a tensor; for positions "
            "hold them as a weight, add_weight((steps, width)), and add that"
        )


def held_layers(holder: Any) -> list[Any]:
    """The layers that are attributes, also in lists, in the order in which they were set."""
    found: list[Any] = []
    for name, value in vars(holder).items():
        if name not in OWN and not name.startswith("_"):
            found += within(value)
    return list(dict.fromkeys(found))


def within(value: Any) -> list[Any]:
    if isinstance(value, Face):
        return [value]
    if isinstance(value, (list, tuple)):
        return [layer for each in value for layer in within(each)]
    if isinstance(value, dict):
        return [layer for each in value.values() for layer in within(each)]
    return []
