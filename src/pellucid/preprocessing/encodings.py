"""Encodings: columns of a table as numbers, each fitted by scikit-learn, kept as plain data.

`fit` asks scikit-learn on the rows to train on; `encode` is the same arithmetic in NumPy, so that
a saved network needs nothing else to read raw rows.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from pellucid.preprocessing.kinds import as_dates, as_numbers
from pellucid.preprocessing.suiting import check_settings
from pellucid.preprocessing.tables import Table
from pellucid.settings import Named

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
    """Some columns of one kind, and the numbers that they become."""

    columns: list[str]

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
    """Z = (X − mean) / scale, a missing value replaced by the median.

    Columns that lack values get a second one that says where.
    """

    columns: list[str]
    fill: list[float]
    mean: list[float]
    scale: list[float]
    indicated: list[int]

    def raw(self, table: Table) -> np.ndarray:
        columns = [as_numbers(name, table[name]) for name in self.columns]
        return np.stack(columns, axis=1)

    def encode(self, table: Table) -> np.ndarray:
        X = self.raw(table)
        lost = np.isnan(X)
        Z = (self.bend(np.where(lost, self.fill, X)) - self.mean) / self.scale
        return np.concatenate([Z, lost[:, self.indicated]], axis=1)

    def features(self) -> list[str]:
        return [*self.columns, *(f"{self.columns[at]} missing" for at in self.indicated)]

    def bend(self, X: np.ndarray) -> np.ndarray:
        """What is done before the scaling."""
        return X

    def sentence(self) -> str:
        text = "missing → median, then standardised"
        return text + (
            f"; {len(self.indicated)} with a column for 'missing'" * bool(self.indicated)
        )

    @classmethod
    def fit(cls, columns: list[str], table: Table) -> Self:
        from sklearn.impute import MissingIndicator, SimpleImputer

        start = cls(columns, [], [], [], [])
        X = start.raw(table)
        imputer = SimpleImputer(strategy="median").fit(X)
        start.fill = imputer.statistics_.tolist()
        start.indicated = MissingIndicator().fit(X).features_.tolist()
        start.take_scale(imputer.transform(X))
        return start

    def take_scale(self, X: np.ndarray) -> None:
        from sklearn.preprocessing import StandardScaler

        scaler = StandardScaler().fit(self.bend(X))
        self.mean, self.scale = scaler.mean_.tolist(), scaler.scale_.tolist()


class SkewedNumbers(Numbers):
    """Z = (asinh((X − median) / spread) − mean) / scale: logarithmic in both tails."""

    columns: list[str]
    fill: list[float]
    mean: list[float]
    scale: list[float]
    indicated: list[int]
    median: list[float]
    spread: list[float]

    def bend(self, X: np.ndarray) -> np.ndarray:
        return np.arcsinh((X - self.median) / self.spread)

    def sentence(self) -> str:
        return f"skewed: asinh of the distance from the median; {super().sentence()}"

    @classmethod
    def fit(cls, columns: list[str], table: Table) -> Self:
        from sklearn.preprocessing import RobustScaler

        plain = Numbers.fit(columns, table)
        X = plain.raw(table)
        robust = RobustScaler().fit(np.where(np.isnan(X), plain.fill, X))
        fitted = cls(
            columns,
            plain.fill,
            [],
            [],
            plain.indicated,
            robust.center_.tolist(),
            robust.scale_.tolist(),
        )
        fitted.take_scale(np.where(np.isnan(X), plain.fill, X))
        return fitted


class Dates(Numbers):
    """A date as its time in years, and its season, weekday and hour on circles, standardised."""

    columns: list[str]
    fill: list[float]
    mean: list[float]
    scale: list[float]
    indicated: list[int]
    forms: list[str | None]

    def raw(self, table: Table) -> np.ndarray:
        pairs = zip(self.columns, self.forms, strict=True)
        return np.stack([as_dates(name, table[name], form) for name, form in pairs], axis=1)

    def bend(self, X: np.ndarray) -> np.ndarray:
        turns = [365.2425 * 86400, 7 * 86400, 86400]
        circles = [turn(2 * np.pi * X / period) for period in turns for turn in (np.sin, np.cos)]
        return np.concatenate([X / turns[0], *circles], axis=1)

    def features(self) -> list[str]:
        parts = [f"{name} {part}" for part in DATE_PARTS for name in self.columns]
        return [*parts, *(f"{self.columns[at]} missing" for at in self.indicated)]

    def sentence(self) -> str:
        return "missing → median; time, season, weekday and hour as numbers, standardised"

    @classmethod
    def fit_forms(cls, columns: list[str], table: Table, forms: list[str | None]) -> Self:
        seconds = {
            name: as_dates(name, table[name], form)
            for name, form in zip(columns, forms, strict=True)
        }
        plain = Numbers.fit(columns, seconds)
        fitted = cls(columns, plain.fill, [], [], plain.indicated, forms)
        X = plain.raw(seconds)
        fitted.take_scale(np.where(np.isnan(X), plain.fill, X))
        return fitted
