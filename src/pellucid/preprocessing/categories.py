"""Encodings of categories: a mark for each of few; the mean target, or a code, of each of many."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from pellucid.foreign import LONGEST_NAME, brief, quoted
from pellucid.preprocessing.encodings import Encoding
from pellucid.preprocessing.kinds import as_text
from pellucid.preprocessing.tables import Table

NO_VALUE = "(missing)"


class Categories(Encoding):
    """A mark for each category; of two one, −1 or 1; none for a gap and what was not there."""

    gives = "marks"

    columns: list[str]
    levels: list[list[str]]

    def encode(self, table: Table) -> np.ndarray:
        pairs = zip(self.columns, self.levels, strict=True)
        return np.concatenate([marks(table[name], levels) for name, levels in pairs], axis=1)

    def features(self) -> list[str]:
        pairs = zip(self.columns, self.levels, strict=True)
        return [
            f"{name} = {value}"
            for name, levels in pairs
            for value in (levels[1:] if len(levels) == 2 else levels)
        ]

    def unseen(self, table: Table) -> list[str]:
        return new_values(self.columns, self.levels, table)

    def sentence(self) -> str:
        return f"a column for each of {sum(map(len, self.levels))} categories; of two together one"

    @classmethod
    def fit(cls, columns: list[str], table: Table) -> Self:
        return cls(columns, [levels_of(table[name]) for name in columns])


class Codes(Encoding):
    """The number of each category, from 1; 0 for a gap and what was not there."""

    gives = "codes"

    columns: list[str]
    levels: list[list[str]]

    def encode(self, table: Table) -> np.ndarray:
        pairs = zip(self.columns, self.levels, strict=True)
        return np.stack([codes(table[name], levels) for name, levels in pairs], axis=1)

    def unseen(self, table: Table) -> list[str]:
        return new_values(self.columns, self.levels, table)

    def sentence(self) -> str:
        return f"{sum(map(len, self.levels))} categories, embedded"

    @classmethod
    def fit(cls, columns: list[str], table: Table) -> Self:
        return cls(columns, [levels_of(table[name]) for name in columns])


class ManyCategories(Encoding):
    """The mean target of the rows of each category, drawn towards the mean of all where they are
    few. The rows to train on get means in which they themselves have no part.
    """

    columns: list[str]
    levels: list[list[str]]
    means: list[list[list[float]]]
    overall: list[float]

    def encode(self, table: Table) -> np.ndarray:
        parts = zip(self.columns, self.levels, self.means, strict=True)
        return np.concatenate(
            [self._means(table[name], levels, means) for name, levels, means in parts], axis=1
        )

    def _means(self, column: np.ndarray, levels: list[str], means: list[list[float]]) -> np.ndarray:
        table = np.concatenate([np.array(means).T, [self.overall]])
        place = {level: at for at, level in enumerate(levels)}
        return table[[place.get(value, len(levels)) for value in named(column)]]

    def features(self) -> list[str]:
        each = range(len(self.overall))
        return [f"{name} ({at})" if at else name for name in self.columns for at in each]

    def unseen(self, table: Table) -> list[str]:
        return new_values(self.columns, self.levels, table)

    def sentence(self) -> str:
        return f"{sum(map(len, self.levels))} categories, each by its mean target"

    @classmethod
    def fit_target(
        cls, columns: list[str], table: Table, y: np.ndarray, kind: str, seed: int
    ) -> tuple[Self, np.ndarray]:
        """The encoding, and the features of the rows it was fitted on."""
        from sklearn.preprocessing import TargetEncoder

        X = np.stack([named(table[name]) for name in columns], axis=1)
        encoder = TargetEncoder(target_type=kind).fit(X, y)
        crossed = encoder.transform(X)
        for fitted_on, left_out in folds(y, kind, seed):
            part = TargetEncoder(target_type=kind).fit(X[fitted_on], y[fitted_on])
            crossed[left_out] = part.transform(X[left_out])
        overall = np.atleast_1d(encoder.target_mean_)
        each = len(overall)
        means = [encoder.encodings_[at * each : at * each + each] for at in range(len(columns))]
        fitted = cls(
            columns,
            [found.tolist() for found in encoder.categories_],
            [[array.tolist() for array in found] for found in means],
            overall.tolist(),
        )
        return fitted, crossed


def folds(y: np.ndarray, kind: str, seed: int) -> Any:
    """Five times most of the rows and the rest, every class in each; none where one has too few."""
    from sklearn.model_selection import KFold, StratifiedKFold

    if kind == "continuous":
        return KFold(min(5, len(y)), shuffle=True, random_state=seed).split(y)
    most = min(5, int(np.bincount(y)[np.unique(y)].min()))
    if most < 2:
        return []
    return StratifiedKFold(most, shuffle=True, random_state=seed).split(y, y)


def levels_of(column: np.ndarray) -> list[str]:
    """The categories of a column, in their order."""
    return sorted({each for each in as_text(column) if each is not None})


def codes(column: np.ndarray, levels: list[str]) -> np.ndarray:
    place = {level: at for at, level in enumerate(levels, 1)}
    return np.array([place.get(each, 0) for each in as_text(column)], dtype=np.int64)


def marks(column: np.ndarray, levels: list[str]) -> np.ndarray:
    hot = np.eye(len(levels) + 1)[codes(column, levels)][:, 1:]
    return hot[:, 1:] - hot[:, :1] if len(levels) == 2 else hot


def named(column: np.ndarray) -> np.ndarray:
    """The categories of a column as text, a missing value as one of them."""
    text = as_text(column)
    text[[value is None for value in text]] = NO_VALUE
    return text


def new_values(columns: list[str], known: list[list[str]], table: Table) -> list[str]:
    words = []
    for name, levels in zip(columns, known, strict=True):
        new = sorted(set(named(table[name])) - {*levels, NO_VALUE})
        shown = ", ".join(quoted(each) for each in new[:3])
        more = ", …" if len(new) > 3 else ""
        words += [f"{brief(name, LONGEST_NAME)}: {shown}{more} not seen in training"] if new else []
    return words
