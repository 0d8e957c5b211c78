"""The network of a playground: made from choices, as a script makes it; told to a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.foreign import quoted
from pellucid.layers import Dense
from pellucid.models.sequential import Sequential
from pellucid.optimizers import Optimizer
from pellucid.play.asking import RefusedError, short
from pellucid.play.choices import Choices, LayerChoice
from pellucid.play.rows import Data
from pellucid.randomness import undone
from pellucid.regularizers import L2
from pellucid.weights import Weight


def made(choices: Choices, data: Data) -> Sequential:
    """The network, ready to train: what `script` makes, from the same draws."""
    ending = data.ending
    with undone((choices.seed, 0)):
        net = Sequential([layers.Input((data.train.x.shape[1],))])
        for each in hidden(choices):
            net.add(each)
        net.add(Dense(ending.units, ending.activation))
        net.compile(optimizer(choices), ending.loss, metrics=list(ending.metrics))
    return net


def hidden(choices: Choices) -> Iterator[layers.Layer]:
    for each in choices.layers:
        penalty = L2(each.l2) if each.l2 else None
        yield Dense(
            each.units,
            each.activation,
            kernel_initializer=each.initializer,
            kernel_regularizer=penalty,
        )
        if each.dropout:
            yield layers.Dropout(each.dropout)


def optimizer(choices: Choices) -> Optimizer:
    given = dict(choices.optimizer)
    return Optimizer.find(given.pop("name"))(learning_rate=choices.rate, **given)


def script(choices: Choices, data: Data) -> list[str]:
    """The lines that make the same network."""
    ending = data.ending
    inner = [f"layers.Input(({data.train.x.shape[1]},))"]
    for each in choices.layers:
        inner.append(written(each))
        inner += [f"layers.Dropout({each.dropout!r})"] if each.dropout else []
    last = f", {ending.activation!r}" if ending.activation else ""
    inner.append(f"layers.Dense({ending.units}{last})")
    given = dict(choices.optimizer)
    name = Optimizer.find(given.pop("name")).__name__
    settings = "".join(f", {key}={value!r}" for key, value in given.items())
    return [
        f"pellucid.set_random_seed({choices.seed})",
        "net = Sequential(",
        "    [",
        *(f"        {each}," for each in inner),
        "    ]",
        ")",
        f"optimizer = optimizers.{name}(learning_rate={choices.rate!r}{settings})",
        f"net.compile(optimizer, {ending.loss!r}, metrics={list(ending.metrics)!r})",
    ]


def written(each: LayerChoice) -> str:
    given = [str(each.units), repr(each.activation)]
    if each.initializer != LayerChoice.initializer:
        given.append(f"kernel_initializer={each.initializer!r}")
    given += [f"kernel_regularizer=regularizers.L2({each.l2!r})"] if each.l2 else []
    return f"layers.Dense({', '.join(given)})"


class Wired:
    """A network's dense layers and its parameters, by the names that the plan prints."""

    def __init__(self, net: Sequential):
        self.net = net
        names = net.plan.names
        #: each parameter by its name, and where a script finds it: the layer, and the place there
        self.weights = {names[weight.tensor]: weight for weight in net.weights}
        self.places = {
            names[weight.tensor]: (at, place)
            for at, layer in enumerate(net.layers)
            for place, weight in enumerate(layer.weights)
        }
        self.layers = list(dense_layers(net))
        weights = net.engine.memory.parameters.weights
        starts = accumulate((weight.size for weight in weights), initial=0)
        self.starts = {names[each.tensor]: at for each, at in zip(weights, starts, strict=False)}

    def weight(self, name: str) -> Weight:
        if name not in self.weights:
            raise RefusedError(
                f"no parameter is called {quoted(name)}; there are {', '.join(self.weights)}"
            )
        return self.weights[name]

    def number(self, name: str, index: tuple[int, ...]) -> float:
        return float(self.weight(name).value[index])

    def along(self, thetas: Iterable[np.ndarray], name: str, index: tuple[int, ...]) -> np.ndarray:
        """A number of a parameter in each of some θ."""
        at = self.starts[name] + int(np.ravel_multi_index(index, self.weight(name).shape))
        return np.array([theta[at] for theta in thetas], np.float32)

    def place(self, name: str, index: Any) -> tuple[int, ...]:
        """A place in a parameter, if there is one."""
        shape = self.weight(name).shape
        whole = all(isinstance(each, int) and not isinstance(each, bool) for each in index)
        inside = whole and len(index) == len(shape)
        if not inside or not all(0 <= at < most for at, most in zip(index, shape, strict=True)):
            raise RefusedError(f"{name} has the shape {shape}; {short(index)} is no place in it")
        return tuple(index)


def dense_layers(net: Sequential) -> Iterator[dict[str, Any]]:
    """Each dense layer: its units, the names of its parameters, and of what it reads and gives."""
    plan = net.engine.plan("predict")
    names, before = plan.names, "X"
    dense = [layer for layer in net.layers if isinstance(layer, Dense)]
    for at, layer in enumerate(dense):
        lines = [each for each in plan.lines if each.layer == layer.layer_name]
        given = [names[each.output] for each in lines if each.output in names]
        kernel, *bias = (names[weight.tensor] for weight in layer.weights)
        yield {
            "of": at if at < len(dense) - 1 else None,
            "units": layer.units,
            "activation": layer.activation or "linear",
            "from": names.get(lines[0].inputs[0], before) if at else "X",
            "kernel": kernel,
            "bias": bias[0] if bias else None,
            "z": given[0],
            "a": given[-1],
        }
        before = given[-1]
