"""Models in files: one safetensors file with the weights, and everything else in its header.

Nothing in a file is ever run: the header is JSON, the rest is numbers. A file is written beside its
place and then renamed, so that an interruption leaves the old one whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.layers.base import Layer
from pellucid.networks.network import Network
from pellucid.settings import known_objects, plain, restored
from pellucid.weights import Weight
from pellucid.writing import write_beside

FORMAT = 1

Arrays = dict[str, np.ndarray]
AnyPath = str | PathLike[str]


class ModelFileError(ValueError):
    """A file that is not a model, or not a whole one."""


def save(model: Any, path: AnyPath) -> None:
    """Write architecture, weights, compilation, optimizer state and counters."""
    engine = model._engine
    if not model.built:
        raise ValueError("the network has no weights to save yet: build it, or fit it first")
    arrays = weight_arrays(model)
    header: dict[str, Any] = {"model": model.described(), "class_names": model.class_names}
    if model.preprocessing is not None:
        header["preprocessing"] = plain(model.preprocessing)
    if model._asked is not None:
        header["compiled"] = {name: plain(value) for name, value in model._asked.items()}
        header["compiled"]["executor"] = model._running["choice"]
    if engine is not None:
        memory = engine.memory
        header["training"] = {
            "seed": memory.seed, "steps": memory.steps, "epochs": memory.epochs,
        }  # fmt: skip
        arrays |= {f"optimizer/{name}": array for name, array in memory.optimizer.items()}
    write(path, arrays, header)


def save_weights(model: Any, path: AnyPath) -> None:
    write(path, weight_arrays(model), {})


def load(path: AnyPath, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model in a file, ready to predict, and to go on training where it stopped.

    `custom_objects` names the classes and functions of your own that it is made with.
    """
    arrays, header = read(path)
    if "model" not in header:
        raise ModelFileError(
            f"{path} holds weights alone; make the network and call net.load_weights({str(path)!r})"
        )
    with known_objects(custom_objects or {}), understanding(path):
        model = rebuilt(path, header["model"], arrays)
        model.class_names = header.get("class_names")
        model.preprocessing = header.get("preprocessing")
        if header.get("compiled"):
            model.compile(**restored(header["compiled"]))
        take_training(model, path, arrays, header)
    return model


def load_weights(model: Any, path: AnyPath) -> None:
    arrays, _ = read(path)
    model._ready()
    take_weights(model, path, arrays)


def restore(model: Any, path: AnyPath) -> None:
    """Take weights, optimizer state and counters into this very model."""
    arrays, header = read(path)
    model._ready()
    take_weights(model, path, arrays)
    with understanding(path):
        take_training(model, path, arrays, header)
        optimizer = header.get("compiled", {}).get("optimizer", {})
        rate = optimizer.get("config", {}).get("learning_rate")
    if isinstance(rate, float):
        model.optimizer.learning_rate = rate


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


def rebuilt(path: AnyPath, described: dict[str, Any], arrays: Arrays) -> Any:
    """The model that a header describes. Sizes are compared before any array is made."""
    model: Any = Layer.get(described)
    if not isinstance(model, Network):
        raise ModelFileError(f"{path} describes a {type(model).__name__}, not a network")
    take_weights(model, path, arrays)
    return model


@contextmanager
def understanding(path: AnyPath) -> Iterator[None]:
    """Say of a description that makes no sense here that it does not."""
    try:
        yield
    except ModelFileError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError,
            MemoryError, AssertionError) as error:  # fmt: skip
        raise ModelFileError(
            f"{path} describes no network that can be made here: {error}. If it is made with "
            "classes or functions of your own, name them: "
            "pellucid.load(path, custom_objects={'name': object})"
        ) from error


def take_weights(network: Network, path: AnyPath, arrays: Arrays) -> None:
    pairs = list(named_weights(network))
    for name, weight in pairs:
        if name not in arrays or arrays[name].shape != weight.shape:
            held = f"shape {arrays[name].shape}" if name in arrays else "no such array"
            raise ModelFileError(
                f"{path} does not fit this network: {name} has shape {weight.shape} here, "
                f"{held} in the file"
            )
    for name, weight in pairs:
        weight.assign(arrays[name])


def take_training(model: Any, path: AnyPath, arrays: Arrays, header: dict[str, Any]) -> None:
    """Counters and optimizer state, so that training goes on as if it had never stopped."""
    training = header.get("training")
    if training is None:
        return
    memory = model._ready().memory
    for name, array in memory.optimizer.items():
        saved = arrays.get(f"optimizer/{name}")
        if saved is None or saved.shape != array.shape:
            raise ModelFileError(f"{path} does not fit: its optimizer state {name!r} has no match")
        array[...] = saved
    memory.seed, memory.steps, memory.epochs = (
        int(training[key]) for key in ("seed", "steps", "epochs")
    )


def write(path: AnyPath, arrays: Arrays, header: dict[str, Any]) -> None:
    """Write beside `path`, then rename."""
    from importlib.metadata import version

    from safetensors.numpy import save as to_bytes

    text = json.dumps({"format": FORMAT, "version": version("pellucid"), **header})
    arrays = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    metadata = {"pellucid": text, "checksum": checksum(arrays, text)}
    write_beside(Path(path), to_bytes(arrays, metadata))


def read(path: AnyPath) -> tuple[Arrays, dict[str, Any]]:
    """The arrays and the header of a file, if it is whole and unaltered."""
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no model file {os.fspath(path)!r}")
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFileError(
            f"{path} is not a model file, or not a whole one ({error}). "
            "Save the network again, or take an earlier copy"
        ) from error
    if "pellucid" not in metadata:
        raise ModelFileError(f"{path} is a safetensors file, but not one of pellucid's")
    if metadata.get("checksum") != checksum(arrays, metadata["pellucid"]):
        raise ModelFileError(f"{path} was altered after it was written: its checksum differs")
    with understanding(path):
        header = json.loads(metadata["pellucid"])
        if header["format"] > FORMAT:
            raise ModelFileError(
                f"{path} was written by pellucid {header['version']}; upgrade to read it"
            )
    return arrays, header


def checksum(arrays: Arrays, text: str) -> str:
    found = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()
