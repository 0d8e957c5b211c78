"""Preparations: from raw rows to what a network reads, fitted once and kept with the model."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from pellucid.extras import needed
from pellucid.foreign import LONGEST_NAME, brief, quoted
from pellucid.preprocessing.categories import Categories, ManyCategories
from pellucid.preprocessing.encodings import Dates, Encoding, Numbers, SkewedNumbers
from pellucid.preprocessing.kinds import Seen, kind_of
from pellucid.preprocessing.suiting import check_settings
from pellucid.preprocessing.tables import Table, as_table, rows_of
from pellucid.preprocessing.targets import Classes, Quantity, Target, classes_of, task_of
from pellucid.settings import Named, nearest


class Preparation(Named, family="preparation"):
    """What is done to raw rows before a network reads them, and with its outputs after."""

    target: Target
    #: "table" or "pictures"
    kind: ClassVar[str]

    def transform(self, raw: Any) -> np.ndarray:
        """What the network reads."""
        raise NotImplementedError

    def nothing(self) -> Any:
        """One raw row in which nothing is said."""
        raise NotImplementedError

    def notes(self, raw: Any) -> list[str]:
        """What is odd about these rows."""
        return []

    def sentences(self) -> list[str]:
        """What is done, line by line."""
        raise NotImplementedError


def preparation_for(network: Any, described: Any) -> Preparation:
    """A preparation as a file describes it, if it leads from rows into this network and out of it.

    It is tried on a row that says nothing.
    """
    preparation = Preparation.get(described)
    shapes = [tensor.shape[1:] for tensor in (*network.inputs, *network.outputs)]
    with np.errstate(all="ignore"):
        prepared = preparation.transform(preparation.nothing())
        preparation.target.decode(np.zeros((1, *shapes[-1])))
    if len(shapes) != 2 or prepared.shape[1:] != shapes[0]:
        raise ValueError(f"its preparation makes rows of shape {prepared.shape[1:]}")
    return preparation


class TablePreparation(Preparation):
    """A table's columns, encoded by their kinds; `dropped` says which are left out, and why."""

    kind = "table"
    target: Target
    encodings: list[Encoding]
    dropped: dict[str, str]

    @property
    def columns(self) -> list[str]:
        return [name for encoding in self.encodings for name in encoding.columns]

    def transform(self, raw: Any) -> np.ndarray:
        table = self._with_columns(as_table(raw))
        with np.errstate(all="ignore"):
            parts = [encoding.encode(table) for encoding in self.encodings]
            X = np.concatenate(parts, axis=1).astype(np.float32)
        self._check_finite(X)
        return X

    def nothing(self) -> Table:
        return {name: np.array([None], dtype=object) for name in self.columns}

    def notes(self, raw: Any) -> list[str]:
        table = as_table(raw)
        return [word for encoding in self.encodings for word in encoding.unseen(table)]

    def sentences(self) -> list[str]:
        lines = [self.target.sentence()]
        lines += [f"{shown(each.columns)}: {each.sentence()}" for each in self.encodings]
        reasons: dict[str, list[str]] = {}
        for name, why in self.dropped.items():
            reasons.setdefault(why, []).append(name)
        return lines + [f"{shown(names)}: left out, {why}" for why, names in reasons.items()]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        check_settings(cls, config)
        encodings = [Encoding.get(each) for each in config["encodings"]]
        return cls(Target.get(config["target"]), encodings, config["dropped"])

    def _check_finite(self, X: np.ndarray) -> None:
        if not np.isfinite(X).all():
            row, at = np.argwhere(~np.isfinite(X))[0].tolist()
            features = [name for each in self.encodings for name in each.features()]
            raise ValueError(
                f"row {row} is too far from what training had in {quoted(features[at])}. Correct "
                "it, or leave the cell empty"
            )

    def _with_columns(self, table: Table) -> Table:
        absent = [name for name in self.columns if name not in table]
        if absent:
            given = [name for name in table if name != self.target.column]
            raise ValueError(
                f"the table lacks {shown(absent)}, which the network was trained on. "
                f"Add {'it' if len(absent) == 1 else 'them'}, with empty cells where nothing is "
                f"known; {nearest(absent[0], given)}"
            )
        return table


