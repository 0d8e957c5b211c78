"""What is kept for later, as plain data that JSON holds to the last bit, and back.

Metrics keep what they have seen so, and callbacks what they remember.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np

#: the parts of an array
_ARRAY = {"dtype", "shape", "bytes"}


def plainly(value: Any, mend: str) -> Any:
    """Numbers, text, arrays, and lists and tables of such, as plain data.

    `mend` tells what to do about anything else.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        held = b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"dtype": value.dtype.str, "shape": value.shape, "bytes": held}
    if isinstance(value, (list, tuple)):
        return [plainly(each, mend) for each in value]
    if isinstance(value, dict) and _is_table(value):
        return {key: plainly(each, mend) for key, each in value.items()}
    if isinstance(value, np.generic):
        return plainly(value.item(), mend)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be kept for later: {mend}")


def _is_table(value: dict[Any, Any]) -> bool:
    return all(isinstance(key, str) for key in value) and set(value) != _ARRAY


def back(value: Any) -> Any:
    """What `plainly` made plain."""
    if isinstance(value, dict) and set(value) == _ARRAY:
        array = np.frombuffer(b64decode(value["bytes"]), np.dtype(value["dtype"]))
        return array.reshape(value["shape"]).copy()
    if isinstance(value, dict):
        return {key: back(each) for key, each in value.items()}
    return [back(each) for each in value] if isinstance(value, list) else value
