"""Recurrent layers in PyTorch: the order of gates, two biases, the activations that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.glass.source.graph import Step, activation_of, changed, refused
from pellucid.glass.source.torch_parts import TORCH, Made, Part, no_bias
from pellucid.weights import Weight


def gates(order: tuple[int, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """The gates side by side in another order, outputs first."""

    def ordered(array: np.ndarray) -> np.ndarray:
        pieces = np.split(array, len(order), axis=-1)
        return np.concatenate([pieces[at] for at in order], axis=-1).T

    return ordered


class Kind(NamedTuple):
    """A recurrent module: its name, the order of its gates, and the activations that it has."""

    module: str
    order: tuple[int, ...]
    functions: tuple[str, ...] = ()


KINDS = {
    "SimpleRNN": Kind("RNN", (0,)),
    "LSTM": Kind("LSTM", (0, 1, 2, 3), ("tanh", "sigmoid")),
    "GRU": Kind("GRU", (1, 0, 2), ("tanh", "sigmoid")),
}


def recurrent(step: Step) -> Made:
    layer: Any = step.layer
    found = one_way(layer)
    read = f"{step.read[0]}.flip(1)" if layer.go_backwards else step.read[0]
    call = f"{{m}}({read})[0]" + ("" if layer.return_sequences else "[:, -1]")
    return found._replace(module=module_of(layer, step), call=call)


def bidirectional(step: Step) -> Made:
    """Two layers side by side; of the last states, the second is of the first step."""
    layer: Any = step.layer
    first, second = layer.within
    alike = [{**each.settings(), "go_backwards": 0, "name": 0} for each in layer.within]
    if layer.merge_mode != "concat" or type(first) is not type(second) or alike[0] != alike[1]:
        raise refused("Bidirectional of two different layers, or merged otherwise", TORCH)
    if first.go_backwards:
        raise refused("Bidirectional whose first layer goes backwards", TORCH)
    ways = [
        one_way(each, at * len(first.weights), way)
        for at, (each, way) in enumerate(zip(layer.within, ("", "_reverse"), strict=True))
    ]
    parts = tuple(part for each in ways for part in each.parts)
    still = tuple(name for each in ways for name in each.still)
    fixed = {name: array for each in ways for name, array in each.fixed.items()}
    last = "[1][0]" if type(first).__name__ == "LSTM" else "[1]"
    all_steps, both = f"{{m}}({step.read[0]})[0]", f"{{m}}({step.read[0]}){last}"
    call = all_steps if first.return_sequences else f"{both}.movedim(0, 1).flatten(1)"
    return Made(module_of(first, step, ", bidirectional=True"), call, parts, fixed, still)


def module_of(layer: Any, step: Step, more: str = "") -> str:
    kind = KINDS[type(layer).__name__]
    word = ', nonlinearity="relu"' if kind.module == "RNN" and is_relu(layer) else ""
    given = f"{step.reads[0].shape[-1]}, {layer.units}{word}, batch_first=True{more}"
    return f"nn.{kind.module}({given}{no_bias(layer)})"


def one_way(layer: Any, first: int = 0, way: str = "") -> Made:
    """The weights of a layer, of which the first has a number in all, as those of a module."""
    kind = KINDS[type(layer).__name__]
    check_activations(layer, kind.functions)
    how = gates(kind.order)
    parts: list[Part] = [
        (f"weight_ih_l0{way}", first, how),
        (f"weight_hh_l0{way}", first + 1, how),
    ]
    if not layer.use_bias:
        return Made("", "", tuple(parts))
    if kind.module == "GRU":
        parts += [
            (f"bias_ih_l0{way}", first + 2, lambda b: how(b[0])),
            (f"bias_hh_l0{way}", first + 2, lambda b: how(b[1])),
        ]
        return Made("", "", tuple(parts))
    parts.append((f"bias_ih_l0{way}", first + 2, how))
    other = f"bias_hh_l0{way}"
    still = () if layer.b in two_biases(layer) else (other,)
    return Made("", "", tuple(parts), {other: np.zeros_like(layer.b.value)}, still)


def two_biases(layer: Any) -> list[Weight]:
    """The biases that go at twice the rate, as the sum of two does: both are trained then."""
    within = getattr(layer, "within", None) or [layer]
    return [
        each.b
        for each in within
        if type(each).__name__ in ("SimpleRNN", "LSTM") and each.use_bias and each.b.rate == 2
    ]


def is_relu(layer: Any) -> bool:
    return activation_of(layer.activation, TORCH).registered_name() == "relu"


def check_activations(layer: Any, functions: tuple[str, ...]) -> None:
    """Refuse activations that a recurrent layer of PyTorch has not."""
    names = [activation_of(getattr(layer, each), TORCH) for each in layer.functions]
    found = tuple(each.registered_name() for each in names)
    known = (functions,) if functions else (("tanh",), ("relu",))
    if found not in known or any(changed(each, [*each.settings()]) for each in names):
        usual = " and ".join(functions or ("tanh",))
        raise refused(f"{type(layer).__name__} with {' and '.join(found)}", TORCH, f"use {usual}")
