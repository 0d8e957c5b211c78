"""Layers in PyTorch: the module, how it is called, and its weights in the order that it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from pellucid.glass.source import torch_arithmetic, torch_windows
from pellucid.glass.source.graph import UNWRITTEN, Refused, Step, refused, row_of
from pellucid.glass.source.torch_parts import (
    TORCH,
    Made,
    activated,
    no_bias,
    same,
    turned,
    weights,
)
from pellucid.glass.source.torch_recurrent import bidirectional, recurrent, two_biases


def dense(step: Step) -> Made:
    layer: Any = step.layer
    given = f"{step.reads[0].shape[-1]}, {layer.units}{no_bias(layer)}"
    call = activated(step, f"{{m}}({step.read[0]})")
    return Made(f"nn.Linear({given})", call, weights(layer, turned))


def embedding(step: Step) -> Made:
    layer: Any = step.layer
    call = f"{{m}}({step.read[0]})"
    return Made(
        f"nn.Embedding({layer.input_dim}, {layer.output_dim})", call, (("weight", 0, same),)
    )


def joined(sign: str) -> Callable[[Step], Made]:
    return lambda step: Made("", f" {sign} ".join(step.read))


def nested(function: str) -> Callable[[Step], Made]:
    return lambda step: Made("", reduce(lambda a, b: f"{function}({a}, {b})", step.read))


def concatenated(step: Step) -> Made:
    axis = step.layer.axis  # type: ignore[attr-defined]
    return Made("", f"torch.cat(({', '.join(step.read)}), dim={axis})")


def dropout(step: Step) -> Made:
    rate = step.layer.rate  # type: ignore[attr-defined]
    if not isinstance(rate, (int, float)):
        raise refused(f"Dropout with {rate!r}", TORCH, "give a number")
    return Made(f"nn.Dropout({rate})", f"{{m}}({step.read[0]})")


def noise(step: Step) -> Made:
    x, size = step.read[0], step.layer.stddev  # type: ignore[attr-defined]
    return Made("", f"{x} + {size} * torch.randn_like({x}) if self.training else {x}")


def batch_normalization(step: Step) -> Made:
    layer: Any = step.layer
    rank = len(step.reads[0].shape)
    if layer.kept != (rank - 1,):
        raise refused(f"BatchNormalization(axis={layer.axis}) of {rank} dimensions", TORCH)
    width = step.reads[0].shape[-1]
    momentum = f"eps={layer.epsilon}, momentum={1 - layer.momentum:.12g}"
    affine = "" if layer.scale or layer.center else ", affine=False"
    module = f"nn.BatchNorm{2 if rank == 4 else 1}d({width}, {momentum}{affine})"
    call = f"{{m}}({step.read[0]})" if rank == 2 else f"images({{m}}, {step.read[0]})"
    names = [*(["weight"] * layer.scale), *(["bias"] * layer.center), "running_mean", "running_var"]
    parts = tuple((name, at, same) for at, name in enumerate(names))
    return Made(module, call, parts, still=unused(layer))


def unused(layer: Any) -> tuple[str, ...]:
    """γ or β of a layer that has only the other."""
    if layer.scale == layer.center:
        return ()
    return ("bias",) if layer.scale else ("weight",)


def layer_normalization(step: Step) -> Made:
    layer: Any = step.layer
    rank = len(step.reads[0].shape)
    if layer.axes != tuple(range(rank - len(layer.axes), rank)):
        raise refused(f"LayerNormalization(axis={layer.axis}), which is not the last", TORCH)
    extents = tuple(step.reads[0].shape[axis] for axis in layer.axes)
    affine = "" if layer.scale or layer.center else ", elementwise_affine=False"
    names = [*(["weight"] * layer.scale), *(["bias"] * layer.center)]
    parts = tuple((name, at, same) for at, name in enumerate(names))
    module = f"nn.LayerNorm({extents}, eps={layer.epsilon}{affine})"
    return Made(module, f"{{m}}({step.read[0]})", parts, still=unused(layer))


def normalization(step: Step) -> Made:
    layer: Any = step.layer
    kept, shape = layer.kept, step.reads[0].shape
    extents = tuple((shape[axis] or 1) if axis in kept else 1 for axis in range(1, len(shape)))
    scale = np.maximum(np.sqrt(layer.v.value), 1e-7).reshape(extents)
    fixed = {"mean": layer.m.value.reshape(extents), "scale": scale}
    return Made("", f"({step.read[0]} - {{fixed[mean]}}) / {{fixed[scale]}}", fixed=fixed)


def rescaling(step: Step) -> Made:
    layer: Any = step.layer
    offset = f" + {layer.offset}" if layer.offset else ""
    return Made("", f"{layer.scale} * {step.read[0]}{offset}")


def activation(step: Step) -> Made:
    return Made("", activated(step, step.read[0]))


def average(step: Step) -> Made:
    return Made("", f"({' + '.join(step.read)}) / {len(step.read)}")


def flatten(step: Step) -> Made:
    flat = len(step.reads[0].shape) == 2
    return Made("", step.read[0] if flat else f"{step.read[0]}.flatten(1)")


def reshape(step: Step) -> Made:
    target = ", ".join(map(str, step.layer.target))  # type: ignore[attr-defined]
    return Made("", f"{step.read[0]}.reshape(-1, {target})")


Row = Callable[[Step], Made]
LAYERS: dict[str, Row | Refused] = {
    **dict.fromkeys(UNWRITTEN, Refused("")),
    **torch_windows.LAYERS,
    **torch_arithmetic.LAYERS,
    "Dense": dense,
    "Activation": activation,
    "Embedding": embedding,
    "InputLayer": lambda step: Made("", step.read[0]),
    "Add": joined("+"),
    "Subtract": joined("-"),
    "Multiply": joined("*"),
    "Average": average,
    "Maximum": nested("torch.maximum"),
    "Minimum": nested("torch.minimum"),
    "Concatenate": concatenated,
    "Dropout": dropout,
    "GaussianNoise": noise,
    "BatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
    "Normalization": normalization,
    "Rescaling": rescaling,
    "SimpleRNN": recurrent,
    "LSTM": recurrent,
    "Bidirectional": bidirectional,
    "GRU": recurrent,
    "Flatten": flatten,
    "Reshape": reshape,
    "Scaling": Refused(""),
    "ParametricActivation": Refused(""),
    "PeriodicEmbedding": Refused(""),
    "PLREmbedding": Refused(""),
}


def made(step: Step) -> Made:
    """A layer in PyTorch."""
    found: Made = row_of(LAYERS, step.layer, "layer", TORCH)(step)
    twice = two_biases(step.layer)
    if any(
        weight.decay != 1 or weight.rate != (2 if weight in twice else 1)
        for weight in step.layer.weights
    ):
        raise refused(f"{type(step.layer).__name__} with rates or decays of its own", TORCH)
    return found
