"""Pictures of a training: its curves, and how large activations and gradients were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.plots.style import COLOURS, axes, label
from pellucid.training.history import AGAIN, HONEST, TRAINING, VALIDATION


def curve(history: Any, quantity: str = "loss", ax: Any = None) -> Any:
    """A quantity over the epochs, in training and validation; the best epoch is marked."""
    values = getattr(history, "history", history)
    ax = axes(ax)
    for name, part, colour, style in (
        (quantity, "training", TRAINING, "-"),
        (f"{HONEST}{quantity}", "training, measured again", AGAIN, "-."),
        (f"val_{quantity}", "validation", VALIDATION, "--"),
    ):
        if name in values:
            epochs = range(1, len(values[name]) + 1)
            ax.plot(epochs, values[name], style, color=colour, label=part)
    ax.set(xlabel="epoch", ylabel=label(quantity.replace("_", " ")))
    ax.xaxis.get_major_locator().set_params(integer=True)
    _mark_best(ax, values)
    ax.legend()
    return ax


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


def _mark_best(ax: Any, values: Mapping[str, Sequence[float]]) -> None:
    losses = values.get("val_loss")
    if losses:
        best = min(range(len(losses)), key=losses.__getitem__)
        ax.axvline(best + 1, color=COLOURS[-1], linewidth=1, linestyle=":", label="best epoch")
