"""Rows on their way to devices: all of them at once where they fit, else a stretch at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from pellucid.data import Features
from pellucid.data.batches import dense_rows
from pellucid.distribution.joining import joined
from pellucid.executors.jax.places import Spread
from pellucid.executors.jax.stretch import Rows
from pellucid.processes import HERE

#: bytes of rows that live on a device which does not say how much memory it has
MOST = 1 << 30
#: the share of the memory of a device that they may take
SHARE = 0.4
#: where memory must begin that a processor's programs read as it is: at a multiple of so many bytes
ALIGNED = 64


class Batches(NamedTuple):
    """The batches of so many `steps`, of a `size`, where there is room for a `capacity` of them."""

    steps: int
    size: int
    capacity: int


class Given:
    """The rows of a pass. `resident` are they on the device, None where they are not brought there.

    Then those of a stretch are, from memory that the stretches have in common.
    """

    def __init__(self, arrays: Sequence[Features], integral: Sequence[bool], dtype: np.dtype):
        self.arrays, self.integral, self.dtype = list(arrays), list(integral), dtype
        self.resident: list[jax.Array] | None = None
        self._order: tuple[np.ndarray, jax.Array] | None = None
        self._spaces: dict[int, np.ndarray] = {}
        #: the rows that were brought last, and which they are, where they follow each other
        self._brought: Rows | None = None
        self._key: tuple[slice, Batches] | None = None
        dense = [each for each in arrays if isinstance(each, np.ndarray)]
        if len(dense) == len(arrays) and sum(each.nbytes for each in dense) <= room():
            self.resident = [jax.device_put(self._readable(each)) for each in dense]

    def rows(self, order: np.ndarray | None, first: int, batches: Batches) -> Rows:
        """Rows from number `first` on; in arrays for all batches where they are not resident."""
        if self.resident is not None:
            return Rows(self.resident, self._placed(order), jax.device_put(np.int64(first)))
        chosen = numbered(order, first, batches.steps * batches.size)
        key = None if isinstance(chosen, np.ndarray) else (chosen, batches)
        if self._brought is None or key is None or key != self._key:
            most = batches.capacity * batches.size
            found = [self._some(at, chosen, most) for at in range(len(self.arrays))]
            self._key, self._brought = key, Rows(found, None, jax.device_put(np.int64(0)))
        return self._brought

    def _some(self, at: int, chosen: slice | np.ndarray, most: int) -> jax.Array:
        """Some rows of an array; what is after them means nothing."""
        array = self.arrays[at]
        if not isinstance(array, np.ndarray):
            kind = None if self.integral[at] else self.dtype
            return jax.device_put(filled(dense_rows(array, chosen, kind), most))
        space = self._space(at, array, most)
        picked(array, chosen, space)
        return jax.device_put(space)

    def _space(self, at: int, array: np.ndarray, most: int) -> np.ndarray:
        """Memory for so many rows of an array, where it can be read by a processor's programs."""
        known = self._spaces.get(at)
        if known is None or len(known) != most:
            known = self._spaces[at] = aligned((most, *array.shape[1:]), self._kind(array))
        return known

    def _placed(self, order: np.ndarray | None) -> jax.Array | None:
        if order is None:
            return None
        if self._order is None or self._order[0] is not order:
            kind = np.int32 if len(self.arrays[0]) < 1 << 31 else np.int64
            self._order = order, jax.device_put(np.asarray(order, kind))
        return self._order[1]

    def _readable(self, array: np.ndarray) -> np.ndarray:
        return array.astype(self._kind(array), copy=False)

    def _kind(self, array: np.ndarray) -> np.dtype:
        """The kind of an array's numbers, or one that JAX knows."""
        known = array.dtype.isnative and array.dtype.itemsize <= 8
        return array.dtype if known else np.result_type(self.dtype, np.float64)


