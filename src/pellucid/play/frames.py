"""An answer as bytes: the length of its header, the header as JSON, then the arrays as they lie."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

#: where arrays may begin
ALIGNED = 8
#: the kinds of array that there are, by their code
KINDS = {"f4": "<f4", "f8": "<f8", "i4": "<i4", "u1": "|u1"}


class Answer(NamedTuple):
    """What comes of a command: plain data as the `header`, and `arrays` by name.

    >>> answer = pellucid.play.Session().handle({"command": "open"})
    >>> sorted(answer._fields)
    ['arrays', 'header']
    """

    header: dict[str, Any]
    arrays: dict[str, np.ndarray]


def packed(answer: Answer) -> bytes:
    """The frame of an answer, as docs/play.md describes it."""
    placed = list(places(answer.arrays))
    listed = [
        {"name": name, "dtype": kind_of(array), "shape": list(array.shape), "at": at}
        for name, array, at in placed
    ]
    text = json.dumps(answer.header | {"arrays": listed}, allow_nan=False, separators=(",", ":"))
    header = text.encode()
    header += b" " * (-(4 + len(header)) % ALIGNED)
    parts = [struct.pack("<I", len(header)), header]
    for _, array, _ in placed:
        raw = np.asarray(array, KINDS[kind_of(array)], order="C").tobytes()
        parts += [raw, b"\0" * (-len(raw) % ALIGNED)]
    return b"".join(parts)


def places(arrays: Mapping[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray, int]]:
    """Each array, and where its bytes begin behind the header."""
    at = 0
    for name, array in arrays.items():
        yield name, array, at
        at += array.nbytes + -array.nbytes % ALIGNED


def kind_of(array: np.ndarray) -> str:
    return f"{array.dtype.kind}{array.dtype.itemsize}"


def unpacked(frame: bytes) -> Answer:
    """What `packed` has packed."""
    (length,) = struct.unpack_from("<I", frame)
    header = json.loads(frame[4 : 4 + length])
    arrays = {
        each["name"]: np.frombuffer(
            frame, KINDS[each["dtype"]], int(np.prod(each["shape"])), 4 + length + each["at"]
        ).reshape(each["shape"])
        for each in header.pop("arrays")
    }
    return Answer(header, arrays)
