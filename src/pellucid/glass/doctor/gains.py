"""How much better one outcome is than another, row by row, and how sure that is."""

from __future__ import annotations

import math

import numpy as np

from pellucid.glass.doctor.runs import Outcome

#: from this share of the room on, no second opinion is asked for
OVERWHELMING = 0.5
#: the squared error, in variances of the targets, of a network that has run away
FAR_OFF = 1.0


def overwhelming(before: Outcome, gain: float, figure: str) -> bool:
    return not before.worked or gain > OVERWHELMING * max(1 - before.mean(figure), 0.1)


def ran_away(before: Outcome, figure: str) -> bool:
    """Whether numbers are missed by more than their own size, by a few rows more than by others.

    Such a mean says nothing of its error.
    """
    return figure == "numbers" and before.mean(figure) < -FAR_OFF


def difference(before: Outcome, after: Outcome, figure: str) -> tuple[float, float]:
    """The mean gain on the rows that both were judged on, and its standard error."""
    assert before.rows is not None
    assert after.rows is not None
    rows = np.intersect1d(before.rows, after.rows)
    gains = after.each(figure, rows) - before.each(figure, rows)
    error = float(gains.std() / math.sqrt(max(1, len(gains))))
    return float(gains.mean()), max(error, of_folds(after, rows, gains))


def of_folds(after: Outcome, rows: np.ndarray, gains: np.ndarray) -> float:
    """The standard error by how much folds differ: rows that one network is judged on go together.

    0 where there are no folds.
    """
    if not after.folds:
        return 0.0
    means = [float(gains[np.isin(rows, each)].mean()) for each in after.folds]
    return float(np.std(means) / math.sqrt(len(means)))
