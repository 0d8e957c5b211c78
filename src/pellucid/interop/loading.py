"""Models in files, by the ending: pellucid's own, Keras's."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

from pellucid.interop.keras.reading import from_keras
from pellucid.interop.onnx.reading import from_onnx
from pellucid.models import load as load_own


def load(path: str | PathLike[str], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model in a file, ready to predict, and to go on training where it stopped.

    `custom_objects` names the classes and functions of your own that it is made with. A file that
    ends in .keras or .onnx gives the network that it describes, with its weights.
    """
    if fspath(path).endswith((".keras", ".weights.h5")):
        return from_keras(path)
    if fspath(path).endswith(".onnx"):
        return from_onnx(path)
    return load_own(path, custom_objects)
