"""A drawing of a network with its values: units coloured by value, lines by weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.foreign import brief
from pellucid.models.seeing import Seeing
from pellucid.plots.diagram import Column, Diagram, Link, diagram
from pellucid.plots.style import GUIDE, SIGNED, axes, pyplot

#: lines between two columns; of more weights, the largest are drawn
MOST_LINES = 160
#: how far apart columns are, how high a picture is, and the radius of a unit; units are 1 apart
APART, PICTURE, RADIUS = 5.0, 3.4, 0.36
#: how high a line of the notes below is
NOTE = 0.5

Places = dict[tuple[str, int], tuple[float, float]]


def network(net: Seeing, x: Any, most: int = 10, ax: Any = None) -> Any:
    """A network with its values for one row, `x[0]`.

    Orange stands for less than 0, purple for more, grey for 0. Of a layer with more than `most`
    units those with the largest values are drawn, and said how many more there are; a picture is
    drawn as one.
    """
    found = diagram(net, x, most)
    depths = [each.depth for each in found.columns.values()]
    tall, wide = max(height_at(found, depth) for depth in depths), max(depths) + 1
    ax = axes(ax, (1.2 + 1.9 * wide, min(1.3 + 0.42 * tall, 9.0)))
    middles = middle_of_each(found)
    places: Places = {}
    for name, column in found.columns.items():
        places |= draw(ax, column, middles[name], last_names(net, found, column))
    notes = [line_up(ax, link, found, middles, places) for link in found.links]
    words = list(filter(None, notes))
    ax.text(-PICTURE / 2, -tall / 2, "\n".join(words), fontsize=7, color=GUIDE, va="top")
    ax.set(
        aspect="equal",
        xlim=(-PICTURE / 2 - 0.3, APART * (wide - 1) + PICTURE / 2 + 0.3),
        ylim=(-tall / 2 - 0.3 - NOTE * len(words), tall / 2 + 0.3),
    )
    ax.axis("off")
    return ax


def height(column: Column) -> float:
    shown = len(column.shown)
    return shown * (PICTURE + 0.4) + 1.5 if column.is_picture else shown + 2.5


def height_at(found: Diagram, depth: int) -> float:
    return sum(height(each) for each in found.columns.values() if each.depth == depth)


def middle_of_each(found: Diagram) -> dict[str, tuple[float, float]]:
    """Where the middle of each column is; columns of the same depth stand one above the other."""
    middles = {}
    for depth in {each.depth for each in found.columns.values()}:
        columns = [each for each in found.columns.values() if each.depth == depth]
        top = height_at(found, depth) / 2
        for column in columns:
            middles[column.name] = (APART * depth, top - height(column) / 2)
            top -= height(column)
    return middles


def last_names(net: Seeing, found: Diagram, column: Column) -> list[str]:
    """The names of the classes, beside the outputs."""
    names = getattr(net, "class_names", None) or []
    is_last = all(link.start != column.name for link in found.links)
    return [brief(each, 16) for each in names] if is_last and len(names) == column.units else []


def draw(ax: Any, column: Column, middle: tuple[float, float], names: list[str]) -> Places:
    """A column with its heading; gives where each of its units is."""
    x, y = middle
    top = y + height(column) / 2 - 1.0
    ax.text(x, top + 0.45, heading(column), ha="center", va="bottom", fontsize=8)
    drawn = pictures if column.is_picture else units
    places = drawn(ax, column, x, top, names)
    if column.more:
        lowest = top - height(column) + 2.0
        what = "more maps" if column.is_picture else "more"
        ax.text(x, lowest, f"… {column.more:,} {what}", ha="center", va="top", fontsize=7)
    return places


def heading(column: Column) -> str:
    shape = "×".join(map(str, column.values.shape)) or "1"
    return f"{column.name.replace('$', '')}  ({shape})"


def units(ax: Any, column: Column, x: float, top: float, names: list[str]) -> Places:
    """Each unit as a disc with its value, and its number or name beside it."""
    values = column.values.astype(float).reshape(-1)
    limit = 1.0 if values.min() >= 0 and values.max() <= 1 else largest(values)
    behind = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "alpha": 0.8, "pad": 0.3}
    places: Places = {}
    for at, unit in enumerate(column.shown):
        y, face = top - at - 0.5, colours()(0.5 + 0.5 * values[unit] / limit)
        looks = {"facecolor": face, "edgecolor": GUIDE, "linewidth": 0.6}
        ax.add_patch(pyplot().Circle((x, y), RADIUS, zorder=3, **looks))
        letters(ax, x, y, short(values[unit]), "center", color=legible(face))
        side = RADIUS + 0.12 if names else -RADIUS - 0.08
        text, towards = (names[unit], "left") if names else (str(unit), "right")
        letters(ax, x + side, y, text, towards, bbox=behind)
        places[column.name, unit] = (x, y)
    return places


def letters(ax: Any, x: float, y: float, text: str, ha: str, **looks: Any) -> None:
    ax.text(x, y, text, ha=ha, va="center", fontsize=5.5, zorder=4, **looks)


def pictures(ax: Any, column: Column, x: float, top: float, names: list[str]) -> Places:
    """Each channel as a picture; gives where each of its pixels is."""
    values, places = column.values.astype(float), {}
    limit = largest(values)
    high, wide = values.shape[:2]
    size = PICTURE / max(high, wide)
    for at, channel in enumerate(column.shown):
        picture = values.reshape(high, wide, column.channels)[..., channel]
        left, upper = x - wide * size / 2, top - at * (PICTURE + 0.4)
        extent = (left, left + wide * size, upper - high * size, upper)
        ax.imshow(
            picture,
            cmap=SIGNED,
            vmin=-limit,
            vmax=limit,
            extent=extent,
            interpolation="nearest",
            zorder=3,
        )
        for row, across in np.ndindex(high, wide):
            unit = int(np.ravel_multi_index((row, across, channel), (high, wide, column.channels)))
            places[column.name, unit] = (left + (across + 0.5) * size, upper - (row + 0.5) * size)
    return places


def line_up(
    ax: Any, link: Link, found: Diagram, middles: dict[str, tuple[float, float]], places: Places
) -> str:
    """The lines from one column to the next; gives what has to be said of them."""
    if link.weights is None:
        arrow(ax, link, found, middles)
        return ""
    weights = link.weights.astype(float)
    known = np.zeros(weights.shape, bool)
    known[np.ix_(units_of(link.start, places), units_of(link.end, places))] = True
    chosen = np.flatnonzero(known)
    chosen = chosen[np.argsort(-np.abs(weights.flat[chosen]), kind="stable")][:MOST_LINES]
    colour, limit = colours(), largest(weights.flat[chosen])
    for at in chosen[::-1]:
        one, other = np.unravel_index(at, weights.shape)
        (x0, y0), (x1, y1) = places[link.start, int(one)], places[link.end, int(other)]
        share = weights[one, other] / limit
        ax.plot(
            [x0, x1],
            [y0, y1],
            color=colour(0.5 + 0.5 * share),
            zorder=1,
            linewidth=0.2 + 1.3 * abs(share),
            alpha=0.25 + 0.6 * abs(share),
        )
    if len(chosen) == weights.size:
        return ""
    return f"{link.start} to {link.end}: {len(chosen):,} of {weights.size:,} weights are drawn"


def arrow(ax: Any, link: Link, found: Diagram, middles: dict[str, tuple[float, float]]) -> None:
    """From one column to the next, with the name of the layer between them."""
    (x0, y0), (x1, y1) = middles[link.start], middles[link.end]
    x0 += half_width(found.columns[link.start])
    x1 -= half_width(found.columns[link.end])
    way = {"arrowstyle": "-|>", "color": GUIDE, "shrinkA": 2, "shrinkB": 2}
    ax.annotate("", (x1, y1), (x0, y0), arrowprops=way, zorder=1)
    words = brief(link.through, 24).replace("_", "\n")
    ax.text((x0 + x1) / 2, (y0 + y1) / 2 + 0.15, words, ha="center", va="bottom", fontsize=6)


def half_width(column: Column) -> float:
    if not column.is_picture:
        return RADIUS
    return PICTURE * column.values.shape[1] / max(column.values.shape[:2]) / 2


def units_of(name: str, places: Places) -> list[int]:
    return [unit for column, unit in places if column == name]


def colours() -> Any:
    return pyplot().get_cmap(SIGNED)


def largest(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0.0)) or 1.0


def legible(face: Any) -> str:
    """Dark letters on a light colour, light ones on a dark one."""
    red, green, blue = face[:3]
    return "#1a1a1a" if 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 else "#f2f2f2"


def short(value: float) -> str:
    written = f"{value:,.0f}" if 100 <= abs(value) < 1e5 else f"{value:.2g}"
    return written.replace("-", "−")
