"""Pictures of a training: its curves, and how large activations and gradients were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.layers.noise import Chance
from pellucid.layers.normalisation import BatchNormalization
from pellucid.networks.network import Network, every_layer
from pellucid.plots.style import COLOURS, axes, label, pyplot
from pellucid.training.callbacks.base import HONEST

TRAINING, VALIDATION, AGAIN = *COLOURS[:2], "#7d5fd3"
#: how each curve of a quantity is drawn: what is before its name, what it is, colour and style
CURVES = (
    ("", "training", TRAINING, "-"),
    (HONEST, "training, measured again", AGAIN, "-."),
    ("val_", "validation", VALIDATION, "--"),
)
MOVING = "the weights move on from step to step while it is measured"
#: why else a step measures otherwise than the network predicts, by the kind of a layer
REASONS = {
    Chance: "dropout and noise are at work only while training",
    BatchNormalization: "batch normalization goes by the batch while training",
}


def curves(history: Any, ax: Any = None) -> Any:
    """Each quantity over the epochs: the Axes, or an array of them; `ax` is as many to draw on."""
    quantities = list(dict.fromkeys(map(quantity_of, history.history)))
    if not quantities:
        raise ValueError("there is nothing to plot yet: train first, with fit(x, y)")
    panels = _panels(ax, quantities)
    for panel, quantity in zip(panels.flat, quantities, strict=True):
        _draw(panel, history, quantity)
        panel.legend()
        if f"{HONEST}{quantity}" in history.history:
            reasons = ";\n".join(why_they_differ(history.model))
            panel.set_title(f"measured again, training differs: {reasons}", size=7, loc="left")
    return panels.flat[0] if panels.size == 1 else panels


def curve(history: Any, quantity: str = "loss", ax: Any = None) -> Any:
    """A quantity over the epochs, in training and validation; the best epoch is marked."""
    ax = axes(ax)
    _draw(ax, history, quantity)
    losses = _values(history).get("val_loss")
    if losses:
        best = _epochs(history, "val_loss")[int(np.argmin(losses))]
        ax.axvline(best, color=COLOURS[-1], linewidth=1, linestyle=":", label="best epoch")
    ax.legend()
    return ax


def quantity_of(name: str) -> str:
    """What a name of the history measures, on whatever rows and however."""
    return name.removeprefix("val_").removeprefix(HONEST)


def why_they_differ(network: object) -> list[str]:
    """What makes the running mean of an epoch another number than a look at its end."""
    held = every_layer(network) if isinstance(network, Network) else []
    kinds = {type(layer) for layer in held}
    found = [why for kind, why in REASONS.items() if any(issubclass(each, kind) for each in kinds)]
    return [MOVING, *found]


def sizes(
    epochs: Sequence[int], values: Mapping[str, Sequence[float]], what: str = "size", ax: Any = None
) -> Any:
    """√mean(v²) of several tensors over the epochs, by name, on a logarithmic scale."""
    ax = axes(ax)
    styles = ("-", "--", "-.", ":")
    for at, (name, each) in enumerate(values.items()):
        colour, style = COLOURS[at % len(COLOURS)], styles[at // len(COLOURS) % len(styles)]
        ax.plot(epochs, each, style, color=colour, label=label(name))
    if any(value > 0 for each in values.values() for value in each):
        ax.set_yscale("log")
    ax.set(xlabel="epoch", ylabel=what)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def _draw(panel: Any, history: Any, quantity: str) -> None:
    for before, part, colour, style in CURVES:
        values = _values(history).get(f"{before}{quantity}")
        if values:
            epochs = _epochs(history, f"{before}{quantity}")
            mark = "o" if len(values) < 20 else ""
            panel.plot(epochs, values, style, marker=mark, ms=4, color=colour, label=part)
    panel.set(xlabel="epoch", ylabel=label(quantity.replace("_", " ")))
    panel.xaxis.get_major_locator().set_params(integer=True)


def _values(history: Any) -> Mapping[str, Sequence[float]]:
    """The numbers of a history, or of a table like one."""
    return getattr(history, "history", history)


def _epochs(history: Any, name: str) -> list[int]:
    """The epochs, from 1, after which a quantity was measured."""
    measured = getattr(history, "measured", {})
    return [epoch + 1 for epoch in measured.get(name, range(len(_values(history)[name])))]


def _panels(ax: Any, quantities: list[str]) -> Any:
    """An array of as many Axes as there are quantities."""
    count = len(quantities)
    if ax is None:
        size = (4.8 * count, 3.6)
        return pyplot().subplots(1, count, figsize=size, layout="constrained", squeeze=False)[1][0]
    panels = np.atleast_1d(np.asarray(ax, dtype=object))
    if panels.size != count:
        raise ValueError(
            f"history.plot got {panels.size} Axes for {count} quantities "
            f"({', '.join(quantities)}): figure, ax = plt.subplots(1, {count})"
        )
    return panels