class PicturePreparation(Preparation):
    """Pictures of one shape, as they are; the network scales them itself.

    `largest` is the value of white, `mean` and `deviation` are those of all pixels to train on;
    `centred` pictures are drawings laid out as MNIST's are.
    """

    kind = "pictures"
    target: Target
    shape: list[int]
    largest: int
    mean: float
    deviation: float
    centred: bool

    def transform(self, raw: Any) -> np.ndarray:
        pictures = np.asarray(raw)
        if pictures.shape[1:] != tuple(self.shape):
            raise ValueError(
                f"the network was trained on pictures of shape {tuple(self.shape)}, got "
                f"{pictures.shape[1:]}. Give picture files: they are brought to that shape"
            )
        return pictures

    def nothing(self) -> np.ndarray:
        return np.zeros((1, *self.shape))

    def sentences(self) -> list[str]:
        size = " × ".join(map(str, self.shape))
        return [self.target.sentence(), f"pictures: {size}, standardised in the network"]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        check_settings(cls, config)
        return cls(**config | {"target": Target.get(config["target"])})


def fit(
    table: Any, target: str, task: str | None = None, seed: int = 0, classes: Classes | None = None
) -> tuple[TablePreparation, np.ndarray, np.ndarray]:
    """Fit a preparation on rows to train on; gives it, and these rows as X and y.

    `task` is "classification" or "regression", inferred if None. `classes` are known beforehand
    where other rows have more of them than these.
    """
    needed("sklearn.preprocessing", "standard", "fitting a table")
    table = as_table(table)
    values = table[target]
    if (task or task_of(target, values)) == "regression":
        goal: Target = Quantity.fit(target, values)
        kind = "continuous"
    else:
        goal = classes or classes_of(target, values)
        kind = "binary" if len(goal.names) == 2 else "multiclass"
    y = goal.encode(values)
    kinds = {name: kind_of(name, column) for name, column in table.items() if name != target}
    encodings, X = fit_all(kinds, table, y, kind, seed)
    if not encodings:
        raise ValueError(
            f"no column is left to learn from: {_reasons(kinds)}. Give the table more columns"
        )
    dropped = {name: seen.why for name, seen in kinds.items() if seen.kind == "dropped"}
    assert len(X) == rows_of(table)
    return TablePreparation(goal, encodings, dropped), X.astype(np.float32), y


def fit_all(
    kinds: dict[str, Any], table: Table, y: np.ndarray, target_kind: str, seed: int
) -> tuple[list[Encoding], np.ndarray]:
    """An encoding for each kind of column, and the features of these rows."""

    def of(kind: str) -> list[str]:
        return [name for name, seen in kinds.items() if seen.kind == kind]

    encodings: list[Encoding] = []
    if of("numbers"):
        encodings.append(Numbers.fit(of("numbers"), table))
    if of("skewed"):
        encodings.append(SkewedNumbers.fit(of("skewed"), table))
    if dates := of("dates"):
        encodings.append(Dates.fit_forms(dates, table, [kinds[name].form for name in dates]))
    if of("categories"):
        encodings.append(Categories.fit(of("categories"), table))
    parts = [encoding.encode(table) for encoding in encodings]
    if many := of("many categories"):
        fitted, features = ManyCategories.fit_target(many, table, y, target_kind, seed)
        encodings.append(fitted)
        parts.append(features)
    return encodings, np.concatenate(parts, axis=1) if parts else np.empty((len(y), 0))


def shown(names: list[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(brief(name, LONGEST_NAME) for name in names[:6]) + more


def _reasons(kinds: dict[str, Seen]) -> str:
    reasons = [f"{shown([name])}: {seen.why}" for name, seen in kinds.items()]
    more = "; …" if len(reasons) > 6 else ""
    return "; ".join(reasons[:6]) + more or "there is none"