class SpreadRows:
    """The rows of a pass, of which each device is brought its own, a stretch at a time."""

    resident = None

    def __init__(self, arrays: Sequence[Features], kinds: Sequence[Any], places: Spread):
        self.arrays, self.kinds, self.places = list(arrays), list(kinds), places
        #: whether other processes have rows that this one has not
        self.shared = places.joined > 1

    def of_all(self, order: np.ndarray | None, first: int, last: int) -> list[np.ndarray]:
        """Rows of this process, and those of others in the same place, in the order of these."""
        chosen = numbered(order, first, last - first)
        pairs = zip(self.arrays, self.kinds, strict=True)
        return [joined(dense_rows(array, chosen, kind)) for array, kind in pairs]

    def own(self, rows: np.ndarray) -> np.ndarray:
        """Of rows of all processes those of this one."""
        return np.split(rows, self.places.joined)[HERE.number]

    def rows(self, order: np.ndarray | None, first: int, batches: Batches) -> Rows:
        """Rows from number `first` on, batch by batch."""
        count, size, _ = batches
        chosen = numbered(order, first, count * size)
        numbers = np.r_[chosen] if isinstance(chosen, slice) else chosen
        numbers = numbers.reshape(count, size)
        found = [self._some(at, numbers, batches) for at in range(len(self.arrays))]
        return Rows(found, None, None)

    def _some(self, at: int, numbers: np.ndarray, batches: Batches) -> jax.Array:
        """Some rows of an array; a device reads those of its part of each batch, and no others."""
        _, size, capacity = batches
        array, kind = self.arrays[at], self.kinds[at]
        found: dict[tuple[int | None, int | None], np.ndarray] = {}

        def part_of(index: Any) -> np.ndarray:
            own = index[1].start, index[1].stop
            if own not in found:
                found[own] = stacked(array, numbers[:, slice(*own)], capacity, kind)
            return found[own]

        places = self.places
        if places.joined > 1:
            whole = capacity, size * places.joined, *array.shape[1:]
            local = part_of((slice(None), slice(None)))
            return jax.make_array_from_process_local_data(places.of_rows(size), local, whole)
        shape = capacity, size, *array.shape[1:]
        return jax.make_array_from_callback(shape, places.of_rows(size), part_of)


def stacked(array: Features, numbers: np.ndarray, capacity: int, kind: Any) -> np.ndarray:
    """Rows batch by batch, and nothing after them."""
    rows = dense_rows(array, numbers.reshape(-1), kind)
    return filled(rows.reshape(*numbers.shape, *array.shape[1:]), capacity)


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Memory that begins at a multiple of 64 bytes, which a processor takes as it is."""
    size = math.prod(shape) * dtype.itemsize
    space = np.empty(size + ALIGNED, np.uint8)
    start = -space.ctypes.data % ALIGNED
    return space[start : start + size].view(dtype).reshape(shape)


def picked(array: np.ndarray, chosen: slice | np.ndarray, space: np.ndarray) -> None:
    """Copy some rows to the beginning of a space."""
    if isinstance(chosen, slice):
        rows = array[chosen]
        space[: len(rows)] = rows
    elif array.dtype == space.dtype and array.flags.c_contiguous:
        array.take(chosen, 0, space[: len(chosen)], "clip")  # which are there; others are buffered
    else:
        space[: len(chosen)] = array[chosen]


def filled(rows: np.ndarray, count: int) -> np.ndarray:
    """The rows, and zeros after them until there are so many."""
    whole = np.zeros((count, *rows.shape[1:]), rows.dtype)
    whole[: len(rows)] = rows
    return whole


def numbered(order: np.ndarray | None, first: int, count: int) -> slice | np.ndarray:
    """The numbers of so many rows from number `first` on."""
    rows = slice(first, first + count)
    return rows if order is None else order[rows]


def room() -> float:
    """How many bytes of rows may live on the device; a processor reads them where they are."""
    device = jax.devices()[0]
    if device.platform == "cpu":
        return 0
    stats: dict[str, Any] = device.memory_stats() or {}
    limit = stats.get("bytes_limit")
    return MOST if limit is None else SHARE * limit
