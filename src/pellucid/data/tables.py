"""Columns of numbers from the tables of pandas, polars, Arrow and their kin, through narwhals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..extras import needed
from ..foreign import brief

_LIBRARIES = {
    "cudf",
    "dask",
    "duckdb",
    "ibis",
    "modin",
    "narwhals",
    "pandas",
    "polars",
    "pyarrow",
    "pyspark",
    "sqlframe",
}


class Columns(NamedTuple):
    """The columns of a table by name; a series is one column and `flat`."""

    series: Mapping[str, Any]
    flat: bool


def as_frame(value: Any) -> Any:
    """The narwhals frame or series of a table, or None for anything else."""
    if type(value) is np.ndarray:
        return None
    if not any(kind.__module__.partition(".")[0] in _LIBRARIES for kind in type(value).__mro__):
        return None
    who = f"reading a {type(value).__module__} table"
    nw = needed("narwhals.stable.v1", "standard", who, ", or give `table.to_numpy()`")
    try:
        frame = nw.from_native(value, allow_series=True, pass_through=True)
        if isinstance(frame, nw.LazyFrame):
            frame = frame.collect()
    except Exception as error:  # of any library
        kind = type(value).__name__
        raise ValueError(f"the {kind} cannot be read as a table: {brief(error)}") from error
    return frame if isinstance(frame, (nw.DataFrame, nw.Series)) else None


def as_columns(value: Any, name: str) -> Columns | None:
    frame = as_frame(value)
    if frame is None:
        return None
    if not hasattr(frame, "columns"):
        return Columns({name: frame}, flat=True)
    if not frame.columns:
        raise ValueError(f"{name} is a table without columns")
    names = map(str, frame.columns)
    return Columns(dict(zip(names, frame.iter_columns(), strict=True)), flat=False)


def stack(columns: Columns, name: str, text_mend: str) -> np.ndarray:
    """The columns side by side, (rows, columns), in the smallest dtype that holds them all."""
    _refuse_kinds(columns, name, text_mend)
    arrays = {column: _numbers(series) for column, series in columns.series.items()}
    missing = [column for column, array in arrays.items() if array is None]
    if missing:
        raise ValueError(
            f"{name} has missing values in {_listed(missing)}. "
            f"Drop those rows, or fill them, for example with the column's median"
        )
    found = [array for array in arrays.values() if array is not None]
    return found[0] if columns.flat else np.stack(found, axis=1)


def _refuse_kinds(columns: Columns, name: str, text_mend: str) -> None:
    kinds: dict[str, list[str]] = {"dates": [], "nested values": [], "text or categories": []}
    for column, series in columns.series.items():
        if series.dtype.is_temporal():
            kinds["dates"].append(column)
        elif series.dtype.is_nested():
            kinds["nested values"].append(column)
        elif not (series.dtype.is_numeric() or series.dtype == _boolean()):
            kinds["text or categories"].append(column)
    mends = {
        "dates": "Turn each into numbers that matter, such as year, month or days since a start",
        "nested values": "Give each value a column of its own",
        "text or categories": text_mend,
    }
    for kind, found in kinds.items():
        if found:
            raise TypeError(
                f"{name} has {kind} in {_listed(found)}; expected numbers. {mends[kind]}"
            )


def _boolean() -> Any:
    import narwhals.stable.v1 as nw

    return nw.Boolean


def _numbers(series: Any) -> np.ndarray | None:
    """The values of one column, or None where some are missing."""
    if series.null_count():
        return None
    array = series.to_numpy()
    if array.dtype.kind == "O":  # decimals
        array = array.astype(np.float64)
    return None if array.dtype.kind == "f" and np.isnan(array).any() else array


def _listed(columns: list[str]) -> str:
    shown = ", ".join(repr(column) for column in columns[:8])
    more = f" and {len(columns) - 8} more" if len(columns) > 8 else ""
    return f"column{'s' if len(columns) > 1 else ''} {shown}{more}"
