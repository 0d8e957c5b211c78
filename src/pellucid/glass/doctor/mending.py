"""Mends that several checks share: another ending, another optimizer, inputs on a common scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import Blueprint, Part, optimizer_of, part
from pellucid.glass.doctor.case import Case
from pellucid.optimizers import Optimizer

#: layers that make numbers of numbers by weights that are fitted
WEIGHTED = (
    layers.Dense,
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv1DTranspose,
    layers.Conv2DTranspose,
)
#: layers that keep a state from step to step
RECURRENT = (layers.SimpleRNN, layers.LSTM, layers.GRU)
ADAPTED = ("scale = layers.Normalization()", "scale.adapt(x)")


def changed(found: list[int], **settings: object) -> Callable[[Case], Case]:
    """A mend: other settings of some layers."""

    def mend(case: Case) -> Case:
        net = case.net
        for at in found:
            net = net.changed(at, **settings)
        return case.designed(net)

    return mend


def output_at(net: Blueprint) -> int:
    """The number of the layer that makes the outputs: the last dense one, or filters behind it."""
    ways = range(len(net.parts)) if net.focus is None else net.path_to(net.focus)[::-1]
    dense = [at for at in ways if net.parts[at].kind in WEIGHTED]
    if not dense:
        raise LookupError("the network has no dense layer to end with")
    return dense[-1]


def hidden_at(net: Blueprint) -> list[int]:
    """The numbers of the layers with weights before it."""
    ends = {net.calls[call][0] for call in net.outputs if call >= 0} | {output_at(net)}
    for output in range(len(net.outputs) if not net.chain else 0):
        ends |= set(activated(net, output))
    parts = enumerate(net.parts[: max(ends)])
    return [at for at, each in parts if each.kind in WEIGHTED and at not in ends]


def activated(net: Blueprint, output: int) -> list[int]:
    """The dense layer of an output that has its activation in a layer of its own."""
    way = net.path_to(output)
    kinds = [net.parts[at].kind for at in way[:2]]
    return way[1:2] if kinds == [layers.Activation, layers.Dense] else []


def trailing(net: Blueprint) -> list[int]:
    """The layers after the output layer that change its numbers."""
    last = output_at(net)
    kinds = (layers.Activation, layers.Dropout, layers.BatchNormalization)
    after = list(range(last + 1, len(net.parts)))
    if net.focus is not None:
        way = net.path_to(net.focus)
        after = way[: way.index(last)][::-1]
    return [at for at in after if net.parts[at].kind in kinds]


def ends_in(part: Part, activation: str) -> bool:
    """Whether a layer's activation is the one of this name."""
    given = part.get("activation")
    name = given if isinstance(given, str) else type(given).__name__
    return name.lower() == activation


def ended(net: Blueprint, activation: str | None, units: int | None = None) -> Blueprint:
    """With another activation of the outputs, and nothing after it."""
    last = output_at(net)
    settings: dict[str, Any] = {"activation": activation}
    if units is not None:
        settings["units" if net.parts[last].kind is layers.Dense else "filters"] = units
    found = net.changed(last, **settings)
    gone = trailing(net)
    return found.without(*gone) if gone else found


def ending_with(
    activation: str | None,
    loss: Any = None,
    units: int | None = None,
    metrics: list[Any] | None = None,
) -> Callable[[Case], Case]:
    """A mend of the last layer, and of the loss."""

    def mend(case: Case) -> Case:
        net = ended(case.net, activation, units)
        if loss is not None:
            net = net.aimed(loss=loss)
        if metrics is not None:
            net = net.aimed(metrics=metrics)
        return case.designed(net)

    return mend


def with_optimizer(case: Case, **settings: Any) -> Case:
    """The same optimizer with other settings."""
    optimizer = optimizer_of(case.net)
    found = type(optimizer)(**(optimizer.settings() | settings))
    return case.aimed(optimizer=found)


def at_rate(rate: float) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return with_optimizer(case, learning_rate=float(f"{rate:.2g}"))

    return mend


def with_adam(rate: float = 0.001) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return case.aimed(optimizer=Optimizer.find("adam")(learning_rate=rate))

    return mend


def names_alone(case: Case) -> bool:
    """Whether the inputs are numbers of entries of a table, which have no scale."""
    tables = any(part.kind is layers.Embedding for part in case.net.parts)
    return tables or any(kind == "int" for _, kind, _ in case.net.inputs)


def standardised(case: Case) -> Case:
    """A layer in front that gives each column mean 0 and deviation 1."""
    scale = layers.Normalization()
    scale.adapt(np.asarray(case.x))
    first = Part(layers.Normalization, {}, None, scale, "scale", ADAPTED)
    return case.designed(case.net.in_front(first))


def rescaled(scale: float, shown: float) -> Callable[[Case], Case]:
    """A layer in front that divides by the largest number."""

    def mend(case: Case) -> Case:
        first = part(layers.Rescaling, scale=scale)
        text = f"layers.Rescaling(1 / {shown:g})"
        first = Part(first.kind, first.settings, None, None, text)
        return case.designed(case.net.in_front(first))

    return mend
