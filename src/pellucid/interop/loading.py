"""Models in files, by the ending: pellucid's own, Keras's."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

from pellucid.foreign import FileError
from pellucid.interop.keras.reading import from_keras
from pellucid.interop.onnx.reading import from_onnx
from pellucid.models import load as load_own
from pellucid.reading import path_of

PICKLED = "is a pickle, which would run what stands in it"
#: files that people have and that are not read, by their ending: what they are, and what to do
OTHERS = {
    ".h5": ("is in the old format of Keras", "Load it with Keras, and save it as .keras"),
    ".hdf5": ("is in the old format of Keras", "Load it with Keras, and save it as .keras"),
    ".pt": (PICKLED, "Give a state dict to pellucid.from_torch(path, network), or the module"),
    ".pth": (PICKLED, "Give a state dict to pellucid.from_torch(path, network), or the module"),
    ".pkl": (PICKLED, "Give the object to pellucid.from_sklearn or from_torch"),
    ".joblib": (PICKLED, "Give the object to pellucid.from_sklearn or from_torch"),
    ".tflite": ("is made for TensorFlow Lite alone", "Load what it was made of"),
}


def load(path: str | PathLike[str], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model in a file, ready to predict, and to go on training where it stopped.

    `custom_objects` names the classes and functions of your own that it is made with. A file that
    ends in .keras or .onnx gives the network that it describes, with its weights. What `save` wrote
    is read whatever it is called.

    Arguments:
        path: the file.

    Returns: a network.

    >>> pellucid.Sequential([pellucid.layers.Dense(1, input_shape=(4,))]).save("net.safetensors")
    >>> pellucid.load("net.safetensors").count_params()
    5
    """
    if fspath(path).endswith((".keras", ".weights.h5")) and not is_own(path):
        return from_keras(path)
    if fspath(path).endswith(".onnx"):
        return from_onnx(path)
    try:
        return load_own(path, custom_objects)
    except FileError:
        known = OTHERS.get(path_of(path).suffix.lower())
        if known is None or is_own(path):
            raise
        raise FileError.of(path, *known) from None


def is_own(path: str | PathLike[str]) -> bool:
    """Whether a file begins as pellucid's do, whatever it is called."""
    if not path_of(path).is_file():
        return False
    with path_of(path).open("rb") as file:
        return file.read(9)[8:] == b"{"
