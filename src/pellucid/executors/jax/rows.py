"""Rows on their way to a device: all of them at once where they fit, else a stretch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from pellucid.data import Features
from pellucid.data.batches import dense_rows
from pellucid.executors.jax.stretch import Rows

#: bytes of rows that live on a device which does not say how much memory it has
MOST = 1 << 30
#: the share of the memory of a device that they may take
SHARE = 0.4


class Given:
    """The rows of a pass. `resident` are they on the device, None where they do not fit there."""

    def __init__(self, arrays: Sequence[Features], integral: Sequence[bool], dtype: np.dtype):
        self.arrays, self.integral, self.dtype = list(arrays), list(integral), dtype
        self.resident: list[jax.Array] | None = None
        self._order: tuple[np.ndarray, jax.Array] | None = None
        dense = [each for each in arrays if isinstance(each, np.ndarray)]
        if len(dense) == len(arrays) and sum(each.nbytes for each in dense) <= room():
            self.resident = [jax.device_put(self._readable(each)) for each in dense]

    def rows(self, order: np.ndarray | None, first: int, count: int, most: int) -> Rows:
        """Rows from number `first` on, `count` of them; in arrays of `most` where not resident."""
        if self.resident is not None:
            return Rows(self.resident, self._placed(order), jax.device_put(np.int64(first)))
        numbers = slice(first, first + count)
        chosen = numbers if order is None else order[numbers]
        found = [self._some(at, chosen, most) for at in range(len(self.arrays))]
        return Rows(found, None, jax.device_put(np.int64(0)))

    def _some(self, at: int, chosen: slice | np.ndarray, most: int) -> jax.Array:
        """Some rows of an array, and nothing after them."""
        found = dense_rows(self.arrays[at], chosen, None if self.integral[at] else self.dtype)
        whole = np.zeros((most, *found.shape[1:]), found.dtype)
        whole[: len(found)] = found
        return jax.device_put(whole)

    def _placed(self, order: np.ndarray | None) -> jax.Array | None:
        if order is None:
            return None
        if self._order is None or self._order[0] is not order:
            kind = np.int32 if len(self.arrays[0]) < 1 << 31 else np.int64
            self._order = order, jax.device_put(np.asarray(order, kind))
        return self._order[1]

    def _readable(self, array: np.ndarray) -> np.ndarray:
        """The array in a kind that JAX knows."""
        known = array.dtype.isnative and array.dtype.itemsize <= 8
        return array if known else array.astype(np.result_type(self.dtype, np.float64))


def room() -> float:
    """How many bytes of rows may live on the device."""
    stats: dict[str, Any] = jax.devices()[0].memory_stats() or {}
    limit = stats.get("bytes_limit")
    return MOST if limit is None else SHARE * limit
