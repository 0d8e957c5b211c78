"""Figures for recipes, made without a window: they are returned, and saved where asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.extras import needed

#: told apart by colour-blind readers
BLUE, ORANGE = "#0072b2", "#d55e00"


def figure(width: float, height: float) -> Any:
    """An empty figure, its size in inches."""
    figure = needed("matplotlib.figure", "standard", "the picture of a recipe")
    return figure.Figure(figsize=(width, height), layout="constrained")


def grid_of_images(
    rows: np.ndarray, titles: Sequence[str], columns: int, marked: Sequence[bool] | None = None
) -> Any:
    """Rows of pixels as square pictures with a title each; those marked have it in orange."""
    side = math.isqrt(rows.shape[1])
    lines = -(-len(rows) // columns)
    drawing = figure(1.3 * columns, 1.6 * lines)
    axes = drawing.subplots(lines, columns, squeeze=False).flat
    for ax in axes:
        ax.axis("off")
    axes = drawing.axes
    for number, (ax, row, title) in enumerate(zip(axes, rows, titles, strict=False)):
        colour = ORANGE if marked is not None and marked[number] else "black"
        ax.imshow(row.reshape(side, side), cmap="gray_r")
        ax.set_title(title, fontsize=9, color=colour)
    return drawing
