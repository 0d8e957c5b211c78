"""Layers in PyTorch: the module, how it is called, and its weights in the order that it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from pellucid.equations.activations import Activation
from pellucid.glass.source.graph import Refused, Step, activation_of, changed, refused, row_of
from pellucid.glass.source.torch_names import ACTIVATIONS

TORCH = "PyTorch"
#: a weight of the module, the weight of the layer that it is, and how it is laid out
Part = tuple[str, int, Callable[[np.ndarray], np.ndarray]]


class Made(NamedTuple):
    """A layer in PyTorch: `module` is made once, `call` is what it gives for x.

    `fixed` are arrays that are no weight of the layer; `still` what training leaves as it is.
    """

    module: str
    call: str
    parts: tuple[Part, ...] = ()
    fixed: dict[str, np.ndarray] = {}
    still: tuple[str, ...] = ()


def same(array: np.ndarray) -> np.ndarray:
    return array


def turned(array: np.ndarray) -> np.ndarray:
    """Outputs first: (k, m) as (m, k), (kh, kw, c, m) as (m, c, kh, kw)."""
    return array.T if array.ndim == 2 else array.transpose(3, 2, 0, 1)


def activated(step: Step, z: str) -> str:
    """The activation of a layer on z, unless it stands at the end and is left to others."""
    found = activation_of(step.layer.activation, TORCH)  # type: ignore[attr-defined]
    return z if step.bare else applied(found, z)


def applied(found: Activation, z: str) -> str:
    settings = dict(found.settings())
    settings["how"] = "tanh" if settings.get("approximate") else "none"
    return str(row_of(ACTIVATIONS, found, "activation", TORCH)).format(z=z, **settings)


def weights(layer: Any, how: Callable[[np.ndarray], np.ndarray]) -> tuple[Part, ...]:
    """Kernel and bias of a layer."""
    bias: tuple[Part, ...] = (("bias", 1, same),) if layer.use_bias else ()
    return (("weight", 0, how), *bias)


def dense(step: Step) -> Made:
    layer: Any = step.layer
    given = f"{step.reads[0].shape[-1]}, {layer.units}{no_bias(layer)}"
    call = activated(step, f"{{m}}({step.read[0]})")
    return Made(f"nn.Linear({given})", call, weights(layer, turned))


def no_bias(layer: Any) -> str:
    return "" if layer.use_bias else ", bias=False"


def borders(step: Step, size: Any, strides: Any, padding: str) -> list[tuple[int, int]]:
    """How many zeros stand before and behind, down and along, for padding "same"."""
    found = []
    for extent, k, s in zip(step.reads[0].shape[1:3], size, strides, strict=True):
        total = max((-(-(extent or 1) // s) - 1) * s + k - (extent or 1), 0)
        found.append((total // 2, total - total // 2) if padding == "same" else (0, 0))
    return found


def padded(step: Step, size: Any, strides: Any, padding: str, filled: str) -> tuple[str, str]:
    """The padding of a window as an argument, or around what is read where it is uneven."""
    down, along = borders(step, size, strides, padding)
    if down[0] == down[1] and along[0] == along[1]:
        even = f", padding=({down[0]}, {along[0]})" if down[0] or along[0] else ""
        return even, step.read[0]
    return (
        "",
        f"F.pad({step.read[0]}, (0, 0, {along[0]}, {along[1]}, {down[0]}, {down[1]}){filled})",
    )


def convolution(step: Step) -> Made:
    layer: Any = step.layer
    size, strides = layer.w.shape[:2], layer.window["strides"]
    even, read = padded(step, size, strides, layer.window["padding"], "")
    given = f"{step.reads[0].shape[-1]}, {layer.filters}, {size}, {strides}{even}{no_bias(layer)}"
    call = activated(step, f"images({{m}}, {read})")
    return Made(f"nn.Conv2d({given})", call, weights(layer, turned))


def pooling(module: str, filled: str) -> Callable[[Step], Made]:
    def made(step: Step) -> Made:
        equation: Any = step.layer.equation  # type: ignore[attr-defined]
        window = (equation.pool, equation.strides)
        even, read = padded(step, *window, equation.padding, filled)
        if not filled and read != step.read[0]:
            raise refused(
                'AveragePooling2D(padding="same") where it pads one side more than the other',
                TORCH,
                'use padding="valid", or strides that divide the image',
            )
        counted = ", count_include_pad=False" if even and not filled else ""
        call = f"images({{m}}, {read})"
        return Made(f"nn.{module}({window[0]}, {window[1]}{even}{counted})", call)

    return made


def average_of_image(step: Step) -> Made:
    kept = ", keepdim=True" if step.layer.keepdims else ""  # type: ignore[attr-defined]
    return Made("", f"{step.read[0]}.mean(dim=(1, 2){kept})")


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
            fixed, still = {"bias_hh_l0": np.zeros_like(layer.b.value)}, ("bias_hh_l0",)
        word = ', nonlinearity="relu"' if functions == () and is_relu(layer) else ""
        given = f"{step.reads[0].shape[-1]}, {layer.units}{word}, batch_first=True{no_bias(layer)}"
        read = f"{step.read[0]}.flip(1)" if layer.go_backwards else step.read[0]
        call = f"{{m}}({read})[0]" + ("" if layer.return_sequences else "[:, -1]")
        return Made(f"nn.{module}({given})", call, tuple(parts), fixed, still)

    return made


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
    "Dense": dense,
    "Activation": activation,
    "Conv2D": convolution,
    "MaxPooling2D": pooling("MaxPool2d", ', value=float("-inf")'),
    "AveragePooling2D": pooling("AvgPool2d", ""),
    "GlobalAveragePooling2D": average_of_image,
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
    "SimpleRNN": recurrent("RNN", (0,)),
    "LSTM": recurrent("LSTM", (0, 1, 2, 3), "tanh", "sigmoid"),
    "GRU": recurrent("GRU", (1, 0, 2), "tanh", "sigmoid"),
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
    if any(weight.rate != 1 or weight.decay != 1 for weight in step.layer.weights):
        raise refused(f"{type(step.layer).__name__} with rates or decays of its own", TORCH)
    return found
