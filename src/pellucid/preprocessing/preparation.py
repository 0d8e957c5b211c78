"""Preparations: from raw rows to what a network reads, fitted once and kept with the model."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from pellucid.extras import needed
from pellucid.foreign import LONGEST_NAME, brief
from pellucid.preprocessing.columns import Columns, Ways, fit_columns
from pellucid.preprocessing.encodings import Encoding
from pellucid.preprocessing.suiting import check_settings
from pellucid.preprocessing.tables import Table, as_table
from pellucid.preprocessing.targets import Classes, Quantity, Target, classes_of, task_of
from pellucid.settings import Named, nearest

#: what is done to the columns together, in words
SCALED = "each centred at its median, divided by its quartiles' distance, kept within (−3, 3)"


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
    """A table's columns, encoded by their kinds and scaled, as `Columns` says."""

    kind = "table"
    target: Target
    encodings: list[Encoding]
    dropped: dict[str, str]
    centre: list[float]
    factor: list[float]

    @property
    def encoded(self) -> Columns:
        return Columns(self.encodings, self.dropped, self.centre, self.factor)

    @property
    def columns(self) -> list[str]:
        return self.encoded.names

    def transform(self, raw: Any) -> np.ndarray:
        (X,) = self.encoded.inputs(self._with_columns(as_table(raw)))
        return X

    def nothing(self) -> Table:
        return {name: np.array([None], dtype=object) for name in self.columns}

    def notes(self, raw: Any) -> list[str]:
        table = as_table(raw)
        return [word for encoding in self.encodings for word in encoding.unseen(table)]

    def sentences(self) -> list[str]:
        lines = [f"{shown(names)}: {what}" for names, what in self.encoded.sentences()]
        return [self.target.sentence(), *lines, SCALED]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        check_settings(cls, config)
        encodings = [Encoding.get(each) for each in config["encodings"]]
        return cls(**config | {"target": Target.get(config["target"]), "encodings": encodings})

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
    others = {name: column for name, column in table.items() if name != target}
    columns, inputs = fit_columns(others, Ways(y, kind, seed))
    if not columns.encodings:
        raise ValueError(
            f"no column is left to learn from: {_reasons(columns.dropped)}. Give the table more "
            "columns"
        )
    return TablePreparation(goal, **columns.settings()), inputs[0], y


def shown(names: list[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(brief(name, LONGEST_NAME) for name in names[:6]) + more


def _reasons(dropped: dict[str, str]) -> str:
    reasons = [f"{shown([name])}: {why}" for name, why in dropped.items()]
    more = "; …" if len(reasons) > 6 else ""
    return "; ".join(reasons[:6]) + more or "there is none"
