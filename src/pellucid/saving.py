"""Files and registered names, as Keras's `saving` has them; they stand elsewhere too."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import Any

from pellucid.interop.loading import load
from pellucid.settings import known_objects
from pellucid.utils import register_keras_serializable

__all__ = ["custom_object_scope", "load_model", "register_keras_serializable", "save_model"]

load_model = load


def save_model(model: Any, filepath: str | PathLike[str], overwrite: bool = True) -> None:
    """Write a network into one file: `model.save(filepath)`.

    Arguments:
        model: the network.
        filepath: the file.
        overwrite: whether a file that is there may be replaced.

    >>> net = pellucid.Sequential([pellucid.layers.Dense(1, input_shape=(4,))])
    >>> pellucid.saving.save_model(net, "net.safetensors")
    >>> pellucid.saving.load_model("net.safetensors").count_params()
    5
    """
    if not overwrite and Path(filepath).exists():
        raise FileExistsError(f"{filepath} is there already, and overwrite is False")
    model.save(filepath)


def custom_object_scope(custom_objects: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Have classes and functions of your own known by their names for the time of a `with`.

    Arguments:
        custom_objects: the objects by their names.

    >>> class Own(pellucid.layers.Dense):
    ...     pass
    >>> with pellucid.saving.custom_object_scope({"Own": Own}):
    ...     pellucid.layers.Layer.find("Own").__name__
    'Own'
    """
    return known_objects(custom_objects)
