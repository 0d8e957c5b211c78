"""The rows of a data set: an array for each input and output, and batches taken of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ..settings import nearest
from ..sparse import is_sparse
from .arrays import as_array
from .sparse import CSR, Features, as_csr

Named = Sequence[str] | int
Slots = Named | Callable[[Any], list[Any]]
"""The inputs or outputs of a network: their names, how many there are, or what takes them apart."""


class Batch(NamedTuple):
    """Some rows of every input and target, and where they came from (None for streams)."""

    x: tuple[Features, ...]
    y: tuple[np.ndarray, ...]
    weight: np.ndarray | None
    rows: np.ndarray | None


@dataclass(frozen=True, eq=False)
class ArrayData:
    """Rows that can be taken in any order.

    `x`, `y` and `weight` are whole arrays in the dtype they came in, never copied. `rows` picks
    some of their rows; None stands for all of them, in order.
    """

    x: tuple[Features, ...]
    y: tuple[np.ndarray, ...] = ()
    weight: np.ndarray | None = None
    rows: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.x[0]) if self.rows is None else len(self.rows)

    @property
    def x_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shape of one row of each input."""
        return tuple(array.shape[1:] for array in self.x)

    def take(self, rows: Any) -> Batch:
        """The rows of these numbers, copied."""
        return self._pick(self._original(rows))

    def between(self, start: int, stop: int) -> Batch:
        """Rows from `start` up to `stop`, as views where the rows lie in order."""
        if self.rows is not None:
            return self._pick(self.rows[start:stop])
        chosen = slice(*slice(start, stop).indices(len(self)))
        return Batch(
            tuple(x[chosen] for x in self.x),
            tuple(array[chosen] for array in self.y),
            None if self.weight is None else self.weight[chosen],
            np.arange(chosen.start, chosen.stop),
        )

    def subset(self, rows: Any) -> ArrayData:
        """The same arrays, seen through these rows alone."""
        chosen = self._original(np.arange(len(self))[rows])
        return replace(self, rows=np.ascontiguousarray(chosen))

    def _original(self, rows: Any) -> np.ndarray:
        rows = np.asarray(rows, dtype=np.intp)
        return rows if self.rows is None else self.rows[rows]

    def _pick(self, rows: np.ndarray) -> Batch:
        return Batch(
            tuple(x[rows] if isinstance(x, CSR) else gathered(x, rows) for x in self.x),
            tuple(gathered(array, rows) for array in self.y),
            None if self.weight is None else gathered(self.weight, rows),
            rows,
        )


def gathered(array: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows of these numbers, copied."""
    # take is twice as quick as indexing, but copies all of an array that is not C-ordered
    return array.take(rows, axis=0) if array.flags.c_contiguous else array[rows]


def dense_rows(x: Features, rows: slice | np.ndarray, dtype: Any = None) -> np.ndarray:
    """Some rows as dense numbers of a kind, or of their own."""
    if isinstance(x, CSR):
        return x[rows].dense(dtype)
    return np.asarray(x[rows] if isinstance(rows, slice) else gathered(x, rows), dtype)


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
    if callable(slots):
        return {f"{name}[{at}]": part for at, part in enumerate(slots(value))}
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
    value: Mapping[str, Any], slots: Named, count: int, name: str, role: str
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


def _or_dict(slots: Named) -> str:
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
