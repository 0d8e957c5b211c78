"""Tables as columns by name: each an array of numbers, truth values, dates, or text with None."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.data.tables import as_frame

Table = dict[str, np.ndarray]

#: what stands for a missing value in a CSV file
MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "?", "-", "#N/A"]
_DELIMITERS = ",;\t|"


def read_table(path: str | Path) -> Table:
    """The columns of a CSV or Parquet file, gzipped or not."""
    path = Path(path)
    if path.suffix == ".parquet":
        from_file = _arrow("parquet").read_table
        return _told(path, lambda: from_arrow(from_file(path)))
    with _arrow("lib").input_stream(str(path), compression="detect") as file:
        content = file.read()
    return _told(path, lambda: read_csv(content))


def read_csv(content: bytes) -> Table:
    """The columns of a CSV text; the separator, the decimal sign and a missing header are found."""
    csv = _arrow("csv")
    content = content.removeprefix(b"\xef\xbb\xbf")
    head = content[:65536].decode("utf-8", "replace")
    if not head.strip():
        raise ValueError("it is empty; expected a header and rows")
    delimiter = max(_DELIMITERS, key=head.partition("\n")[0].count)
    comma = delimiter != "," and re.search(r"\d,\d", head) and not re.search(r"\d\.\d", head)
    table = csv.read_csv(
        io.BytesIO(content),
        csv.ReadOptions(
            block_size=min(len(content) + 1, (1 << 31) - 1),
            autogenerate_column_names=_headless(head, delimiter),
            encoding="utf-8" if _is_utf8(content) else "latin-1",
        ),
        csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        csv.ConvertOptions(
            null_values=MISSING, strings_can_be_null=True, decimal_point="," if comma else ".",
            true_values=["true", "True", "TRUE"], false_values=["false", "False", "FALSE"],
        ),
    )  # fmt: skip
    return from_arrow(table)


def as_table(value: Any) -> Table:
    """A table of pandas, polars or Arrow, a dictionary of columns, or an array, as columns."""
    if isinstance(value, Mapping):
        if all(isinstance(column, np.ndarray) and column.ndim == 1 for column in value.values()):
            return {str(name): _settled(column) for name, column in value.items()}
        return from_arrow(_arrow("lib").table(dict(value)))
    frame = as_frame(value)
    if frame is not None and hasattr(frame, "columns"):
        return from_arrow(frame.to_arrow())
    array = np.asarray(value)
    if array.ndim != 2:
        raise ValueError(
            f"expected a table, or an array of shape (rows, columns), got shape {array.shape}"
        )
    return {f"x{at + 1}": _settled(array[:, at]) for at in range(array.shape[1])}


def from_arrow(table: Any) -> Table:
    """The columns of an Arrow table."""
    names = [str(name) for name in table.column_names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two columns are called {twice[0]!r}; give each a name of its own")
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
    types, kind = _arrow("types"), values.type
    if types.is_dictionary(kind):
        values, kind = values.cast(kind.value_type), kind.value_type
    if types.is_boolean(kind):
        return values.to_numpy() if not values.null_count else _objects(values.to_pylist())
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return _settled(values.cast("float64", safe=False).to_numpy())
    if types.is_timestamp(kind) or types.is_date(kind):
        seconds = _arrow("lib").timestamp("s")
        return values.cast(seconds, safe=False).to_numpy().astype("datetime64[s]")
    if types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind) or (
        types.is_time(kind)
    ):  # fmt: skip
        return _objects([None if each is None else str(each) for each in values.to_pylist()])
    raise ValueError(
        f"column {name!r} holds {kind}; expected numbers, truth values, dates or text. "
        "Give each value a column of its own, or leave the column out"
    )


def _settled(column: np.ndarray) -> np.ndarray:
    """Numbers as float64 with NaN for what is not finite; dates in seconds; text as objects."""
    if column.dtype.kind in "iuf":
        numbers = column.astype(np.float64)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    if column.dtype.kind == "M":
        return column.astype("datetime64[s]")
    if column.dtype.kind == "b":
        return column
    return _from_objects(column.tolist())


def _from_objects(values: list[Any]) -> np.ndarray:
    known = [value for value in values if not _is_missing(value)]
    if all(isinstance(value, bool) for value in known):
        return _objects([None if _is_missing(value) else value for value in values])
    if all(isinstance(value, (int, float)) for value in known):
        return _settled(np.array([np.nan if v is None else float(v) for v in values]))
    return _objects([None if _is_missing(value) else str(value) for value in values])


def _is_missing(value: Any) -> bool:
    return value is None or value != value


def _objects(values: list[Any]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _headless(head: str, delimiter: str) -> bool:
    """Whether the first line is a row of numbers rather than names."""
    cells = [cell.strip().strip('"') for cell in head.partition("\n")[0].split(delimiter)]
    return all(re.fullmatch(r"[-+]?\d*[.,]?\d+(e[-+]?\d+)?", cell, re.I) for cell in cells)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _told(path: Path, read: Any) -> Table:
    try:
        return read()
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _arrow(module: str) -> Any:
    try:
        import importlib

        return importlib.import_module(f"pyarrow.{module}")
    except ImportError as error:
        raise ImportError(
            "reading a table needs pyarrow: pip install 'pellucid[standard]'"
        ) from error
