"""What a model file holds, given to a network: arrays of its sizes, counters that can count."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from pellucid.models.container import MEND, Held, ModelFileError
from pellucid.networks.network import Network
from pellucid.weights import Weight

#: every counter of a file is below: steps and epochs are counted in float64, too
LIMITS = {"seed": 1 << 63, "steps": 1 << 53, "epochs": 1 << 53}
#: the most numbers that a file holds for each number of the network: itself and optimizer state
MOST_FOR_EACH = 16
_ITS_OWN = "Load it into the network that it was saved from"

Arrays = dict[str, np.ndarray]
AnyPath = str | os.PathLike[str]


def weight_arrays(network: Network) -> Arrays:
    return {name: weight.value for name, weight in named_weights(network)}


def named_weights(network: Network, prefix: str = "") -> Iterator[tuple[str, Weight]]:
    """The weights, each once, under the names of their layers."""
    seen: set[Weight] = set()
    for layer in network.layers:
        here = f"{prefix}{layer.layer_name}/"
        if isinstance(layer, Network):
            inner = named_weights(layer, here)
        else:
            inner = iter((f"{here}{at}-{each.name}", each) for at, each in enumerate(layer.weights))
        for name, weight in inner:
            if weight not in seen:
                seen.add(weight)
                yield name, weight


def whole_arrays(file: Held, network: Network) -> Arrays:
    """The arrays of a file, read if their sizes suit the network, and given if they are unaltered.

    The sizes come first, so that nothing is read, or made, of a file that promises too much.
    """
    check_fit(file, network)
    return file.unaltered()


def check_fit(file: Held, network: Network) -> None:
    for each in file.promises:
        if each.dtype.kind != "f":
            raise file.refused(f"its array {each.name!r} has dtype {each.dtype}, no kind of float")
    shapes, numbers = file.shapes, 0
    for name, weight in named_weights(network):
        if shapes.get(name) != weight.shape:
            held = f"shape {shapes[name]}" if name in shapes else "no such array"
            raise ModelFileError.of(
                file.path,
                f"does not fit this network: {name} has shape {weight.shape} here, "
                f"{held} in the file",
                _ITS_OWN,
            )
        numbers += weight.size
    if sum(map(math.prod, shapes.values())) > MOST_FOR_EACH * (numbers + 64):
        raise ModelFileError.of(
            file.path,
            f"does not fit this network of {numbers:,} numbers: its arrays have "
            f"{file.size:,} bytes",
            _ITS_OWN,
        )


@contextmanager
def in_range(path: AnyPath) -> Iterator[None]:
    """Refuse a file with numbers that would become infinite here."""
    try:
        with np.errstate(over="raise", invalid="ignore"):
            yield
    except FloatingPointError as error:
        raise ModelFileError.of(
            path, "has numbers that are too large for this network's dtype", _ITS_OWN
        ) from error


def take_weights(network: Network, path: AnyPath, arrays: Arrays) -> None:
    with in_range(path):
        for name, weight in named_weights(network):
            weight.assign(arrays[name].astype(network.dtype))


def take_training(model: Any, path: AnyPath, arrays: Arrays, header: dict[str, Any]) -> None:
    """Counters and optimizer state, so that training goes on as if it had never stopped."""
    training = header.get("training")
    if training is None:
        return
    memory = model.engine.memory
    counters = [counter(training, name) for name in LIMITS]
    for name, array in memory.optimizer.items():
        saved = arrays.get(f"optimizer/{name}")
        if saved is None or saved.shape != array.shape:
            raise ModelFileError.of(
                path, f"does not fit: its optimizer state {name!r} has no match", MEND
            )
    with in_range(path):
        for name, array in memory.optimizer.items():
            array[...] = arrays[f"optimizer/{name}"]
    memory.seed, memory.steps, memory.epochs = counters


def counter(training: dict[str, Any], name: str) -> int:
    value = training[name]
    if type(value) is not int or not 0 <= value < LIMITS[name]:
        raise ValueError(
            f"its {name} are {value!r}; expected a whole number from 0 to {LIMITS[name] - 1}"
        )
    return value
