"""The columns of a table as a network reads them, learned from the rows to train on.

Numbers and marks are centred at their median, divided by the distance of their quartiles, and kept
within (−3, 3) by x/√(1 + (x/3)²); a gap becomes the median. It is RealMLP's preparation.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from pellucid.foreign import quoted
from pellucid.preprocessing.categories import Categories, Codes, ManyCategories, levels_of
from pellucid.preprocessing.encodings import Dates, Encoding, EvenNumbers, Gaps, Numbers, Ramps
from pellucid.preprocessing.kinds import FEW_CATEGORIES, Seen, kind_of
from pellucid.preprocessing.tables import Table, missing, rows_of
from pellucid.settings import Settings


class Columns(Settings):
    """The encodings of a table's columns: numbers first, then marks, then codes.

    `dropped` says which columns are left out, and why; `centre` and `factor` are of numbers and
    marks.
    """

    encodings: list[Encoding]
    dropped: dict[str, str]
    centre: list[float]
    factor: list[float]

    def inputs(self, table: Table) -> list[np.ndarray]:
        """What a network reads: numbers and marks, and the codes of each column that has them."""
        plain = self.plain(table)
        width = len(self.centre)
        return self.split(self.scaled(plain[:, :width]), plain[:, width:])

    def plain(self, table: Table) -> np.ndarray:
        """The columns as numbers, before they are scaled; NaN for gaps."""
        parts = [each.encode(table) for each in self.encodings]
        return np.concatenate(parts, axis=1) if parts else np.zeros((rows_of(table), 1))

    def scaled(self, plain: np.ndarray) -> np.ndarray:
        """Numbers and marks as the network reads them."""
        with np.errstate(all="ignore"):
            X = (np.where(np.isnan(plain), self.centre, plain) - self.centre) * self.factor
            X = (X / np.hypot(1.0, X / 3.0)).astype(np.float32)
        if not np.isfinite(X).all():
            row, at = np.argwhere(~np.isfinite(X))[0].tolist()
            raise ValueError(
                f"row {row} is too far from what training had in {quoted(self.features[at])}. "
                "Correct it, or leave the cell empty"
            )
        return X

    def split(self, scaled: np.ndarray, codes: np.ndarray) -> list[np.ndarray]:
        numbers = [scaled] if scaled.shape[1] else []
        return [*numbers, *(each[:, None].astype(np.int64) for each in codes.T)]

    @property
    def names(self) -> list[str]:
        """The columns that are read."""
        return list(dict.fromkeys(name for each in self.encodings for name in each.columns))

    @property
    def features(self) -> list[str]:
        """A name for each number, mark and code."""
        return [name for each in self.encodings for name in each.features()] or ["nothing"]

    @property
    def width(self) -> int:
        """How many numbers and marks there are."""
        return len(self.centre)

    @property
    def numbers(self) -> int:
        """How many numbers there are, which stand before the marks."""
        found = [each for each in self.encodings if each.gives == "numbers"]
        return sum(len(each.features()) for each in found)

    @property
    def sizes(self) -> list[int]:
        """How many codes each column of many categories may have."""
        found = [each for each in self.encodings if isinstance(each, Codes)]
        return [len(levels) + 1 for each in found for levels in each.levels]

    def sentences(self) -> list[tuple[list[str], str]]:
        """What is done, in words, and to which columns."""
        lines = [(each.columns, each.sentence()) for each in self.encodings]
        reasons: dict[str, list[str]] = {}
        for name, why in self.dropped.items():
            reasons.setdefault(why, []).append(name)
        return lines + [(names, f"left out, {why}") for why, names in reasons.items()]


class Ways:
    """How categories are encoded: up to `few` by marks; more by codes, or by their mean target y.

    `categorical` are columns of categories whatever they hold; `kind` is scikit-learn's of y.
    Numbers are cut into ramps besides, if it `bends`: several classes lie about in space more often
    than they begin at some number.
    """

    def __init__(
        self,
        y: np.ndarray,
        kind: str,
        seed: int = 0,
        categorical: Collection[str] = (),
        few: int = FEW_CATEGORIES,
        coded: bool = False,
    ):
        self.y, self.kind, self.seed = y, kind, seed
        self.categorical, self.few, self.coded = categorical, few, coded
        self.bends = kind != "multiclass"


def fit_columns(table: Table, ways: Ways) -> tuple[Columns, list[np.ndarray]]:
    """What becomes of the columns of a table to train on; with it, what the network reads."""
    kinds = {name: seen(name, column, ways) for name, column in table.items()}
    encodings, parts = fit_all(kinds, table, ways)
    dropped = {name: found.why for name, found in kinds.items() if found.kind == "dropped"}
    coded = [at for at, each in enumerate(encodings) if each.gives == "codes"]
    first = parts[: coded[0]] if coded else parts
    plain = np.concatenate(first, axis=1) if first else np.zeros((rows_of(table), int(not coded)))
    columns = Columns(encodings, dropped, *scales(encodings, plain))
    codes = parts[coded[0]] if coded else np.empty((rows_of(table), 0))
    return columns, columns.split(columns.scaled(plain), codes)


def seen(name: str, column: np.ndarray, ways: Ways) -> Seen:
    """The kind of a column, of categories whether they are many."""
    found = kind_of(name, column)
    named = name in ways.categorical or column.dtype.kind == "b"
    if found.kind == "dropped" or not (named or "categories" in found.kind):
        return found
    return Seen("categories" if len(levels_of(column)) <= ways.few else "many categories")


def fit_all(
    kinds: dict[str, Seen], table: Table, ways: Ways
) -> tuple[list[Encoding], list[np.ndarray]]:
    """An encoding for each kind of column, and the features of these rows."""

    def of(kind: str) -> list[str]:
        return [name for name, found in kinds.items() if found.kind == kind]

    numbers, dates, few, many = map(of, ("numbers", "dates", "categories", "many categories"))
    found: list[Encoding] = [Numbers(numbers)] if numbers else []
    found += [Dates(dates, [kinds[name].form for name in dates])] if dates else []
    parts = [each.encode(table) for each in found]
    if many and not ways.coded:
        means, crossed = ManyCategories.fit_target(many, table, ways.y, ways.kind, ways.seed)
        found, parts = [*found, means], [*parts, crossed]
    gaps = [name for name in (*numbers, *dates) if missing(table[name]).any()]
    others: list[Encoding] = [Gaps(gaps)] if gaps else []
    even = EvenNumbers.fit(numbers, table)
    others += [even] if even.columns else []
    bent = Ramps.fit(numbers if ways.bends else [], table)
    others += [bent] if bent.columns else []
    others += [Categories.fit(few, table)] if few else []
    others += [Codes.fit(many, table)] if many and ways.coded else []
    return [*found, *others], [*parts, *(each.encode(table) for each in others)]


def scales(encodings: list[Encoding], plain: np.ndarray) -> tuple[list[float], list[float]]:
    """Centre and factor of each number and mark; codes, which have none, stand behind them."""
    centre, factor = robust(plain)
    at = 0
    for each in encodings:
        end = at + len(each.features())
        if each.factor is not None:
            factor[at:end] = each.factor
        at = end
    return centre.tolist(), factor.tolist()


def robust(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median of each column, and 1 by the distance of its quartiles.

    Where that is 0 it is half of the whole range; what is always the same has the factor 0.
    """
    if not x.size:
        return np.zeros(x.shape[1]), np.zeros(x.shape[1])
    quantile: Any = np.nanquantile if np.isnan(x).any() else np.quantile
    low, centre, high = quantile(x, [0.25, 0.5, 0.75], axis=0)
    width = high - low
    width = np.where(width > 0, width, 0.5 * (np.nanmax(x, axis=0) - np.nanmin(x, axis=0)))
    wide = width > np.finfo(width.dtype).tiny
    return centre, np.divide(1.0, width, out=np.zeros_like(width), where=wide)
