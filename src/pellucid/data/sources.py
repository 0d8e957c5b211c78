"""Whatever holds data, as rows to take in any order or as a stream of batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .batches import ArrayData, Slots, assemble
from .streams import StreamData, is_array
from .tables import as_frame


def as_data(
    x: Any, y: Any = None, sample_weight: Any = None, inputs: Slots = 1, outputs: Slots = 1
) -> ArrayData | StreamData:
    """Arrays, lists, tables, memory maps, sparse matrices, or an iterable of batches, made ready.

    With several `inputs` or `outputs` (their names, or how many), `x` or `y` is a tuple or a
    dictionary of arrays.
    """
    ready = isinstance(x, (ArrayData, StreamData))
    if not ready and not _is_stream(x):
        return assemble(x, y, sample_weight, inputs, outputs)
    for name, given in (("y", y), ("sample_weight", sample_weight)):
        if given is not None:
            raise ValueError(
                f"x is a {type(x).__name__}, whose batches bring their own targets and weights, "
                f"but {name} is given too: leave {name} out, and yield (x, y, sample_weight)"
            )
    return x if ready else StreamData(x, inputs, outputs)


def _is_stream(x: Any) -> bool:
    if isinstance(x, list):
        return _holds_batches(x)
    if isinstance(x, (np.ndarray, tuple, range, str, bytes, set, frozenset, Mapping)):
        return False
    if any(hasattr(x, name) for name in ("__array__", "__dlpack__", "__fspath__", "tocsr")):
        return False
    if _is_memory(x):
        return False
    if isinstance(x, Iterable) or hasattr(x, "__getitem__"):
        return as_frame(x) is None
    return callable(x)


def _is_memory(x: Any) -> bool:
    """Whether it shows its numbers as a buffer, as `array.array` and memory views do."""
    try:
        return bool(memoryview(x).format)
    except (TypeError, ValueError, BufferError):
        return False


def _holds_batches(x: list[Any]) -> bool:
    return bool(x) and all(isinstance(item, tuple) and item and is_array(item[0]) for item in x)
