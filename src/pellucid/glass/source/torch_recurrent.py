"""Recurrent layers in PyTorch: the order of gates, two biases, the activations that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def recurrent(module: str, order: tuple[int, ...], *functions: str) -> Callable[[Step], Made]:
    def made(step: Step) -> Made:
        layer: Any = step.layer
        check_activations(layer, functions)
        how = gates(order)
        parts: list[Part] = [("weight_ih_l0", 0, how), ("weight_hh_l0", 1, how)]
        still: tuple[str, ...] = ()
        fixed: dict[str, np.ndarray] = {}
        if layer.use_bias and layer.b.shape[0] == 2 and module == "GRU":
            parts += [
                ("bias_ih_l0", 2, lambda b: how(b[0])),
                ("bias_hh_l0", 2, lambda b: how(b[1])),
            ]
        elif layer.use_bias:
            parts.append(("bias_ih_l0", 2, how))
            fixed = {"bias_hh_l0": np.zeros_like(layer.b.value)}
            still = () if layer.b in two_biases(layer) else ("bias_hh_l0",)
        word = ', nonlinearity="relu"' if functions == () and is_relu(layer) else ""
        given = f"{step.reads[0].shape[-1]}, {layer.units}{word}, batch_first=True{no_bias(layer)}"
        read = f"{step.read[0]}.flip(1)" if layer.go_backwards else step.read[0]
        call = f"{{m}}({read})[0]" + ("" if layer.return_sequences else "[:, -1]")
        return Made(f"nn.{module}({given})", call, tuple(parts), fixed, still)

    return made


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
