"""Encodings of categories: a column for each of a few, the mean target of each of many."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from pellucid.foreign import LONGEST_NAME, brief, quoted
from pellucid.preprocessing.encodings import Encoding
from pellucid.preprocessing.kinds import as_text
from pellucid.preprocessing.tables import Table

#: categories with fewer rows than this share a column
RARE = 4
NO_VALUE = "(missing)"


class Categories(Encoding):
    """One column for each category that is not rare, one for all that are; none for the unseen.

    A missing value is a category of its own.
    """

    columns: list[str]
    categories: list[list[str]]
    rare: list[list[str]]

    def encode(self, table: Table) -> np.ndarray:
        parts = zip(self.columns, self.categories, self.rare, strict=True)
        return np.concatenate([self._one_hot(table[name], *each) for name, *each in parts], axis=1)

    def _one_hot(self, column: np.ndarray, kept: list[str], rare: list[str]) -> np.ndarray:
        place = {category: at for at, category in enumerate(kept)}
        width = len(kept) + bool(rare)
        other = len(kept)
        at = np.array([place.get(value, other) for value in named(column)], dtype=np.intp)
        return np.eye(other + 1)[at][:, :width]

    def features(self) -> list[str]:
        parts = zip(self.columns, self.categories, self.rare, strict=True)
        return [
            f"{name} = {value}"
            for name, kept, rare in parts
            for value in (*kept, *(["(rare)"] if rare else []))
        ]

    def unseen(self, table: Table) -> list[str]:
        known = [set(a) | set(b) for a, b in zip(self.categories, self.rare, strict=True)]
        return new_values(self.columns, known, table)

    def sentence(self) -> str:
        rare = sum(map(len, self.rare))
        text = f"one-hot, {sum(map(len, self.categories))} categories"
        return text + (f" and {rare} rare ones together" if rare else "")

    @classmethod
    def fit(cls, columns: list[str], table: Table) -> Self:
        from sklearn.preprocessing import OneHotEncoder

        encoder = OneHotEncoder(min_frequency=RARE, handle_unknown="infrequent_if_exist")
        encoder.fit(np.stack([named(table[name]) for name in columns], axis=1))
        rare = [[] if few is None else few.tolist() for few in encoder.infrequent_categories_]
        pairs = zip(encoder.categories_, map(set, rare), strict=True)
        kept = [[each for each in found if each not in few] for found, few in pairs]
        return cls(columns, kept, rare)


class ManyCategories(Encoding):
    """The mean target of the rows of each category, drawn towards the mean of all where they are
    few; standardised. The rows to train on get means in which they themselves have no part.
    """

    columns: list[str]
    levels: list[list[str]]
    means: list[list[list[float]]]
    overall: list[float]
    mean: list[float]
    scale: list[float]

    def encode(self, table: Table) -> np.ndarray:
        return (self.encoded(table) - self.mean) / self.scale

    def encoded(self, table: Table) -> np.ndarray:
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
        return new_values(self.columns, [set(levels) for levels in self.levels], table)

    def sentence(self) -> str:
        return f"{sum(map(len, self.levels))} categories, each by its mean target, standardised"

    @classmethod
    def fit_target(
        cls, columns: list[str], table: Table, y: np.ndarray, kind: str, seed: int
    ) -> tuple[Self, np.ndarray]:
        """The encoding, and the features of the rows it was fitted on."""
        from sklearn.preprocessing import StandardScaler, TargetEncoder

        X = np.stack([named(table[name]) for name in columns], axis=1)
        encoder = TargetEncoder(target_type=kind).fit(X, y)
        crossed = encoder.transform(X)
        for fitted_on, left_out in folds(y, kind, seed):
            part = TargetEncoder(target_type=kind).fit(X[fitted_on], y[fitted_on])
            crossed[left_out] = part.transform(X[left_out])
        scaler = StandardScaler().fit(crossed)
        overall = np.atleast_1d(encoder.target_mean_)
        each = len(overall)
        means = [encoder.encodings_[at * each : at * each + each] for at in range(len(columns))]
        fitted = cls(
            columns,
            [found.tolist() for found in encoder.categories_],
            [[array.tolist() for array in found] for found in means],
            overall.tolist(),
            scaler.mean_.tolist(),
            scaler.scale_.tolist(),
        )
        return fitted, scaler.transform(crossed)


def folds(y: np.ndarray, kind: str, seed: int) -> Any:
    """Five times most of the rows and the rest, every class in each; none where one has too few."""
    from sklearn.model_selection import KFold, StratifiedKFold

    if kind == "continuous":
        return KFold(min(5, len(y)), shuffle=True, random_state=seed).split(y)
    most = min(5, int(np.bincount(y)[np.unique(y)].min()))
    if most < 2:
        return []
    return StratifiedKFold(most, shuffle=True, random_state=seed).split(y, y)


def named(column: np.ndarray) -> np.ndarray:
    """The categories of a column as text, a missing value as one of them."""
    text = as_text(column)
    text[[value is None for value in text]] = NO_VALUE
    return text


def new_values(columns: list[str], known: list[set[str]], table: Table) -> list[str]:
    words = []
    for name, levels in zip(columns, known, strict=True):
        new = sorted(set(named(table[name])) - levels)
        shown = ", ".join(quoted(each) for each in new[:3])
        more = ", …" if len(new) > 3 else ""
        words += [f"{brief(name, LONGEST_NAME)}: {shown}{more} not seen in training"] if new else []
    return words
