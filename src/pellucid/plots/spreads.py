"""Pictures of how the outputs of layers are spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.plots.style import COLOURS, GUIDE, grid, label
from pellucid.training.callbacks.activations import Histogram

#: epochs that are drawn
MOST_EPOCHS = 8


def histograms(found: Mapping[str, Histogram], ax: Any = None) -> list[Any]:
    """How the outputs of each layer are spread; gives a list of Axes, one for each layer."""
    panels = _panels(ax, len(found))
    for panel, (name, each), colour in zip(
        panels, found.items(), COLOURS * len(found), strict=False
    ):
        panel.stairs(each.counts, each.edges, fill=True, color=colour, alpha=0.75)
        panel.set_title(f"{label(name)}{_ends(each)}", fontsize=9)
        panel.set(xlabel="value", ylabel="how many", yscale="symlog")
        panel.axvline(0, color=GUIDE, linewidth=0.8, linestyle=":")
    return panels


def spread(kept: Any, ax: Any = None) -> list[Any]:
    """What `callbacks.Activations` kept: a ridge for each epoch, the first at the top."""
    panels = _panels(ax, len(kept.histograms))
    chosen = np.unique(np.linspace(0, len(kept.epochs) - 1, MOST_EPOCHS).astype(int))
    for panel, (name, each), colour in zip(
        panels, kept.histograms.items(), COLOURS * len(panels), strict=False
    ):
        for place, at in enumerate(chosen[::-1]):
            _ridge(panel, each[at], place, colour)
        panel.set_yticks(range(len(chosen)), [str(kept.epochs[at]) for at in chosen[::-1]])
        panel.set_title(f"{label(name)}{_ends(each[chosen[-1]])}", fontsize=9)
        panel.set(xlabel="value", ylabel="epochs trained")
    return panels


def _ridge(panel: Any, each: Histogram, place: int, colour: str) -> None:
    """A histogram as a hill on its own line; the root makes small counts visible."""
    high = np.sqrt(each.counts / max(each.counts.max(), 1)) * 0.9
    middle = (each.edges[:-1] + each.edges[1:]) / 2
    panel.fill_between(middle, place, place + high, color=colour, alpha=0.75, zorder=-place)
    panel.plot(middle, place + high, color=GUIDE, linewidth=0.6, zorder=-place)


def _ends(each: Histogram) -> str:
    said = [f"{each.zeros:.0%} are 0"] if each.zeros >= 0.005 else []
    said += [f"{each.silent:.0%} of the units always"] if each.silent >= 0.005 else []
    return f":  {', '.join(said)}" if said else ""


def _panels(ax: Any, count: int) -> list[Any]:
    """Axes side by side, one for each layer."""
    if ax is None:
        panels = grid(count, min(count, 4), 2.6)
        for panel in panels:
            panel.axis("on")
        return panels
    panels = list(np.ravel(np.asarray(ax, dtype=object)))
    if len(panels) != count:
        raise ValueError(f"got {len(panels)} Axes for {count} layers")
    return panels
