"""What each column of a table is: numbers, dates, categories, or nothing to learn from."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from pellucid.foreign import LONGEST_NAME, brief, quoted
from pellucid.preprocessing.tables import missing

#: categories of which each still gets a column of its own
FEW_CATEGORIES = 64
#: the fewest and most whole numbers that may be marked besides, and how many times rarer or more
#: frequent than in the mean each may be
EVEN, RARER, MORE = (5, 31), 0.3, 2.0
#: beyond this skewness a target is learned by its logarithm
SKEWED = 2.0
_DATE_FORMS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
)
#: what a column of row numbers is called by the programs that write one
_UNNAMED = frozenset({"", "#", "row", "rownames", "unnamed: 0"})
_IDENTIFIER = re.compile(r"(^|[_\s-])(id|uuid|guid|index|key|nr|no)$|[a-z]I[dD]$", re.IGNORECASE)


class Seen(NamedTuple):
    """The kind of a column; for one that is left out, why; for dates in text, their form."""

    kind: str
    why: str = ""
    form: str | None = None


def kind_of(name: str, column: np.ndarray) -> Seen:
    """What to make of a column, from the rows to train on."""
    known = column[~missing(column)]
    if len(known) == 0:
        return Seen("dropped", "it has no values")
    distinct = len(set(known.tolist()))
    if distinct == 1:
        return Seen("dropped", f"it is always {brief(known[0], LONGEST_NAME)}")
    if column.dtype.kind == "M":
        return Seen("dates")
    if column.dtype.kind == "O" and isinstance(known[0], str):
        return _kind_of_text(name, known, distinct)
    return _kind_of_numbers(name, known, distinct)


def as_numbers(name: str, column: np.ndarray) -> np.ndarray:
    """A column as float64, NaN where it has no value."""
    if column.dtype.kind != "O":
        return column.astype(np.float64)
    try:
        return np.array([np.nan if value is None else float(value) for value in column])
    except ValueError:
        wrong = next(at for at, value in enumerate(column) if not _is_number(value))
        raise ValueError(
            f"column {quoted(name)} was made of numbers in training; row {wrong} has "
            f"{quoted(column[wrong])}. Correct it, or leave the cell empty"
        ) from None


def even_numbers(column: np.ndarray) -> list[int]:
    """The numbers of a column of whole ones, where all of a short range come about equally often.

    So hours, weekdays and months do, and codes, whose order may mean little; counts do not.
    """
    known = column[~missing(column)].astype(np.float64)
    whole = bool(np.isfinite(known).all() and (known == np.floor(known)).all())
    if not (whole and len(known) and np.ptp(known) < EVEN[1]):
        return []
    least = int(known.min())
    counts = np.bincount((known - least).astype(np.intp))
    mean = len(known) / len(counts)
    even = len(counts) >= EVEN[0] and counts.min() >= RARER * mean and counts.max() <= MORE * mean
    return list(range(least, least + len(counts))) if even else []


def as_text(column: np.ndarray) -> np.ndarray:
    """A column as text, None where it has no value; 3.0 is written 3."""
    lost = missing(column)
    text = np.empty(len(column), dtype=object)
    text[:] = [None if none else _written(value) for value, none in zip(column, lost, strict=True)]
    return text


def as_dates(name: str, column: np.ndarray, form: str | None) -> np.ndarray:
    """A column as seconds since 1970, NaN where it has no value."""
    if column.dtype.kind != "M":
        values = [None if value is None else _date(name, value, form) for value in column]
        column = np.array(values, dtype="datetime64[s]")
    seconds = column.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    return np.where(np.isnat(column), np.nan, seconds)


def skewness(values: np.ndarray) -> float:
    """mean((x − mean)³) / deviation³."""
    centred = values - values.mean()
    deviation = centred.std()
    return float((centred**3).mean() / deviation**3) if deviation > 0 else 0.0


def _kind_of_text(name: str, known: np.ndarray, distinct: int) -> Seen:
    form = _date_form(known)
    if form is not None:
        return Seen("dates", form=form)
    every = distinct == len(known) and len(known) > 10
    if every or (distinct > 0.9 * len(known) and distinct > FEW_CATEGORIES):
        return Seen("dropped", "nearly every row has a text of its own")
    return Seen("categories" if distinct <= FEW_CATEGORIES else "many categories")


def _kind_of_numbers(name: str, known: np.ndarray, distinct: int) -> Seen:
    numbers = known.astype(np.float64)
    if distinct == len(numbers) > 10 and _counts_rows(name, numbers):
        return Seen("dropped", "it numbers the rows")
    return Seen("numbers")


def _counts_rows(name: str, numbers: np.ndarray) -> bool:
    whole = bool((numbers == np.floor(numbers)).all())
    counted = numbers[0] in (0, 1) and bool((np.diff(numbers) == 1).all())
    unnamed = name.strip().lower() in _UNNAMED
    return whole and bool((counted and unnamed) or _IDENTIFIER.search(name))


def _date_form(known: np.ndarray) -> str | None:
    values = sorted(set(known.tolist()))
    for form in _DATE_FORMS:
        if all(_parsed(value, form) is not None for value in values):
            return form
    return None


def _date(name: str, value: Any, form: str | None) -> datetime:
    found = _parsed(str(value), form) if form else None
    if found is None:
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            raise ValueError(
                f"column {quoted(name)} held dates in training; {quoted(value)} is none. "
                "Write it as 2024-12-31"
            ) from None
    return found.replace(tzinfo=None)


def _parsed(value: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(value.strip(), form)
    except ValueError:
        return None


def _is_number(value: Any) -> bool:
    try:
        return value is None or float(value) == float(value)
    except ValueError:
        return False


def _written(value: Any) -> str:
    if isinstance(value, (float, np.floating)) and value == int(value):
        return str(int(value))
    return str(value)
