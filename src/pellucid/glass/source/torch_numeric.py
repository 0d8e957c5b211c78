"""Layers for the columns of a table in PyTorch: arrays by name, and a formula of them and x."""

from __future__ import annotations

import math
from typing import Any

from pellucid.glass.source.graph import Step, activation_of
from pellucid.glass.source.torch_parts import TORCH, Made, applied, same


def holding(step: Step, call: str) -> Made:
    """The weights of a layer by their names, and a formula that has them as {m}["name"]."""
    weights = step.layer.weights
    zeros = (f'"{each.name}": torch.zeros({tuple(each.shape)})' for each in weights)
    parts = tuple((each.name, at, same) for at, each in enumerate(weights))
    return Made(f"nn.ParameterDict({{{', '.join(zeros)}}})", call, parts)


def scaling(step: Step) -> Made:
    return holding(step, f'{step.read[0]} * {{m}}["scale"]')


def parametric(step: Step) -> Made:
    layer: Any = step.layer
    x = step.read[0]
    bent = applied(activation_of(layer.activation, TORCH), x)
    return holding(step, f'{x} + ({bent} - {x}) * {{m}}["alpha"]')


def turns(x: str) -> str:
    """2π·x·w for every frequency."""
    return f'{x}[:, :, None] * {2 * math.pi} * {{m}}["frequency"]'


def periodic(step: Step) -> Made:
    x = step.read[0]
    waves = f'torch.cos({turns(x)} + {{m}}["phase"])'
    units = f'by_feature({waves}, {{m}}["kernel"], {{m}}["bias"])'
    return holding(step, f"torch.cat(({units}, {x}), dim=-1)")


def waves_and_relu(step: Step) -> Made:
    layer: Any = step.layer
    waves = turns(step.read[0])
    both = f"torch.cat((torch.cos({waves}), torch.sin({waves})), dim=-1)"
    z = f'by_feature({both}, {{m}}["kernel"], {{m}}["bias"])'
    return holding(step, applied(activation_of(layer.activation, TORCH), z))
