"""What an estimator for tables is given: columns and targets, looked at as scikit-learn asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length, validation
from sklearn.utils.validation import validate_data

from pellucid.data.tables import as_frame
from pellucid.preprocessing.tables import (
    LARGEST_NUMBER,
    Table,
    as_objects,
    as_table,
    rows_of,
    take,
)

check_targets: Callable[..., Any] = validation._check_y
MEND = "Correct it, or leave the row out"


class Rows(NamedTuple):
    """Columns by name, those of them that are categories by their type, targets, weights."""

    table: Table
    categorical: frozenset[str]
    y: np.ndarray
    weight: np.ndarray | None = None

    @property
    def height(self) -> int:
        return len(self.y)

    def some(self, at: np.ndarray) -> Rows:
        weight = None if self.weight is None else self.weight[at]
        return Rows(take(self.table, at), self.categorical, self.y[at], weight)


def columns_of(estimator: Any, X: Any, fits: bool) -> tuple[Table, frozenset[str]]:
    """The columns of a table or an array; with `fits` they say what later ones have to be like."""
    frame = as_frame(X) if hasattr(X, "columns") or hasattr(X, "column_names") else None
    if frame is None:
        array = validate_data(estimator, X, dtype=None, ensure_all_finite="allow-nan", reset=fits)
        if array.dtype.kind in "US" and not hasattr(X, "dtype"):
            array = np.array(X, dtype=object)
        return as_table(array), frozenset()
    validate_data(estimator, X, skip_check_array=True, reset=fits)
    table = table_of(X, frame)
    if not rows_of(table):
        raise ValueError(f"Found array with 0 sample(s) (shape={frame.shape}), expected 1 or more")
    named = {str(each) for each, kind in frame.schema.items() if is_category(str(kind))}
    return table, frozenset(named & {*table})


def table_of(X: Any, frame: Any) -> Table:
    """The columns of a table; those that are of no type of Arrow's as they are."""
    try:
        return as_table(X)
    except (ValueError, NotImplementedError):
        if len({*map(str, frame.columns)}) < len(frame.columns):
            raise
    return as_table({str(each): as_objects(frame[each].to_list()) for each in frame.columns})


def is_category(kind: str) -> bool:
    return kind.startswith(("Categorical", "Enum"))


def check_y(estimator: Any, X: Any, y: Any, numeric: bool) -> np.ndarray:
    """The targets as one column without gaps, as many as there are rows."""
    if y is None:
        raise ValueError(
            f"This {type(estimator).__name__} estimator requires y to be passed, but the target y "
            "is None."
        )
    targets: np.ndarray = check_targets(y, y_numeric=numeric, estimator=estimator)
    check_consistent_length(X, targets)
    for row in np.flatnonzero(useless(targets))[:1]:
        wanted = f"a number of up to {LARGEST_NUMBER:g}" if numeric else "a class"
        raise ValueError(f"y has {targets[row]} in row {row}; expected {wanted}. {MEND}")
    return targets


def useless(targets: np.ndarray) -> np.ndarray:
    """Where there is no class, or a number with which one cannot compute."""
    if targets.dtype.kind == "O":
        return np.array([each is None or each != each for each in targets], dtype=bool)
    if targets.dtype.kind != "f":
        return np.zeros(len(targets), dtype=bool)
    return np.abs(targets.astype(np.float64)) > LARGEST_NUMBER
