"""The columns of a table as a network for tables reads them, learned from the rows to train on.

Numbers are centred at their median, divided by the distance of their quartiles, and kept within
(−3, 3) by x/√(1 + (x/3)²). A gap becomes the median, and a column that had gaps in training gets
another that says where. Few categories become a column each (two together ±1), many a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from pellucid.preprocessing.encodings import Dates
from pellucid.preprocessing.kinds import as_numbers, as_text, kind_of
from pellucid.preprocessing.tables import Table, rows_of

#: beyond so many categories a column of each would be a waste
MOST_ONE_HOT = 64


class Known(NamedTuple):
    """A column of categories: its name, and those that it had in training."""

    name: str
    levels: list[str]

    def codes(self, table: Table) -> np.ndarray:
        """The number of each row's category, from 1; 0 for a gap or what was not there."""
        place = {level: at for at, level in enumerate(self.levels, 1)}
        return np.array([place.get(each, 0) for each in as_text(table[self.name])], dtype=np.int64)


class Columns:
    """What a table's columns are, and what they become; `one_hot` is the most categories that get
    a column each.
    """

    def __init__(self, one_hot: int):
        self.one_hot = min(one_hot, MOST_ONE_HOT)
        self.numbers: list[str] = []
        self.gaps: list[str] = []
        self.few: list[Known] = []
        self.many: list[Known] = []
        self.dates: Dates | None = None
        #: the columns that are left out, and why
        self.dropped: dict[str, str] = {}

    def fit(self, table: Table, categorical: Iterable[str]) -> list[np.ndarray]:
        """Learn from rows; gives these rows as the network reads them."""
        forms: dict[str, str | None] = {}
        for name, column in table.items():
            self._settle(name, column, name in set(categorical), forms)
        if forms:
            self.dates = Dates.fit_forms([*forms], table, [*forms.values()])
        plain = self._plain(table)
        self.centre, self.factor = robust(plain)
        return self._read(table, plain)

    def transform(self, table: Table) -> list[np.ndarray]:
        """Other rows as the network reads them: numbers, marks, and the numbers of many categories.

        Marks say of a row whether it has a category, or a gap.
        """
        return self._read(table, self._plain(table))

    @property
    def widths(self) -> tuple[int, int]:
        """How many numbers and how many marks there are."""
        return self._numbers, len(self.centre) - self._numbers

    @property
    def sizes(self) -> list[int]:
        """How many numbers each column of many categories may hold."""
        return [len(each.levels) + 1 for each in self.many]

    @property
    def features(self) -> list[str]:
        """A name for each of the numbers and the marks."""
        names = [*self.numbers]
        if self.dates is not None:
            names += self.dates.features()
        names += [f"{name} has no value" for name in self.gaps]
        for known in self.few:
            names += [f"{known.name} = {level}" for level in known.levels[self._first(known) :]]
        return names or ["nothing"]

    def _settle(
        self, name: str, column: np.ndarray, named: bool, forms: dict[str, str | None]
    ) -> None:
        """Which kind of column it is."""
        plain = column.dtype.kind == "f" and not named
        if plain and not np.isnan(column).all() and not name.lower().rstrip("s").endswith("id"):
            self._add_numbers(name, column)
            return
        kind, why, form = kind_of(name, column)
        if kind == "dropped":
            self.dropped[name] = why
        elif kind == "dates":
            forms[name] = form
        elif named or column.dtype.kind == "b" or "categories" in kind:
            self._add_categories(name, column)
        else:
            self._add_numbers(name, as_numbers(name, column))

    def _add_numbers(self, name: str, column: np.ndarray) -> None:
        self.numbers.append(name)
        if np.isnan(column).any():
            self.gaps.append(name)

    def _add_categories(self, name: str, column: np.ndarray) -> None:
        levels = sorted({each for each in as_text(column) if each is not None})
        known = Known(name, levels)
        (self.few if len(levels) <= self.one_hot else self.many).append(known)

    def _plain(self, table: Table) -> np.ndarray:
        """All but the many categories as numbers, before they are scaled; NaN for gaps."""
        parts = [self._matrix(table, self.numbers)]
        parts += [] if self.dates is None else [self.dates.encode(table)]
        parts += [np.isnan(self._matrix(table, self.gaps)).astype(float)] if self.gaps else []
        parts += [self._indicated(known, table) for known in self.few]
        plain = np.concatenate(parts, axis=1)
        return plain if plain.shape[1] or self.many else np.zeros((rows_of(table), 1))

    def _matrix(self, table: Table, names: list[str]) -> np.ndarray:
        if not names:
            return np.empty((rows_of(table), 0))
        return np.stack([as_numbers(name, table[name]) for name in names], axis=1)

    def _indicated(self, known: Known, table: Table) -> np.ndarray:
        """A column for each category; of two one, −1 or 1; all 0 for a gap."""
        hot = np.eye(len(known.levels) + 1)[known.codes(table)][:, 1:]
        return hot[:, 1:] - hot[:, :1] if len(known.levels) == 2 else hot

    def _first(self, known: Known) -> int:
        return 1 if len(known.levels) == 2 else 0

    def _read(self, table: Table, plain: np.ndarray) -> list[np.ndarray]:
        x = (plain - self.centre) * self.factor
        x = np.nan_to_num(x / np.sqrt(1.0 + (x / 3.0) ** 2)).astype(np.float32)
        first = [part for part in np.split(x, [self._numbers], axis=1) if part.shape[1]]
        return [*first, *(known.codes(table)[:, None] for known in self.many)]

    @property
    def _numbers(self) -> int:
        return len(self.numbers) + (0 if self.dates is None else len(self.dates.features()))


def robust(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median of each column, and 1 by the distance of its quartiles.

    Where that is 0 it is half of the whole range; what is always the same has the factor 0.
    """
    if not x.shape[1]:
        return np.zeros(0), np.zeros(0)
    quantile: Any = np.nanquantile if np.isnan(x).any() else np.quantile
    low, centre, high = quantile(x, [0.25, 0.5, 0.75], axis=0)
    width = high - low
    width = np.where(width > 0, width, 0.5 * (np.nanmax(x, axis=0) - np.nanmin(x, axis=0)))
    return centre, np.divide(1.0, width, out=np.zeros_like(width), where=width > 0)
