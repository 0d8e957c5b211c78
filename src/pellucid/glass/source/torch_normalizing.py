"""Layers in PyTorch that normalize: over the batch, over axes of a row, by known numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.glass.source.graph import Step, refused
from pellucid.glass.source.torch_parts import TORCH, Made, Part, same


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
    parts = parts_of(layer, "running_mean", "running_var")
    return Made(module, call, parts, still=unused(layer))


def parts_of(layer: Any, *moving: str) -> tuple[Part, ...]:
    """γ and β, as far as a layer has them, and what moves along, by PyTorch's names."""
    names = [*(["weight"] * layer.scale), *(["bias"] * layer.center), *moving]
    return tuple((name, at, same) for at, name in enumerate(names))


def unused(layer: Any) -> tuple[str, ...]:
    """γ or β of a layer that has only the other."""
    if layer.scale == layer.center:
        return ()
    return ("bias",) if layer.scale else ("weight",)


def layer_normalization(step: Step) -> Made:
    layer: Any = step.layer
    affine = "" if layer.scale or layer.center else ", elementwise_affine=False"
    module = f"nn.LayerNorm({extents(step)}, eps={layer.epsilon}{affine})"
    return Made(module, over_last(step), parts_of(layer), still=unused(layer))


def rms_normalization(step: Step) -> Made:
    layer: Any = step.layer
    module = f"nn.RMSNorm({extents(step)}, eps={layer.epsilon})"
    return Made(module, over_last(step), (("weight", 0, same),))


def extents(step: Step) -> tuple[int | None, ...]:
    """Those of the axes over which a layer normalizes."""
    axes = step.layer.axes  # type: ignore[attr-defined]
    return tuple(step.reads[0].shape[axis] for axis in axes)


def over_last(step: Step) -> str:
    """The call of a module that is about the last axes, on those that the layer names."""
    axes = step.layer.axes  # type: ignore[attr-defined]
    rank, last = len(step.reads[0].shape), tuple(range(-len(axes), 0))
    if axes == tuple(range(rank - len(axes), rank)):
        return f"{{m}}({step.read[0]})"
    return f"{{m}}({step.read[0]}.movedim({axes}, {last})).movedim({last}, {axes})"


def group_normalization(step: Step) -> Made:
    layer: Any = step.layer
    affine = "" if layer.scale or layer.center else ", affine=False"
    module = f"nn.GroupNorm({layer.count}, {step.reads[0].shape[-1]}, eps={layer.epsilon}{affine})"
    call = f"images({{m}}, {step.read[0]})"
    return Made(module, call, parts_of(layer), still=unused(layer))


def normalization(step: Step) -> Made:
    layer: Any = step.layer
    kept, shape = layer.kept, step.reads[0].shape
    extents = tuple((shape[axis] or 1) if axis in kept else 1 for axis in range(1, len(shape)))
    scale = np.maximum(np.sqrt(layer.v.value), 1e-7).reshape(extents)
    fixed = {"mean": layer.m.value.reshape(extents), "scale": scale}
    return Made("", f"({step.read[0]} - {{fixed[mean]}}) / {{fixed[scale]}}", fixed=fixed)
