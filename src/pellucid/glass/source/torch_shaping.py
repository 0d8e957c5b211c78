"""Layers in PyTorch that give numbers another place, or are an activation with settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from pellucid.glass.source.graph import Step, refused
from pellucid.glass.source.torch_parts import TORCH, Made, same
from pellucid.glass.source.torch_windows import around
from pellucid.layers.merging import LEAST


def of_x(template: str) -> Callable[[Step], Made]:
    """A formula of x and the settings of the layer."""
    return lambda step: Made("", template.format(x=step.read[0], **step.layer.settings()))


def joined(sign: str) -> Callable[[Step], Made]:
    return lambda step: Made("", f" {sign} ".join(step.read))


def nested(function: str) -> Callable[[Step], Made]:
    return lambda step: Made("", reduce(lambda a, b: f"{function}({a}, {b})", step.read))


def concatenated(step: Step) -> Made:
    axis = step.layer.axis  # type: ignore[attr-defined]
    return Made("", f"torch.cat(({', '.join(step.read)}), dim={axis})")


def average(step: Step) -> Made:
    return Made("", f"({' + '.join(step.read)}) / {len(step.read)}")


def unit(x: str, axis: object) -> str:
    """x divided by its length."""
    return f"{x} / {x}.square().sum(dim={axis}, keepdim=True).clamp(min={LEAST}).sqrt()"


def unit_normalization(step: Step) -> Made:
    return Made("", unit(step.read[0], step.layer.axes))  # type: ignore[attr-defined]


def dot(step: Step) -> Made:
    layer: Any = step.layer
    pairs = zip(step.read, layer.inner, strict=True)
    a, b = (f"({unit(x, axis)})" if layer.normalize else x for x, axis in pairs)
    if len(step.reads[0].shape) == 2:
        return Made("", f"({a} * {b}).sum(dim=1, keepdim=True)")
    a = a if layer.inner[0] == 2 else f"{a}.transpose(1, 2)"
    b = b if layer.inner[1] == 1 else f"{b}.transpose(1, 2)"
    return Made("", f"{a} @ {b}")


def flatten(step: Step) -> Made:
    flat = len(step.reads[0].shape) == 2
    return Made("", step.read[0] if flat else f"{step.read[0]}.flatten(1)")


def reshape(step: Step) -> Made:
    target = ", ".join(map(str, step.layer.target))  # type: ignore[attr-defined]
    return Made("", f"{step.read[0]}.reshape(-1, {target})")


def permute(step: Step) -> Made:
    dims = ", ".join(map(str, step.layer.dims))  # type: ignore[attr-defined]
    return Made("", f"{step.read[0]}.permute(0, {dims})")


def cropping(step: Step) -> Made:
    keys = (f"{key.start}:{key.stop}" for key in step.layer.key[1:])  # type: ignore[attr-defined]
    return Made("", f"{step.read[0]}[:, {', '.join(keys)}]")


def zero_padding(step: Step) -> Made:
    return Made("", around(step.read[0], [*step.layer.border]))  # type: ignore[attr-defined]


def up_sampling(step: Step) -> Made:
    text, method = step.read[0], getattr(step.layer, "interpolation", "nearest")
    if method != "nearest":
        what = f"UpSampling2D(interpolation={method!r})"
        raise refused(what, TORCH, 'say interpolation="nearest"')
    for axis, times in enumerate(step.layer.times, 1):  # type: ignore[attr-defined]
        text += f".repeat_interleave({times}, dim={axis})"
    return Made("", text)


def relu(step: Step) -> Made:
    layer: Any = step.layer
    x, threshold = step.read[0], layer.threshold
    y = f"({x} * ({x} > {threshold}))" if threshold else f"F.relu({x})"
    y += f".clamp(max={layer.max_value})" if layer.max_value is not None else ""
    y += f" - {layer.negative_slope} * F.relu({threshold} - {x})" if layer.negative_slope else ""
    return Made("", y)


def prelu(step: Step) -> Made:
    """PyTorch's has one slope for each channel, or one for all."""
    shape = tuple(step.layer.a.shape)  # type: ignore[attr-defined]
    return Made(f"Slopes({shape})", f"{{m}}({step.read[0]})", (("weight", 0, same),))


SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


def with_array(step: Step) -> Made:
    """An array that the layer holds, and x."""
    layer: Any = step.layer
    held, x = '{m}["weight"]', step.read[0]
    a, b = (held, x) if layer.turned else (x, held)
    sign = SIGNS.get(layer.operation)
    call = f"{a} {sign} {b}" if sign else f"torch.{layer.operation}({a}, {b})"
    shape = tuple(layer.weight_shape)
    module = f'nn.ParameterDict({{"weight": torch.zeros({shape})}})'
    return Made(module, call, (("weight", 0, same),))
