"""A model's arrays, and what is said beside them, as the bytes of a safetensors file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pellucid.extras import version
from pellucid.models.container import checksum

FORMAT = 1


class Packed(NamedTuple):
    """The bytes of a file, and the checksum of what is in it."""

    content: bytes
    checksum: str


def packed(arrays: Mapping[str, np.ndarray], header: Mapping[str, Any]) -> Packed:
    from safetensors.numpy import save as to_bytes

    text = json.dumps({"format": FORMAT, "version": version(), **header})
    found = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    metadata = {"pellucid": text, "checksum": checksum(found, text)}
    return Packed(to_bytes(found, metadata), metadata["checksum"])
