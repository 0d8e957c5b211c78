"""The history of a training: loss and metrics after each epoch, and their picture."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from pellucid.extras import needed
from pellucid.layers.noise import Chance
from pellucid.layers.normalisation import BatchNormalization
from pellucid.networks.network import Network
from pellucid.training.callbacks.base import Callback, Logs

#: Told apart by colour-blind readers, and legible on white and on black.
TRAINING, VALIDATION, AGAIN = "#1f88d2", "#e06c00", "#7d5fd3"
#: before the name of a quantity that was measured on the training rows by weights that stand still
HONEST = "honest_"
MOVING = "the weights move on from step to step while it is measured"
#: why else a step measures otherwise than the network predicts, by the kind of a layer
REASONS = {
    Chance: "dropout and noise are at work only while training",
    BatchNormalization: "batch normalization goes by the batch while training",
}


class History(Callback):
    """What `fit` returns: `history` (a list per quantity), `epoch`, `seconds` and `params`.

    `measured` has the epochs of each quantity, which are fewer where validation is not after each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.seconds: list[float] = []
        self.measured: dict[str, list[int]] = {}
        self._began = 0.0

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        if model is not None:
            model.history = self

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        self.seconds.append(time.perf_counter() - self._began)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
            self.measured.setdefault(name, []).append(epoch)

    def to_keep(self) -> dict[str, Any]:
        """The history as plain data, which `go_on_from` takes back."""
        return {
            "history": self.history,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "measured": self.measured,
        }

    def go_on_from(self, kept: dict[str, Any]) -> None:
        """Go on from an earlier history."""
        self.epoch = [int(epoch) for epoch in kept["epoch"]]
        self.seconds = [float(value) for value in kept["seconds"]]
        self.history = {
            str(name): [float(value) for value in values]
            for name, values in kept["history"].items()
        }
        self.measured = {
            name: [int(epoch) for epoch in kept["measured"][name]] for name in self.history
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw each quantity over the epochs, training and validation together.

        Returns the Axes; with several quantities, an array of one Axes for each. `ax` is as many
        Axes to draw on.
        """
        quantities = self._quantities()
        panels = _panels(ax, quantities)
        for panel, quantity in zip(panels.flat, quantities, strict=True):
            self._draw(panel, quantity)
        return panels.flat[0] if panels.size == 1 else panels

    def _quantities(self) -> list[str]:
        names = list(dict.fromkeys(map(quantity_of, self.history)))
        if not names:
            raise ValueError("there is nothing to plot yet: train first, with fit(x, y)")
        return names

    def _draw(self, panel: Any, quantity: str) -> None:
        curves = (
            (quantity, "training", TRAINING, "-"),
            (f"{HONEST}{quantity}", "training, measured again", AGAIN, "-."),
            (f"val_{quantity}", "validation", VALIDATION, "--"),
        )
        for name, label, colour, style in curves:
            values = self.history.get(name)
            if values:
                epochs = [epoch + 1 for epoch in self.measured[name]]
                mark = "o" if len(values) < 20 else ""
                panel.plot(epochs, values, style, marker=mark, ms=4, color=colour, label=label)
        panel.set(xlabel="epoch", ylabel=quantity.replace("_", " "))
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.legend()
        if f"{HONEST}{quantity}" in self.history:
            reasons = ";\n".join(why_they_differ(self.model))
            panel.set_title(f"measured again, training differs: {reasons}", size=7, loc="left")

    def __repr__(self) -> str:
        return f"<History of {len(self.epoch)} epochs: {', '.join(self.history)}>"


def quantity_of(name: str) -> str:
    """What a name of the history measures, on whatever rows and however."""
    return name.removeprefix("val_").removeprefix(HONEST)


def _panels(ax: Any, quantities: list[str]) -> Any:
    """An array of as many Axes as there are quantities."""
    plt = needed("matplotlib.pyplot", "standard", "history.plot()")
    count = len(quantities)
    if ax is None:
        size = (4.8 * count, 3.6)
        return plt.subplots(1, count, figsize=size, layout="constrained", squeeze=False)[1][0]
    panels = np.atleast_1d(np.asarray(ax, dtype=object))
    if panels.size != count:
        raise ValueError(
            f"history.plot got {panels.size} Axes for {count} quantities "
            f"({', '.join(quantities)}): figure, ax = plt.subplots(1, {count})"
        )
    return panels


def why_they_differ(network: object) -> list[str]:
    """What makes the running mean of an epoch another number than a look at its end."""
    held = every_layer(network) if isinstance(network, Network) else []
    kinds = {type(layer) for layer in held}
    found = [why for kind, why in REASONS.items() if any(issubclass(each, kind) for each in kinds)]
    return [MOVING, *found]


def every_layer(network: Network) -> list[object]:
    """The layers, those of networks within too."""
    found: list[object] = []
    for layer in network.layers:
        found += every_layer(layer) if isinstance(layer, Network) else [layer]
    return found
