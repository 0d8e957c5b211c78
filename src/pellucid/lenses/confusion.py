"""Which rows are taken for what: the confusion of classes, with the rows that make it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.foreign import brief
from pellucid.lenses.asking import of_a_network

if TYPE_CHECKING:
    from rich.table import Table

    from pellucid.models import Model

#: the most columns of the data that a table shows
COLUMNS = 8


class Confusion:
    """The true class of each row, the one that it was taken for, and all probabilities.

    `counts[t, g]` rows of class t were taken for g; `rows(t, g)` are these, the surest first.
    """

    def __init__(self, truth: np.ndarray, probabilities: np.ndarray, names: Sequence[str]):
        self.truth, self.probabilities, self.names = truth, probabilities, list(names)
        self.guess = probabilities.argmax(axis=1)
        self.sure = probabilities.max(axis=1)
        self.counts = np.zeros((len(names),) * 2, int)
        np.add.at(self.counts, (truth, self.guess), 1)

    @property
    def mistakes(self) -> np.ndarray:
        """The rows that were taken for another class, the surest first."""
        return self.surest(self.guess != self.truth)

    def rows(self, true: int | None = None, guess: int | None = None) -> np.ndarray:
        """The rows of a class, or taken for a class, or both, the surest first."""
        chosen = np.ones(len(self.truth), bool)
        for classes, asked in ((self.truth, true), (self.guess, guess)):
            if asked is not None:
                chosen &= classes == self.known(asked)
        return self.surest(chosen)

    def known(self, number: int) -> int:
        if not 0 <= number < len(self.names):
            raise ValueError(f"there is no class {number}; they go from 0 to {len(self.names) - 1}")
        return number

    def surest(self, chosen: np.ndarray) -> np.ndarray:
        rows = np.flatnonzero(chosen)
        return rows[np.argsort(-self.sure[rows], kind="stable")]

    def words(self, row: int) -> str:
        """A row in three words: a 4, taken for 9, 98 % sure."""
        true, guess = self.names[self.truth[row]], self.names[self.guess[row]]
        taken = "rightly so" if true == guess else f"taken for {guess}"
        return f"{true}, {taken}\n{self.sure[row]:.0%} sure"

    def table(
        self, rows: Sequence[int] | None = None, x: Any = None, columns: Sequence[str] = ()
    ) -> Table:
        """Rows, by default the mistakes, as a table; with `x`, their first numbers as well."""
        from rich.table import Table

        shown = self.mistakes if rows is None else rows
        flat = None if x is None else np.asarray(x).reshape(len(x), -1)[:, :COLUMNS]
        headings = columns or [f"[{at}]" for at in range(0 if flat is None else flat.shape[1])]
        table = Table("row", "true", "taken for", "how sure", *headings[:COLUMNS], box=None)
        for row in shown:
            numbers = () if flat is None else (f"{number:.5g}" for number in flat[row])
            classes = (brief(self.names[at]) for at in (self.truth[row], self.guess[row]))
            table.add_row(str(row), *classes, f"{self.sure[row]:.1%}", *numbers)
        return table

    def __repr__(self) -> str:
        wrong = len(self.mistakes)
        return f"<Confusion of {len(self.truth):,} rows, {wrong:,} taken for another class>"


@of_a_network
def confusion(net: Model, x: Any, y: Any, names: Sequence[str] | None = None) -> Confusion:
    """What a network takes each row for; `y` are class numbers or one-hot rows."""
    p = per_class(np.asarray(net.predict(x, verbose=0)))
    truth, count = class_numbers(y), p.shape[1]
    if len(truth) != len(p):
        raise ValueError(f"y has {len(truth):,} rows and x has {len(p):,}: give a class for each")
    if truth.min(initial=0) < 0 or truth.max(initial=0) >= count:
        raise ValueError(
            f"y has classes from {truth.min()} to {truth.max()}; the network gives probabilities "
            f"of {count} classes, numbered from 0"
        )
    if names is not None and len(names) != count:
        raise ValueError(f"names has {len(names)} for {count} classes: give one for each")
    known = names or net.class_names or [str(at) for at in range(p.shape[1])]
    return Confusion(truth, p, known)


def class_numbers(y: Any) -> np.ndarray:
    """The class of each row, of class numbers or one-hot rows."""
    truth = np.asarray(y)
    if any(isinstance(each, str) for each in truth.flat[:1]):
        raise TypeError(
            "y holds names, expected class numbers or one-hot rows: "
            "np.unique(y, return_inverse=True)[1] numbers names in their order"
        )
    if truth.ndim > 1 and truth.shape[-1] > 1:
        truth = truth.argmax(axis=-1)
    return truth.reshape(-1).astype(int)


def per_class(outputs: np.ndarray) -> np.ndarray:
    """The probability of each class, of one sigmoid too."""
    p = outputs.astype(np.float64).reshape(len(outputs), -1)
    p = np.concatenate([1 - p, p], axis=1) if p.shape[1] == 1 else p
    if p.size and (p.min() < 0 or np.abs(p.sum(axis=1) - 1).max() > 1e-3):
        raise ValueError(
            "the outputs are no probabilities of classes, which are 0 or more and add up to 1: "
            "end the network with a softmax, or with one sigmoid unit"
        )
    return p
