"""What fit does to the data before the first step: checks, class weights, the validation part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.data import ArrayData, StreamData, holdout
from pellucid.networks.network import Network
from pellucid.training.checks import check_targets
from pellucid.training.compiled import Compiled
from pellucid.training.loop import class_weights

Data = ArrayData | StreamData


def checked(data: Data, compiled: Compiled, network: Network) -> Data:
    """The data, if its targets are what the losses expect."""
    if isinstance(data, StreamData):
        targets: tuple[np.ndarray, ...] = data.first().y
    elif data.rows is not None:
        targets = tuple(target[data.rows] for target in data.y)
    else:
        targets = data.y
    widths = [tensor.shape[-1] or 1 for tensor in network.outputs]
    check_targets(compiled.goal.losses, widths, targets)
    return data


def with_class_weight(data: Data, class_weight: Any) -> Data:
    """The data with each row weighted by its class, on top of its own weight."""
    if class_weight is None:
        return data
    if isinstance(data, StreamData):
        raise ValueError(
            "class_weight needs arrays, whose classes can be counted; "
            "let the stream yield (x, y, sample_weight) instead"
        )
    if len(data.y) != 1:
        raise ValueError("class_weight needs a network with one output; use sample_weight instead")
    weights = class_weights(class_weight, data.y[0])
    return replace(data, weight=weights if data.weight is None else weights * data.weight)


def split(data: Data, fraction: float, seed: int, compiled: Compiled) -> tuple[Data, Data | None]:
    """The rows to train on and, if a fraction is asked for, those to validate on."""
    if not fraction:
        return data, None
    if isinstance(data, StreamData):
        raise ValueError(
            "validation_split needs arrays; give a second stream as validation_data instead"
        )
    kept, held = holdout(len(data), fraction, seed, classes_of(data, compiled))
    return data.subset(kept), data.subset(held)


def classes_of(data: ArrayData, compiled: Compiled) -> np.ndarray | None:
    """The class of each row, by which the validation part is drawn; None where there is none."""
    loss = compiled.goal.losses[0]
    if loss is None or len(data.y) != 1 or loss.expects not in ("classes", "one-hot", "probability"):
        return None
    target = data.y[0]
    if target.ndim == 1 or target.shape[1:] == (1,):
        return target.reshape(-1)
    return target.argmax(axis=-1) if target.ndim == 2 else None
