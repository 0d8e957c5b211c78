"""What is to be predicted: one of some classes, or a number."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from pellucid.foreign import LONGEST_NAME, brief, quoted
from pellucid.preprocessing.kinds import SKEWED, as_numbers, as_text, skewness
from pellucid.preprocessing.suiting import check_settings
from pellucid.preprocessing.tables import missing
from pellucid.settings import Named, nearest

#: whole numbers of which there are at most so many are taken for classes
FEW_CLASSES = 20


class Target(Named, family="target"):
    """A column to predict."""

    column: str

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        check_settings(cls, config)
        return super().from_config(config)

    def encode(self, values: np.ndarray) -> np.ndarray:
        """The column as the network is trained on it."""
        raise NotImplementedError

    def decode(self, outputs: np.ndarray) -> np.ndarray:
        """The outputs of the network as values of the column."""
        raise NotImplementedError

    def sentence(self) -> str:
        raise NotImplementedError


class Classes(Target):
    """One of some classes, numbered in the order of `names`."""

    column: str
    names: list[str]

    def encode(self, values: np.ndarray) -> np.ndarray:
        place = {name: at for at, name in enumerate(self.names)}
        text = as_text(values)
        new = sorted({str(value) for value in text if value not in place})
        if new:
            raise ValueError(
                f"column {quoted(self.column)} has the class {quoted(new[0])}, which was not "
                f"there in training; {nearest(new[0], self.names)}"
            )
        return np.array([place[value] for value in text], dtype=np.int64)

    def decode(self, outputs: np.ndarray) -> np.ndarray:
        return np.array(self.names, dtype=object)[self.probabilities(outputs).argmax(axis=1)]

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """One column for each class, also where the network gives the second alone."""
        if outputs.shape[1] == 1 and len(self.names) == 2:
            return np.concatenate([1 - outputs, outputs], axis=1)
        return outputs

    def sentence(self) -> str:
        shown = ", ".join(brief(name, LONGEST_NAME) for name in self.names[:10]) + (
            ", …" if len(self.names) > 10 else ""
        )
        return f"classification of {quoted(self.column)} into {len(self.names)} classes: {shown}"


class Quantity(Target):
    """A number: Z = (y − mean) / scale, of log(1 + y) where it is skewed."""

    column: str
    mean: float
    scale: float
    logarithm: bool = False

    def encode(self, values: np.ndarray) -> np.ndarray:
        y = as_numbers(self.column, values)
        y = np.log1p(np.maximum(y, 0)) if self.logarithm else y
        return ((y - self.mean) / self.scale).astype(np.float32)

    def decode(self, outputs: np.ndarray) -> np.ndarray:
        y = outputs.reshape(-1).astype(np.float64) * self.scale + self.mean
        return np.expm1(np.minimum(y, 700.0)) if self.logarithm else y

    def sentence(self) -> str:
        scaled = "skewed, so log(1 + y) is standardised" if self.logarithm else "standardised"
        return f"regression of {quoted(self.column)}, {scaled}"

    @classmethod
    def fit(cls, column: str, values: np.ndarray) -> Self:
        from sklearn.preprocessing import StandardScaler

        y = as_numbers(column, values)
        logarithm = bool(y.min() >= 0) and skewness(y) > SKEWED
        scaler = StandardScaler().fit((np.log1p(y) if logarithm else y)[:, None])
        return cls(column, float(scaler.mean_[0]), float(scaler.scale_[0]), logarithm)


def task_of(column: str, values: np.ndarray) -> str:
    """Whether a column asks for "classification" or "regression"."""
    known = values[~missing(values)]
    if len(known) == 0:
        raise ValueError(f"the target {quoted(column)} has no values; choose another with --target")
    if values.dtype.kind == "M":
        raise ValueError(
            f"the target {quoted(column)} holds dates; choose a column of numbers or classes"
        )
    if values.dtype.kind != "f":
        return "classification"
    distinct = len(np.unique(known))
    whole = bool((known == np.floor(known)).all())
    few = distinct <= FEW_CLASSES and distinct <= max(2, len(known) // 5)
    return "classification" if whole and few else "regression"


def classes_of(column: str, values: np.ndarray) -> Classes:
    """The classes of a column: numbers in their order, text in that of the alphabet."""
    names = sorted(set(as_text(values[~missing(values)])), key=_order)
    if len(names) < 2:
        only = quoted(names[0]) if names else "missing"
        raise ValueError(
            f"the target {quoted(column)} is always {only}; expected two classes or more"
        )
    if len(names) > max(200, len(values) // 10) or len(names) == len(values):
        raise ValueError(
            f"the target {quoted(column)} has {len(names)} different texts in {len(values)} "
            "rows, too many for classes; choose another column with --target"
        )
    return Classes(column, names)


def _order(name: str) -> tuple[float, str]:
    try:
        return float(name), name
    except ValueError:
        return float("inf"), name


def guess_target(names: Any) -> tuple[str, str]:
    """The column that is likely meant as the target, and why."""
    usual = ("target", "label", "class", "y")
    found = next((name for each in usual for name in names if name.lower() == each), None)
    last = list(names)[-1]
    if found:
        return found, f"the column called {quoted(found)}"
    return last, f"the last column, {quoted(last)}"
