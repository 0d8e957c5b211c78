"""Pictures of what single columns, or pixels, are worth to a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.lenses import Dependence, Importance
from pellucid.plots.style import COLOURS, GUIDE, SIGNED, axes, label

#: bars of columns that are drawn
MOST_BARS = 16


def attribution(
    values: Any,
    shape: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
    picture: Any = None,
    ax: Any = None,
) -> Any:
    """What spoke for a number (purple) and against it (orange), of one row.

    A picture where the row is one, or `shape` says so, with the outline of `picture` where that is
    given; else bars of the largest.
    """
    row = np.asarray(values, float)
    row = row.reshape(shape) if shape is not None else row
    if row.ndim == 3:
        row = row.sum(axis=-1)
    if row.ndim != 2:
        return bars(row.reshape(-1), None, names, "what it adds", ax)
    ax = axes(ax, (4.2, 3.6))
    limit = float(np.abs(row).max()) or 1.0
    drawn = ax.imshow(row, cmap=SIGNED, vmin=-limit, vmax=limit, interpolation="nearest")
    if picture is not None:
        lit = np.asarray(picture, float).reshape(*row.shape, -1).mean(axis=-1)
        ax.contour(lit, [(lit.min() + lit.max()) / 2], colors=GUIDE, linewidths=1.0)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.figure.colorbar(drawn, ax=ax, label="against − … for +", shrink=0.85)
    return ax


def importance(found: Importance, names: Sequence[str] | None = None, ax: Any = None) -> Any:
    """How much worse it gets when each column is shuffled; a line shows the deviation."""
    words = f"how much worse: {found.quantity.replace('_', ' ')}"
    return bars(found.mean, found.deviation, names, words, ax)


def bars(
    values: np.ndarray,
    deviation: np.ndarray | None,
    names: Sequence[str] | None,
    words: str,
    ax: Any,
) -> Any:
    """The largest of some numbers, one for each column of a table."""
    chosen = np.argsort(-np.abs(values), kind="stable")[:MOST_BARS][::-1]
    ax = axes(ax, (4.8, 0.9 + 0.24 * len(chosen)))
    colours = [COLOURS[0] if values[at] >= 0 else COLOURS[1] for at in chosen]
    error = None if deviation is None else deviation[chosen]
    ax.barh(range(len(chosen)), values[chosen], xerr=error, color=colours, ecolor=GUIDE)
    known = [label(names[at]) if names is not None else f"column {at}" for at in chosen]
    ax.set_yticks(range(len(chosen)), known)
    ax.axvline(0, color=GUIDE, linewidth=0.8)
    more = len(values) - len(chosen)
    ax.set(xlabel=words + (f"  (… {more:,} more columns)" if more else ""))
    return ax


def dependence(found: Dependence, name: str = "", most: int = 40, ax: Any = None) -> Any:
    """The output as one column moves: thin lines are rows, the thick one their mean."""
    ax = axes(ax)
    for row in found.each[:: max(1, len(found.each) // most)]:
        ax.plot(found.at, row, color=GUIDE, linewidth=0.5, alpha=0.5)
    ax.plot(found.at, found.mean, color=COLOURS[0], linewidth=2.4, label="mean over the rows")
    ax.set(xlabel=label(name) if name else f"column {found.column}", ylabel="output")
    ax.legend(loc="upper right")
    return ax
