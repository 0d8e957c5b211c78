"""A safetensors file, read without trusting it: a length, a header of JSON, then the arrays.

    8 bytes    n, the length of the header, the lowest byte first
    n bytes    {"__metadata__": {name: text}, name: {"dtype", "shape", "data_offsets"}, …}
    the rest   the arrays, without gaps

What the header promises is compared with the length of the file before anything else is read. The
file is read, not mapped into memory, so that who cuts it off meanwhile crashes nobody.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from pellucid.capacity import memory_here
from pellucid.foreign import FileError
from pellucid.reading import reading

DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "F16": "<f2", "U32": "<u4",
    "I32": "<i4", "F32": "<f4", "U64": "<u8", "I64": "<i8", "F64": "<f8",
}  # fmt: skip
LONGEST_HEADER = 100_000_000
MOST_DIMENSIONS = 64
FAULT = "is not a model file, or not a whole one"
MEND = "Save the network again, or take an earlier copy"


class ModelFileError(FileError):
    """A file that is not a model, or not a whole one."""


class Promise(NamedTuple):
    """An array as the header describes it: what it is and where it lies."""

    name: str
    dtype: np.dtype
    shape: tuple[int, ...]
    start: int
    stop: int


class Held(ABC):
    """Arrays that are promised, in one file or in several, and texts beside them."""

    path: str | os.PathLike[str]
    metadata: dict[str, str]
    promises: Sequence[Promise]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every array by its name."""
        return {each.name: each.shape for each in self.promises}

    @property
    def size(self) -> int:
        """The bytes of all arrays."""
        return sum(each.stop - each.start for each in self.promises)

    @abstractmethod
    def unaltered(self) -> dict[str, np.ndarray]:
        """Every array by its name, if they are those that were written."""

    def refused(self, fault: str) -> ModelFileError:
        return ModelFileError.of(self.path, f"{FAULT}: {fault}", MEND)


class Container(Held):
    """An open file whose header makes sense and fits its length."""

    def __init__(self, file: BinaryIO, path: str | os.PathLike[str]):
        self.file, self.path = file, path
        length = os.fstat(file.fileno()).st_size
        header = self._header(length)
        self.metadata = self._texts(header.pop("__metadata__", {}))
        self.promises = [self._promise(name, described) for name, described in header.items()]
        self.start = file.tell()
        self._check_places(length - self.start)

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array by its name."""
        return {each.name: self._array(each) for each in self.promises}

    def unaltered(self) -> dict[str, np.ndarray]:
        arrays = self.arrays()
        if self.metadata.get("checksum") != checksum(arrays, self.metadata["pellucid"]):
            raise ModelFileError.of(
                self.path, "was altered after it was written: its checksum differs", MEND
            )
        return arrays

    def _header(self, length: int) -> dict[str, Any]:
        count = int.from_bytes(self.file.read(8), "little")
        if length < 8 or count > min(length - 8, LONGEST_HEADER):
            raise self.refused(f"{length:,} bytes that begin with no header of their length")
        with reading(self.path, FAULT, MEND, ModelFileError):
            header = json.loads(self.file.read(count), object_pairs_hook=_each_once)
        if not isinstance(header, dict):
            raise self.refused("its header is no table of arrays")
        return header

    def _texts(self, metadata: Any) -> dict[str, str]:
        if not isinstance(metadata, dict) or not all(
            isinstance(text, str) for text in metadata.values()
        ):
            raise self.refused("its metadata are no texts")
        return metadata

    def _promise(self, name: str, described: Any) -> Promise:
        with reading(self.path, FAULT, MEND, ModelFileError):
            dtype = np.dtype(DTYPES[described["dtype"]])
            shape, (start, stop) = tuple(described["shape"]), described["data_offsets"]
        numbers = (*shape, start, stop)
        if len(shape) > MOST_DIMENSIONS or not all(type(each) is int for each in numbers):
            raise self.refused(f"the shape or the place of its array {name!r} makes no sense")
        if not all(0 <= each < 1 << 63 for each in numbers) or (
            math.prod(shape) * dtype.itemsize != stop - start
        ):
            raise self.refused(
                f"its array {name!r} has shape {shape} and dtype {dtype}, but {stop - start} bytes"
            )
        return Promise(name, dtype, shape, start, stop)

    def _check_places(self, length: int) -> None:
        """One array after the other, and nothing else."""
        end = 0
        for each in sorted(self.promises, key=lambda each: (each.start, each.stop)):
            if each.start != end:
                raise self.refused(f"its array {each.name!r} does not begin where another ends")
            end = each.stop
        if end != length:
            raise self.refused(f"its header promises {end:,} bytes of arrays, it has {length:,}")
        if end > memory_here():
            raise self.refused(f"its arrays have {end:,} bytes, more than this machine's memory")

    def _array(self, promise: Promise) -> np.ndarray:
        array = np.empty(promise.shape, promise.dtype)
        self.file.seek(self.start + promise.start)
        if self.file.readinto(array.reshape(-1).view("u1")) != array.nbytes:  # type: ignore[attr-defined]
            raise self.refused(f"it ends within its array {promise.name!r}")
        return array.astype(promise.dtype.newbyteorder("="), copy=False)


def checksum(arrays: Mapping[str, np.ndarray], text: str) -> str:
    found = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found
