"""What a metric has seen, as plain data that JSON holds to the last bit, and back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np


def plainly(value: Any) -> Any:
    """A number, an array, or a list of such, as plain data."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        held = b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"dtype": value.dtype.str, "shape": value.shape, "bytes": held}
    if isinstance(value, (list, tuple)):
        return [plainly(each) for each in value]
    if isinstance(value, np.generic):
        return plainly(value.item())
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(
        f"a {type(value).__name__} cannot be kept for later: a metric that is to go on in the "
        "middle of an epoch keeps numbers, arrays and lists of them. Back up epochs instead of "
        "batches: save_freq='epoch'"
    )


def back(value: Any) -> Any:
    """What `plainly` made plain."""
    if isinstance(value, dict):
        array = np.frombuffer(b64decode(value["bytes"]), np.dtype(value["dtype"]))
        return array.reshape(value["shape"]).copy()
    return [back(each) for each in value] if isinstance(value, list) else value
