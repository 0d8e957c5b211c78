"""Colours that colour-blind readers tell apart, legible on white and on black; and the Axes."""

from __future__ import annotations

from typing import Any

from pellucid.extras import needed
from pellucid.foreign import brief

#: blue, orange, green, purple, sky, vermilion, grey: Okabe and Ito's, of middling lightness
COLOURS = ("#1f88d2", "#e06c00", "#009e73", "#b05fa0", "#56a4c9", "#d55e00", "#8a8a8a")
GUIDE = "#8a8a8a"
#: the most letters of a name beside a picture
LONGEST_LABEL = 24
#: from light to dark for amounts; from one hue through grey to another for signed numbers
AMOUNTS, SIGNED = "cividis", "PuOr"


def label(name: object) -> str:
    """A name as it is, no formula of matplotlib's."""
    return brief(name, LONGEST_LABEL).replace("$", r"\$")


def axes(ax: Any = None, size: tuple[float, float] = (4.8, 3.6)) -> Any:
    """`ax`, or new Axes of a size in inches."""
    if ax is not None:
        return ax
    return pyplot().subplots(figsize=size, layout="constrained")[1]


def grid(count: int, columns: int, size: float = 1.0) -> Any:
    """`count` Axes for pictures, row by row, and the empty ones after them hidden."""
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    figsize = (size * columns, size * rows)
    made = pyplot().subplots(rows, columns, figsize=figsize, layout="constrained", squeeze=False)
    panels = made[1].ravel().tolist()
    for panel in panels:
        panel.axis("off")
    return panels[:count]


def pyplot() -> Any:
    return needed("matplotlib.pyplot", "standard", "pellucid.plots")
