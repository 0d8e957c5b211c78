"""The parts of a data set put together: one array per input and output, all of one length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..settings import nearest
from ..sparse import is_sparse
from .arrays import as_array
from .batches import ArrayData
from .sparse import Features, as_csr

Slots = Sequence[str] | int
"""The inputs or outputs of a network: their names, or how many there are."""


def assemble(
    x: Any, y: Any = None, sample_weight: Any = None, inputs: Slots = 1, outputs: Slots = 1
) -> ArrayData:
    """Rows of inputs, of targets (unless `y` is None), and their weights."""
    x_parts = _parts(x, inputs, "x", "input")
    y_parts = {} if y is None else _parts(y, outputs, "y", "output")
    features = {name: _features(part, name) for name, part in x_parts.items()}
    targets = {name: as_array(part, name) for name, part in y_parts.items()}
    rows = _equal_length(features | targets)
    return ArrayData(
        tuple(features.values()),
        tuple(targets.values()),
        None if sample_weight is None else _weights(sample_weight, rows),
    )


def _features(value: Any, name: str) -> Features:
    dense = type(value) is np.ndarray or not is_sparse(value)
    return as_array(value, name) if dense else as_csr(value, name)


def _parts(value: Any, slots: Slots, name: str, role: str) -> dict[str, Any]:
    """What goes into each slot, under the name that an error calls it by."""
    count = slots if isinstance(slots, int) else len(slots)
    if isinstance(value, Mapping) and not is_sparse(value):
        return _named_parts(value, slots, count, name, role)
    if count == 1:
        return {name: value[0] if _wraps_one_array(value) else value}
    if isinstance(value, (list, tuple)) and len(value) == count:
        return {f"{name}[{index}]": part for index, part in enumerate(value)}
    given = f"{len(value)} parts" if isinstance(value, (list, tuple)) else type(value).__name__
    raise TypeError(
        f"the network has {count} {role}s, but {name} is {given}: "
        f"give a tuple of {count} arrays{_or_dict(slots)}"
    )


def _named_parts(
    value: Mapping[str, Any], slots: Slots, count: int, name: str, role: str
) -> dict[str, Any]:
    names = list(value) if isinstance(slots, int) else list(slots)
    if len(value) != count:
        raise ValueError(
            f"the network has {count} {role}{'s' * (count != 1)}, but the dictionary {name} has "
            f"{len(value)} entries: {', '.join(map(str, value))}. "
            f"A table of columns goes in as `pandas.DataFrame({name})`"
        )
    for slot in names:
        if slot not in value:
            raise ValueError(f"{name} has no entry for the {role} {slot!r}; {nearest(slot, value)}")
    return {f"{name}[{slot!r}]": value[slot] for slot in names}


def _wraps_one_array(value: Any) -> bool:
    """Whether `value` is `[x]`, the list of a single input."""
    return (
        isinstance(value, (list, tuple))
        and len(value) == 1
        and getattr(value[0], "ndim", 0) > 1
        and (hasattr(value[0], "__array__") or is_sparse(value[0]))
    )


def _or_dict(slots: Slots) -> str:
    return "" if isinstance(slots, int) else f", or a dictionary with {', '.join(slots)}"


def _equal_length(arrays: Mapping[str, Features]) -> int:
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"every array needs the same number of rows, but {listed}")
    return next(iter(lengths.values()))


def _weights(sample_weight: Any, rows: int) -> np.ndarray:
    weight = as_array(sample_weight, "sample_weight")
    if weight.shape == (rows, 1):
        weight = weight[:, 0]
    if weight.shape != (rows,):
        raise ValueError(
            f"sample_weight has shape {weight.shape}; expected one weight for each of the "
            f"{rows} rows: ({rows},)"
        )
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if wrong.size:
        raise ValueError(
            f"sample_weight[{wrong[0]}] is {weight[wrong[0]]}; "
            f"expected finite weights of 0 or more ({wrong.size} are not)"
        )
    return weight if weight.dtype.kind == "f" else weight.astype(np.float64)
