"""Pictures of surfaces: what a network says over two columns, and the loss over its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.lenses import Boundary, LossLine, LossPlane
from pellucid.plots.style import AMOUNTS, COLOURS, GUIDE, axes, label, pyplot

#: how the rows of a class are marked
MARKS = "osD^vPX"
#: between two classes, and lines on dark colours
PALE = "#f2f2f2"


def boundary(
    found: Boundary,
    x: Any = None,
    y: Any = None,
    names: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    ax: Any = None,
) -> Any:
    """What the network says over two columns: a region for each class, or the output as a colour.

    `x` and `y` are rows to draw on it; `names` those of the columns, `classes` of the classes.
    """
    ax = axes(ax, (5.2, 4.2))
    several = found.outputs.shape[-1] > 1
    (_regions if several else _heights)(ax, found)
    if x is not None:
        _points(ax, found, np.asarray(x), None if y is None else np.ravel(y), classes)
    for axis, column in zip("xy", found.columns, strict=True):
        ax.set(
            **{f"{axis}label": label(names[column]) if names is not None else f"column {column}"}
        )
    return ax


def _regions(ax: Any, found: Boundary) -> None:
    from matplotlib.colors import ListedColormap

    winner, count = found.outputs.argmax(axis=-1), found.outputs.shape[-1]
    palette = ListedColormap([COLOURS[at % len(COLOURS)] for at in range(count)])
    ax.pcolormesh(
        found.across,
        found.up,
        winner,
        cmap=palette,
        vmin=-0.5,
        vmax=count - 0.5,
        alpha=0.3,
        linewidth=0,
        rasterized=True,
    )
    for at in range(count):
        inside = (winner == at).astype(float)
        if 0 < inside.mean() < 1:
            ax.contour(found.across, found.up, inside, [0.5], colors=GUIDE, linewidths=0.8)


def _heights(ax: Any, found: Boundary) -> None:
    heights = found.outputs[..., 0]
    if heights.min() < 0 or heights.max() > 1:
        drawn = ax.pcolormesh(found.across, found.up, heights, cmap=AMOUNTS, rasterized=True)
    else:
        from matplotlib.colors import LinearSegmentedColormap

        two = LinearSegmentedColormap.from_list("two classes", [COLOURS[0], PALE, COLOURS[1]])
        drawn = ax.pcolormesh(
            found.across, found.up, heights, cmap=two, vmin=0, vmax=1, alpha=0.6, rasterized=True
        )
        ax.contour(found.across, found.up, heights, [0.5], colors=GUIDE, linewidths=1.4)
    ax.figure.colorbar(drawn, ax=ax, label="output")


def _points(
    ax: Any, found: Boundary, x: np.ndarray, y: np.ndarray | None, classes: Sequence[str] | None
) -> None:
    for at, value in enumerate([None] if y is None else np.unique(y)[: len(MARKS)]):
        rows = x if y is None else x[y == value]
        name = (
            "rows"
            if value is None
            else f"class {value:g}"
            if classes is None
            else classes[int(value)]
        )
        ax.scatter(
            rows[:, found.columns[0]],
            rows[:, found.columns[1]],
            18,
            marker=MARKS[at],
            color=COLOURS[at % len(COLOURS)],
            edgecolors="#1a1a1a",
            linewidths=0.5,
            label=label(name),
        )
    ax.legend(fontsize=8, loc="upper left")


def loss_line(found: LossLine, ax: Any = None) -> Any:
    """The loss along a line; where the network stands is marked."""
    ax = axes(ax)
    ax.plot(found.at, found.loss, color=COLOURS[0])
    ax.axvline(0, color=GUIDE, linestyle=":", label="the network")
    ax.set(xlabel="share of the way", ylabel="loss")
    ax.legend()
    return ax


def loss_plane(found: LossPlane, ax: Any = None) -> Any:
    """The loss over a plane, as heights on a map; a cross marks where the network stands."""
    ax = axes(ax, (5.0, 4.0))
    finite = np.ma.masked_invalid(found.loss)
    lowest = max(float(finite.min()), 1e-12)
    levels = np.geomspace(lowest, max(float(finite.max()), lowest * 1.01), 14)
    norm = pyplot().matplotlib.colors.LogNorm(levels[0], levels[-1])
    drawn = ax.contourf(
        found.across, found.up, np.maximum(finite, lowest), levels, norm=norm, cmap=AMOUNTS
    )
    ax.contour(
        found.across, found.up, np.maximum(finite, lowest), levels, colors=PALE, linewidths=0.3
    )
    bar = ax.figure.colorbar(drawn, ax=ax, label="loss", ticks=levels[::3])
    bar.ax.set_yticklabels([f"{level:.3g}" for level in levels[::3]])
    ax.plot(0, 0, "+", color=PALE, ms=12, mew=2)
    ax.set(xlabel="share of one direction", ylabel="share of the other")
    return ax
