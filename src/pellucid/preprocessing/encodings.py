"""Encodings: columns of a table as numbers, fitted on the rows to train on, kept as plain data.

What they give is not scaled yet: `columns.py` does that for all of them together.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from pellucid.preprocessing.kinds import as_dates, as_numbers, even_numbers
from pellucid.preprocessing.suiting import check_settings
from pellucid.preprocessing.tables import Table, missing, rows_of
from pellucid.settings import Named

#: into how many pieces a column of numbers is cut, of how many rows each, and of how many rows all
#: together: fewer are learnt by heart
PIECES, ROWS_EACH, FEWEST_CUT = 32, 48, 512
#: how many pieces all columns have together, where rows are few and where they are many
MOST_PIECES = (512, 1024)
DATE_PARTS = (
    "time",
    "season sin",
    "season cos",
    "weekday sin",
    "weekday cos",
    "hour sin",
    "hour cos",
)


class Encoding(Named, family="encoding"):
    """Some columns of one kind, and what they become; a gap is NaN where it has no mark."""

    columns: list[str]
    #: "numbers", "marks" (of a category, or of a gap) or "codes" (the number of a category)
    gives: ClassVar[str] = "numbers"
    #: what the features are multiplied by; None where the distance of their quartiles says it
    factor: ClassVar[float | None] = None

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        check_settings(cls, config)
        return super().from_config(config)

    def encode(self, table: Table) -> np.ndarray:
        """The columns as numbers, (rows, features)."""
        raise NotImplementedError

    def features(self) -> list[str]:
        """A name for each of the numbers."""
        return list(self.columns)

    def unseen(self, table: Table) -> list[str]:
        """What the columns hold that training did not, in words."""
        return []

    def sentence(self) -> str:
        """What is done, in words."""
        raise NotImplementedError


class Numbers(Encoding):
    """Numbers as they are."""

    def encode(self, table: Table) -> np.ndarray:
        return np.stack([as_numbers(name, table[name]) for name in self.columns], axis=1)

    def sentence(self) -> str:
        return "numbers; missing → median"


class EvenNumbers(Encoding):
    """A mark for each of some whole numbers, which stand as numbers besides; none for others."""

    gives = "marks"

    columns: list[str]
    levels: list[list[int]]

    def encode(self, table: Table) -> np.ndarray:
        pairs = zip(self.columns, self.levels, strict=True)
        parts = [as_numbers(name, table[name])[:, None] == levels for name, levels in pairs]
        return np.concatenate(parts, axis=1).astype(float)

    def features(self) -> list[str]:
        pairs = zip(self.columns, self.levels, strict=True)
        return [f"{name} = {value}" for name, levels in pairs for value in levels]

    def sentence(self) -> str:
        return f"a column besides for each of {sum(map(len, self.levels))} equally frequent numbers"

    @classmethod
    def fit(cls, columns: list[str], table: Table) -> Self:
        """The encoding of those of the columns that are made of such numbers."""
        found = {name: levels for name in columns if (levels := even_numbers(table[name]))}
        return cls([*found], [*found.values()])


class Ramps(Encoding):
    """How far a number has come through each of some pieces, from 0 to 1, besides the number.

    The pieces hold equally many rows. A network bends at their edges as easily as trees split
    there: the piecewise-linear encoding of Gorishniy, Rubachev and Babenko (2022).
    """

    gives = "marks"
    factor = 2.0

    columns: list[str]
    edges: list[list[float]]

    def encode(self, table: Table) -> np.ndarray:
        pairs = zip(self.columns, self.edges, strict=True)
        parts = [ramps(as_numbers(name, table[name]), edges) for name, edges in pairs]
        return np.concatenate(parts, axis=1)

    def features(self) -> list[str]:
        pairs = zip(self.columns, self.edges, strict=True)
        return [f"{name} from {low:.4g}" for name, edges in pairs for low in edges[:-1]]

    def sentence(self) -> str:
        count = sum(len(edges) - 1 for edges in self.edges)
        return f"{count} columns besides for how far a number is through equally frequent pieces"

    @classmethod
    def fit(cls, columns: list[str], table: Table) -> Self:
        """The encoding of those of the columns that are cut into two pieces or more."""
        few, many = MOST_PIECES
        most = min(many, max(few, rows_of(table) // 4))
        pieces = min(PIECES, most // max(1, len(columns)))
        found = {name: edges_of(as_numbers(name, table[name]), pieces) for name in columns}
        cut = {name: edges for name, edges in found.items() if len(edges) > 2}
        return cls([*cut], [*cut.values()])


def ramps(x: np.ndarray, edges: list[float]) -> np.ndarray:
    """Of each number the share of each piece that lies below it."""
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    with np.errstate(all="ignore"):
        return np.clip((x[:, None] - low) / (high - low), 0.0, 1.0)


def edges_of(x: np.ndarray, pieces: int) -> list[float]:
    """Where the numbers are cut: pieces of as many rows each, fewer where a number is frequent."""
    known = x[np.isfinite(x)]
    if len(known) < FEWEST_CUT or not pieces:
        return []
    pieces = min(pieces, len(known) // ROWS_EACH)
    edges: list[float] = np.unique(np.quantile(known, np.linspace(0.0, 1.0, pieces + 1))).tolist()
    return edges


class Dates(Encoding):
    """A date as its time in years, and its season, weekday and hour on circles."""

    columns: list[str]
    forms: list[str | None]

    def encode(self, table: Table) -> np.ndarray:
        pairs = zip(self.columns, self.forms, strict=True)
        X = np.stack([as_dates(name, table[name], form) for name, form in pairs], axis=1)
        turns = [365.2425 * 86400, 7 * 86400, 86400]
        circles = [turn(2 * np.pi * X / period) for period in turns for turn in (np.sin, np.cos)]
        return np.concatenate([X / turns[0], *circles], axis=1)

    def features(self) -> list[str]:
        return [f"{name} {part}" for part in DATE_PARTS for name in self.columns]

    def sentence(self) -> str:
        return "time, season, weekday and hour as numbers; missing → median"


class Gaps(Encoding):
    """A mark where a column has no value."""

    gives = "marks"

    def encode(self, table: Table) -> np.ndarray:
        return np.stack([missing(table[name]) for name in self.columns], axis=1).astype(float)

    def features(self) -> list[str]:
        return [f"{name} has no value" for name in self.columns]

    def sentence(self) -> str:
        return "a column that says where there is no value"
