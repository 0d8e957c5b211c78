"""A network that was read from a file, and the rows that it was trained on."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.models.sequential import Sequential
from pellucid.play.asking import RefusedError
from pellucid.play.choices import Choices, DataChoice
from pellucid.play.rows import Data, Part

Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Given:
    """The network as it is in its file, its rows, and how many of them make a batch."""

    net: Sequential
    rows: Data
    batch: int

    @property
    def choices(self) -> Choices:
        """What stands for it among the choices: its layers are its own."""
        return Choices(self.rows.choice, (), batch=self.batch, rate=self.rate)

    @property
    def rate(self) -> float:
        return float(self.net.optimizer.rate(self.net.engine.memory.steps))

    def network(self, choices: Choices) -> Sequential:
        """The network again, as it is in its file; its learning rate may be another."""
        own = self.choices
        if (choices.layers, choices.optimizer, choices.seed) != (
            own.layers,
            own.optimizer,
            own.seed,
        ):
            raise RefusedError(
                "the network is that of a file: its layers, optimizer and seed are its own. "
                "Choose other data for another network"
            )
        net = copy.deepcopy(self.net)
        if choices.rate != self.rate:
            net.optimizer.learning_rate = choices.rate
        return net


def given(
    net: Sequential,
    name: str,
    train: Arrays,
    test: Arrays,
    inputs: Sequence[str],
    batch: int,
    largest: float = 1.0,
) -> Given:
    """A network with the rows that it was trained on; white has the number `largest` in them."""
    x, y = train
    if len(net.inputs) > 1 or x.ndim > 3:
        raise RefusedError(f"{name} reads several inputs, or colours: the playground shows neither")
    if net.optimizer.average is not None:
        raise RefusedError(f"{name} is trained with averaged weights, which cannot be gone back to")
    rows = Data(
        DataChoice("model", file=name, test=0.0),
        Part(x, y, x.reshape(len(x), -1)[:, :2]),
        Part(*test, test[0].reshape(len(test[0]), -1)[:, :2]),
        net.class_names,
        list(inputs),
        [],
        (x.shape[1], x.shape[2]) if x.ndim == 3 else None,
        largest=largest,
    )
    return Given(net, rows, batch)
