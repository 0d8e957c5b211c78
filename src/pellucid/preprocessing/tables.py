"""Tables as columns by name: each an array of numbers, truth values, dates, or text with None."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.data.tables import as_frame
from pellucid.foreign import brief, quoted
from pellucid.preprocessing.arrow import arrow
from pellucid.preprocessing.delimited import read_delimited
from pellucid.reading import LARGEST, DamagedFileError, reading, room_for

Table = dict[str, np.ndarray]

#: the largest number that a table may hold: of more, mean and spread could not be computed
LARGEST_NUMBER = 1e100
#: what a column of row labels is called that pandas writes
_ROW_LABELS = re.compile(r"__index_level_\d+__$")
_MEND = "Correct the file, or take an earlier copy"


def read_table(path: str | Path) -> Table:
    """The columns of a CSV or Parquet file, gzipped or not."""
    path = Path(path)
    return _read_parquet(path) if path.suffix == ".parquet" else read_csv(_unpacked(path), path)


def read_csv(content: bytes, name: str | Path = "the text") -> Table:
    """The columns of a CSV text; the separator, the decimal sign and a missing header are found.

    `name` is that of the text in error messages.
    """
    with making(name):
        return from_arrow(read_delimited(content))


def making(path: str | Path) -> AbstractContextManager[None]:
    """Say of what a table cannot be made of that it is this file."""
    return reading(path, "cannot be read as a table", _MEND)


def _read_parquet(path: Path) -> Table:
    """A Parquet file says in its footer how much it holds; who believes it is told at once."""
    parquet = arrow("parquet")
    with making(path), path.open("rb") as raw, parquet.ParquetFile(raw) as file:
        held = file.metadata
        groups = [held.row_group(at).total_byte_size for at in range(held.num_row_groups)]
        _check_size(path, max(sum(groups), 8 * held.num_rows * held.num_columns), room_for(path))
        return from_arrow(file.read())


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, gzipped or not."""
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not zipped:
            _check_size(path, path.stat().st_size, LARGEST)
            return raw.read()
        limit = room_for(path)
        with making(path), gzip.GzipFile(fileobj=raw) as file:
            content = file.read(limit + 1)
        _check_size(path, len(content), limit)
        return content


def _check_size(path: Path, size: int, limit: int) -> None:
    if size > limit:
        raise DamagedFileError.of(
            path,
            f"holds {size:,} bytes or more; tables of up to {limit:,} are read from such a file",
            "Take a part of its rows or columns",
        )


def as_table(value: Any) -> Table:
    """A table of pandas, polars or Arrow, a dictionary of columns, or an array, as columns."""
    if isinstance(value, Mapping):
        if all(isinstance(column, np.ndarray) and column.ndim == 1 for column in value.values()):
            return {str(name): _settled(str(name), column) for name, column in value.items()}
        return from_arrow(arrow("lib").table(dict(value)))
    frame = as_frame(value)
    if frame is not None and hasattr(frame, "columns"):
        return from_arrow(without_index(frame).to_arrow())
    array = np.asarray(value)
    if array.ndim != 2:
        raise ValueError(
            f"expected a table, or an array of shape (rows, columns), got shape {array.shape}"
        )
    names = [f"x{at + 1}" for at in range(array.shape[1])]
    return {name: _settled(name, array[:, at]) for at, name in enumerate(names)}


def without_index(frame: Any) -> Any:
    """A table without the labels of its rows, which Arrow would take for a column."""
    from narwhals.stable import v1

    return v1.maybe_reset_index(frame)


def from_arrow(table: Any) -> Table:
    """The columns of an Arrow table, without those that pandas keeps the labels of rows in."""
    named = [str(name) for name in table.column_names]
    table = table.select([at for at, name in enumerate(named) if not _ROW_LABELS.match(name)])
    names = [str(name) for name in table.column_names]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ValueError(f"two columns are called {quoted(twice[0])}; give each a name of its own")
    columns = zip(names, table.columns, strict=True)
    return {name: _column(name, column) for name, column in columns}


def rows_of(table: Table) -> int:
    """How many rows a table has."""
    return len(next(iter(table.values()))) if table else 0


def take(table: Table, rows: Any) -> Table:
    """Some rows of a table."""
    return {name: column[rows] for name, column in table.items()}


def missing(column: np.ndarray) -> np.ndarray:
    """Where a column has no value."""
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind == "M":
        return np.isnat(column)
    if column.dtype.kind == "O":
        return np.array([value is None for value in column], dtype=bool)
    return np.zeros(len(column), dtype=bool)


def _column(name: str, values: Any) -> np.ndarray:
    types, kind = arrow("types"), values.type
    if types.is_dictionary(kind):
        values, kind = values.cast(kind.value_type), kind.value_type
    if types.is_boolean(kind):
        return values.to_numpy() if not values.null_count else as_objects(values.to_pylist())
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return _numbers(name, values.cast("float64", safe=False).to_numpy())
    if types.is_timestamp(kind) or types.is_date(kind):
        seconds = arrow("lib").timestamp("s")
        return values.cast(seconds, safe=False).to_numpy().astype("datetime64[s]")
    if types.is_duration(kind):
        return _settled(name, values.to_numpy())
    if (
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_null(kind)
        or (types.is_time(kind))
    ):
        return as_objects([None if each is None else str(each) for each in values.to_pylist()])
    raise ValueError(
        f"column {quoted(name)} holds {brief(kind)}; expected numbers, truth values, dates or "
        "text. Give each value a column of its own, or leave the column out"
    )


def _settled(name: str, column: np.ndarray) -> np.ndarray:
    """Numbers as float64, NaN for what is missing; dates and spans in seconds; text as objects."""
    if column.dtype.kind in "iuf":
        return _numbers(name, column)
    if column.dtype.kind == "m":
        return _numbers(name, column / np.timedelta64(1, "s"))
    if column.dtype.kind == "M":
        return column.astype("datetime64[s]")
    if column.dtype.kind == "b":
        return column
    return _from_objects(name, column.tolist())


def _numbers(name: str, column: np.ndarray) -> np.ndarray:
    """A column as float64, if one can compute with it."""
    with np.errstate(over="ignore"):
        numbers = column.astype(np.float64)
    beyond = np.flatnonzero(np.abs(numbers) > LARGEST_NUMBER)
    if beyond.size:
        row = int(beyond[0])
        raise ValueError(
            f"column {quoted(name)} has {numbers[row]:g} in row {row}; expected numbers of up to "
            f"{LARGEST_NUMBER:g}. Correct it, or leave the cell empty"
        )
    return numbers


def _from_objects(name: str, values: list[Any]) -> np.ndarray:
    known = [value for value in values if not _is_missing(value)]
    if all(isinstance(value, bool) for value in known):
        return as_objects([None if _is_missing(value) else value for value in values])
    if all(isinstance(value, (int, float)) for value in known):
        return _numbers(name, np.array([_as_float(value) for value in values]))
    return as_objects([None if _is_missing(value) else str(value) for value in values])


def _as_float(value: Any) -> float:
    try:
        return np.nan if value is None else float(value)
    except OverflowError:
        return np.inf


def _is_missing(value: Any) -> bool:
    return value is None or value != value


def as_objects(values: list[Any]) -> np.ndarray:
    """The values as they are, one by one."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
