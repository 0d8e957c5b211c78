"""Models in files: one safetensors file with the weights, and everything else in its header.

Nothing in a file is ever run: the header is JSON, the rest is numbers. A file is written beside its
place and then renamed, so that an interruption leaves the old one whole. Where weights are spread
over devices, there are more files (`shards.py`).
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pellucid.executors.jax.library import problem
from pellucid.foreign import quoted
from pellucid.layers.base import Layer
from pellucid.models.container import MEND, Container, Held, ModelFileError
from pellucid.models.fitting import (
    AnyPath,
    Arrays,
    take_training,
    take_weights,
    weight_arrays,
    whole_arrays,
)
from pellucid.models.packing import FORMAT, packed
from pellucid.models.parts import named_in, opened_in_parts
from pellucid.models.shards import spread_of, write_in_parts
from pellucid.networks.ends import as_data, from_data
from pellucid.networks.network import Network
from pellucid.reading import path_of
from pellucid.settings import known_objects, plain, restored
from pellucid.writing import keep_parts, write_beside


def save(model: Any, path: AnyPath) -> None:
    """Write architecture, weights, compilation, optimizer state and counters."""
    if not model.built:
        raise ValueError("the network has no weights to save yet: build it, or fit it first")
    engine, arrays = model.engine, weight_arrays(model)
    memory = engine.memory
    header: dict[str, Any] = {"model": model.described(), "class_names": model.class_names}
    if model.preprocessing is not None:
        header["preprocessing"] = plain(model.preprocessing)
    if engine.compiled is not None:
        asked = engine.compiled.asked
        header["compiled"] = {name: plain(as_data(value)) for name, value in asked.items()}
        header["compiled"]["executor"] = engine.choice
        if engine.policy is not None:
            header["compiled"]["dtype_policy"] = engine.policy
    header["training"] = {"seed": memory.seed, "steps": memory.steps, "epochs": memory.epochs}
    arrays |= {f"optimizer/{name}": array for name, array in memory.optimizer.items()}
    write_model(model, path, arrays, header)


def save_weights(model: Any, path: AnyPath) -> None:
    write_model(model, path, weight_arrays(model), {})


def write_model(model: Any, path: AnyPath, arrays: Arrays, header: dict[str, Any]) -> None:
    """In one file, or in parts where the weights are spread over devices."""
    spread = spread_of(model)
    if spread is None:
        write(path, arrays, header)
    else:
        write_in_parts(path, arrays, header, spread)


def load(path: AnyPath, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model in a file, ready to predict, and to go on training where it stopped.

    `custom_objects` names the classes and functions of your own that it is made with.
    """
    with opened(path) as file, known_objects(custom_objects or {}), understanding(path):
        header = header_of(file)
        if "part" in header:
            raise ModelFileError.of(path, "holds parts of a model", "Load the file beside it")
        if "model" not in header:
            raise ModelFileError.of(
                path, "holds weights alone", "Make the network and call net.load_weights(path)"
            )
        model = rebuilt(path, header["model"])
        take_all(model, path, whole_arrays(file, model), header)
    return model


def take_all(model: Any, path: AnyPath, arrays: Arrays, header: dict[str, Any]) -> None:
    take_weights(model, path, arrays)
    model.class_names = class_names_in(header)
    model.preprocessing = header.get("preprocessing")
    if header.get("compiled"):
        model.compile(**runnable(path, from_data(restored(header["compiled"]))))
    take_training(model, path, arrays, header)


def runnable(path: AnyPath, asked: dict[str, Any]) -> dict[str, Any]:
    """What a network was compiled with; without JAX here, for another executor than JAX's."""
    if asked.get("executor") != "jax" or (lacking := problem()) is None:
        return asked
    warnings.warn(
        f"{path} was trained with executor='jax', and {lacking}: it runs with executor='auto'",
        stacklevel=4,
    )
    return asked | {"executor": "auto", "dtype_policy": None}


def load_weights(model: Any, path: AnyPath) -> None:
    network = model.engine.network
    with opened(path) as file:
        take_weights(network, path, whole_arrays(file, network))


def restore(model: Any, path: AnyPath) -> None:
    """Take weights, optimizer state and counters into this very model."""
    network = model.engine.network
    with opened(path) as file, understanding(path):
        header = header_of(file)
        arrays = whole_arrays(file, network)
        optimizer = header.get("compiled", {}).get("optimizer", {})
        rate = optimizer.get("config", {}).get("learning_rate")
        take_training(model, path, arrays, header)
        take_weights(network, path, arrays)
    if isinstance(rate, float):
        model.optimizer.learning_rate = rate


def rebuilt(path: AnyPath, described: dict[str, Any]) -> Any:
    """The model that a header describes. No array of it is made."""
    model: Any = Layer.get(described)
    if not isinstance(model, Network):
        raise ModelFileError.of(path, f"describes a {type(model).__name__}, not a network", MEND)
    return model


@contextmanager
def understanding(path: AnyPath) -> Iterator[None]:
    """Say of a description that makes no sense here that it does not."""
    try:
        yield
    except ModelFileError:
        raise
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
        ArithmeticError,
        MemoryError,
    ) as error:
        raise ModelFileError.of(
            path,
            f"describes no network that can be made here: {error}",
            "If it is made with classes or functions of your own, name them: "
            "pellucid.load(path, custom_objects={'name': object})",
        ) from error


def class_names_in(header: dict[str, Any]) -> list[str] | None:
    names = header.get("class_names")
    if names is not None and not all(isinstance(each, str) for each in names):
        raise ValueError("the names of its classes are not all text")
    return names


def write(path: AnyPath, arrays: Arrays, header: dict[str, Any]) -> None:
    """Write beside `path`, then rename."""
    write_beside(Path(path), packed(arrays, header).content)
    keep_parts(Path(path))


@contextmanager
def opened(path: AnyPath) -> Iterator[Held]:
    """A file of pellucid's, with those that have parts of its arrays."""
    if not path_of(path).is_file():
        raise FileNotFoundError(f"there is no model file {quoted(os.fspath(path))}")
    with ExitStack() as files:
        main = files.enter_context(container(path_of(path), path))
        header = header_of(main)
        with understanding(path):
            parts = named_in(header, Path(os.path.realpath(path_of(path))).parent)
        missing = [each.file for each in parts if not os.path.isfile(each.file)]
        if missing:
            raise FileNotFoundError(
                f"{quoted(os.fspath(path))} is in several files, of which "
                f"{quoted(missing[0].name)} is not beside it: copy all of them"
            )
        others = [files.enter_context(container(each.file, each.file)) for each in parts]
        with understanding(path):
            found = opened_in_parts(main, others, parts, header["joins"]) if parts else main
        yield found


@contextmanager
def container(place: Path, path: AnyPath) -> Iterator[Container]:
    with place.open("rb") as file:
        found = Container(file, path)
        if "pellucid" not in found.metadata:
            raise ModelFileError.of(path, "is a safetensors file, but not one of pellucid's", MEND)
        yield found


def header_of(file: Held) -> dict[str, Any]:
    """What a file says besides its arrays."""
    with understanding(file.path):
        header = json.loads(file.metadata["pellucid"])
        if header["format"] > FORMAT:
            written = f"was written by pellucid {header['version']}"
            raise ModelFileError.of(file.path, written, "Upgrade to read it")
    return header
