"""Networks from models of Keras and from its files; for files Keras is not needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.foreign import quoted
from pellucid.interop.keras.description import network_of
from pellucid.interop.keras.files import Archive, Weights, refusing
from pellucid.interop.keras.training import take_training
from pellucid.layers.base import Layer
from pellucid.layers.preprocessing import Normalization
from pellucid.networks.network import Network
from pellucid.reading import path_of

#: gives the arrays of a layer, by the names of the networks it is in and its own
Find = Callable[[tuple[str, ...], Layer], list[np.ndarray]]


def from_keras(model: Any, network: Any = None) -> Any:
    """The network that a model of Keras is, with its weights.

    `model` is a model, or the path of a .keras file, or of a .weights.h5 file, which holds weights
    alone: those go into `network`, which is given back. A compiled model gives a compiled network,
    whose optimizer is where that of the model was; a warning says where that is not possible.

    Returns: a network.

    >>> import keras  # doctest: +SKIP
    >>> net = pellucid.from_keras(keras.Sequential([keras.layers.Dense(1)]))  # doctest: +SKIP
    """
    if not isinstance(model, (str, PathLike)):
        return from_model(model)
    path = path_of(model)
    if path.name.endswith(".weights.h5"):
        return with_weights(path, network)
    if path.suffix != ".keras":
        raise ValueError(f"{quoted(fspath(path))} is no .keras and no .weights.h5 file")
    with refusing(path), Archive(path) as archive:
        described = json.loads(archive.text("config.json"))
        made = network_of(described)
        with archive.weights() as weights:
            weights.check_size(made)
            weights.number_layers(made)
            set_all(made, by_path(weights))
            take_training(made, described, weights.of_optimizer)
    return made


def from_model(model: Any) -> Any:
    """From a model in memory."""
    if not callable(getattr(model, "get_config", None)) or not hasattr(model, "layers"):
        raise TypeError(f"expected a model of Keras or a path, got {type(model).__name__}")
    kind = type(model).__name__
    described = {
        "class_name": kind,
        "config": json.loads(json.dumps(model.get_config(), default=plain)),
        "compile_config": model.get_compile_config() if model.compiled else None,
    }
    if kind == "Sequential" and "build_input_shape" not in described["config"] and model.built:
        described["config"]["build_input_shape"] = list(model.input_shape)
    made = network_of(described)

    def find(place: tuple[str, ...], layer: Layer) -> list[np.ndarray]:
        found = model
        for name in (*place, str(layer.name)):
            found = found.get_layer(name)
        return list(found.get_weights())

    set_all(made, find)
    take_training(made, described, lambda at, _: numbers(model.optimizer.variables[at]))
    return made


def numbers(variable: Any) -> np.ndarray:
    """A variable of Keras, whatever it runs on."""
    return np.asarray(variable.numpy())


def plain(thing: Any) -> Any:
    """Objects of Keras within a configuration, as Keras describes them."""
    if isinstance(thing, np.ndarray):
        return thing.tolist()
    return {"class_name": type(thing).__name__, "config": thing.get_config()}


def with_weights(path: Path, network: Any) -> Any:
    if not isinstance(network, Network):
        raise TypeError(f"{path.name} holds weights alone: say from_keras(path, network)")
    with refusing(path), Weights.opened(path) as weights:
        weights.number_layers(network)
        set_all(network, by_path(weights))
    return network


def by_path(weights: Weights) -> Find:
    return lambda place, layer: weights.arrays(layer, place)


def set_all(network: Network, find: Find) -> None:
    for place, layer in all_layers(network):
        if layer.weights:
            set_weights(layer, find(place, layer))


def set_weights(layer: Layer, arrays: list[np.ndarray]) -> None:
    if isinstance(layer, Normalization):
        if not arrays:
            return  # mean and variance stand in its settings
        arrays = arrays[:2]
    layer.set_weights(arrays)


def all_layers(
    network: Network, place: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Layer]]:
    """Every layer that is no network, and the names of the networks that it is in."""
    for layer in network.layers:
        if isinstance(layer, Network):
            yield from all_layers(layer, (*place, str(layer.name)))
        else:
            yield place, layer
