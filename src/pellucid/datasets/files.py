"""Readers of data files, IDX, .npy, .npz and CSV. None runs code; each refuses damage by name."""

from __future__ import annotations

import gzip
import io
import itertools
import math
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..foreign import brief
from ..reading import DamagedFileError, reading, room_for

_MEND = "Delete it and fetch it anew"
_IDX_DTYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_CHUNK, _LONGEST_HEADER = 1 << 20, 10_000


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_idx(path: str | Path, limit: int | None = None) -> np.ndarray:
    """The array in an IDX file, gzipped or not.

    The file holds two zero bytes, a byte for the dtype, a byte for the number of dimensions, each
    dimension in four bytes, then the values, all big-endian.
    """
    with Path(path).open("rb") as raw, _refusing(path):
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        file: _Readable = gzip.GzipFile(fileobj=raw) if zipped else raw
        dtype, shape = _idx_header(file, path)
        values = _payload(file, dtype, shape, limit, path)
        return values.reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _idx_header(file: _Readable, path: str | Path) -> tuple[np.dtype, tuple[int, ...]]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _IDX_DTYPES:
        raise damaged(path, f"not an IDX file: it begins with the bytes {magic!r}")
    sizes = file.read(4 * magic[3])
    if not sizes or len(sizes) < 4 * magic[3]:
        raise damaged(path, f"its header of {magic[3]} dimensions is cut short")
    return np.dtype(_IDX_DTYPES[magic[2]]), tuple(np.frombuffer(sizes, ">u4").tolist())


def read_npy(path: str | Path, limit: int | None = None) -> np.ndarray:
    """The array in an .npy file."""
    with Path(path).open("rb") as file, _refusing(path):
        return _read_array(file, "it", limit, path)


def names_in_npz(path: str | Path) -> list[str]:
    """The names of the arrays in an .npz file."""
    with Path(path).open("rb") as raw, _refusing(path), zipfile.ZipFile(raw) as archive:
        return sorted({member.removesuffix(".npy") for member in archive.namelist()})


def read_npz(path: str | Path, names: Sequence[str], limit: int | None = None) -> list[np.ndarray]:
    """The arrays of these names in an .npz file."""
    known = names_in_npz(path)
    for name in names:
        if name not in known:
            shown = ", ".join(brief(each, 40) for each in known[:8])
            raise damaged(path, f"it has no array {name!r}, only {shown}")
    with Path(path).open("rb") as raw, _refusing(path), zipfile.ZipFile(raw) as archive:
        return [_read_member(archive, name, limit, path) for name in names]


def _read_member(
    archive: zipfile.ZipFile, name: str, limit: int | None, path: str | Path
) -> np.ndarray:
    with archive.open(f"{name}.npy") as file:
        return _read_array(file, f"its array {name!r}", limit, path)


def _read_array(file: _Readable, what: str, limit: int | None, path: str | Path) -> np.ndarray:
    shape, by_columns, dtype = _npy_header(file, what, path)
    if dtype.kind not in "biuf":
        raise damaged(path, f"{what} has dtype {dtype}; expected numbers")
    values = _payload(file, dtype, shape, limit, path)
    return values.reshape(shape, order="F" if by_columns else "C")


def _npy_header(file: _Readable, what: str, path: str | Path) -> Any:
    """NumPy looks at how long a header is when it has read it; here that comes first."""
    start = file.read(8)
    if start[:6] != b"\x93NUMPY" or len(start) < 8 or start[6] not in (1, 2, 3):
        raise damaged(path, f"{what} is no .npy array: it begins with the bytes {start!r}")
    size = file.read(2 if start[6] == 1 else 4)
    length = int.from_bytes(size, "little")
    if length > _LONGEST_HEADER:
        raise damaged(path, f"{what} has a header of {length:,} bytes")
    text = file.read(length)
    if b"\\" in text:
        raise damaged(path, f"{what} has the header {text!r}")
    parse = (
        np.lib.format.read_array_header_1_0
        if start[6] == 1
        else np.lib.format.read_array_header_2_0
    )
    return parse(io.BytesIO(size + text))


def read_csv(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Pixels, (rows, pixels), and labels, (rows,), as uint8.

    Without a header the label is the first number of a line; with one, it is in the column
    `label`, wherever that is.
    """
    with Path(path).open(encoding="utf-8-sig") as file, _refusing(path):
        lines = filter(str.strip, file)
        first = next(lines, "")
        names = [name.strip().strip("\"'").lower() for name in first.split(",")]
        headed = not _is_number(names[0])
        start = next(lines, "") if headed else first
        if not start:
            raise damaged(path, "it has no rows")
        if headed and "label" not in names:
            raise damaged(path, f"it has no column 'label', only {', '.join(names[:5])}, …")
        values = _rows_of_bytes(itertools.chain([start], lines), path)
        label = names.index("label") if headed else 0
        return np.delete(values, label, axis=1), values[:, label].copy()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _rows_of_bytes(lines: Iterable[str], path: str | Path) -> np.ndarray:
    try:
        return np.loadtxt(lines, np.uint8, delimiter=",", comments=None, ndmin=2)
    except ValueError as error:
        raise damaged(path, f"expected whole numbers from 0 to 255, but {error}") from error


def _payload(
    file: _Readable, dtype: np.dtype, shape: tuple[int, ...], limit: int | None, path: str | Path
) -> np.ndarray:
    """The values that follow a header, read no further than the header promises."""
    promised = math.prod(shape) * dtype.itemsize
    limit = room_for(path) if limit is None else limit
    if min(shape, default=0) < 0:
        raise damaged(path, f"its header promises shape {shape}")
    if promised > limit:
        raise damaged(
            path,
            f"its header promises shape {shape}, {promised:,} bytes, more than the limit of "
            f"{limit:,}; read a file that is truly so large with limit={promised}",
        )
    values = bytearray()
    while chunk := file.read(min(_CHUNK, promised + 1 - len(values))):
        values += chunk
    if len(values) != promised:
        found = "more" if len(values) > promised else f"{len(values):,}"
        raise damaged(
            path, f"its header promises shape {shape}, {promised:,} bytes, but {found} follow it"
        )
    return np.frombuffer(values, dtype)


def _refusing(path: str | Path) -> AbstractContextManager[None]:
    """Lay whatever goes wrong while an open file is taken apart at the file's door."""
    return reading(path, "is damaged", _MEND)


def damaged(path: str | Path, fault: str) -> DamagedFileError:
    """The error that refuses a file: its name, what is wrong with it, and the mend."""
    return DamagedFileError.of(path, f"is damaged: {fault}", _MEND)
