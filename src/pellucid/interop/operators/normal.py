"""Normalizations: over batches, within rows, within groups of channels, and scalers of tables."""

from __future__ import annotations

import math

import numpy as np

from pellucid import layers
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.elementwise import real
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.values import (
    Value,
    as_it_is,
    channels_first,
    channels_last,
    with_last,
)


@reader("BatchNormalization")
def batch_normalization(to: Builder, operator: Operator) -> Held:
    """`momentum` is the share that is kept; PyTorch's is the share that is new."""
    x = to.value(operator)
    if x.batch or len(x.axes) < 2:
        raise refused(operator, f"on {x.shape}")
    gamma, beta, mean, variance = (to.known(operator, at) for at in (1, 2, 3, 4))
    assert mean is not None
    assert variance is not None
    layer = layers.BatchNormalization(
        momentum=real(operator.attributes, "momentum", 0.9),
        epsilon=real(operator.attributes, "epsilon", 1e-5),
        scale=gamma is not None,
        center=beta is not None,
    )
    arrays = [each for each in (gamma, beta, mean, variance) if each is not None]
    return channels_first(to.layer(layer, channels_last(x), arrays, operator.called))


@reader("LayerNormalization")
def layer_normalization(to: Builder, operator: Operator) -> Held:
    x, gamma, beta = to.value(operator), to.known(operator, 1), to.known(operator, 2)
    x = with_last(x)
    first = int(operator.attributes.get("axis", -1)) % len(x.axes)
    over = x.axes[first:]
    axes = tuple(axis for axis in over if axis)
    if axes != tuple(range(len(x.tensor.shape) - len(over), len(x.tensor.shape))) or not axes:
        x = as_it_is(x)
        axes = tuple(axis for axis in x.axes[first:] if axis)
    if len(axes) != len(x.axes) - first:
        raise refused(operator, "over the rows")
    layer = layers.LayerNormalization(
        axis=axes if len(axes) > 1 else -1,
        epsilon=real(operator.attributes, "epsilon", 1e-5),
        scale=gamma is not None,
        center=beta is not None,
    )
    extents = tuple(x.tensor.shape[axis] or 1 for axis in axes)
    arrays = [np.broadcast_to(each, extents) for each in (gamma, beta) if each is not None]
    return x._replace(tensor=to.layer(layer, x.tensor, arrays, operator.called))


@reader("RMSNormalization")
def by_size(to: Builder, operator: Operator) -> Held:
    x, scale = with_last(to.value(operator)), to.needed(operator, 1)
    if int(operator.attributes.get("axis", -1)) % len(x.axes) != len(x.axes) - 1:
        raise refused(operator, "but over the last axis")
    layer = layers.RMSNormalization(epsilon=real(operator.attributes, "epsilon", 1e-5))
    array = np.broadcast_to(scale, (x.tensor.shape[-1] or 1,))
    return x._replace(tensor=to.layer(layer, x.tensor, [array], operator.called))


@reader("InstanceNormalization", "GroupNormalization")
def group_normalization(to: Builder, operator: Operator) -> Held:
    x, gamma, beta = to.value(operator), to.known(operator, 1), to.known(operator, 2)
    channels = x.shape[1]
    assert isinstance(channels, int)
    groups = int(operator.attributes.get("num_groups", channels))
    layer = layers.GroupNormalization(
        groups=groups,
        epsilon=real(operator.attributes, "epsilon", 1e-5),
        scale=gamma is not None,
        center=beta is not None,
    )
    found = [each for each in (gamma, beta) if each is not None]
    arrays = [
        each if each.size == channels else np.repeat(each, channels // groups) for each in found
    ]
    return channels_first(to.layer(layer, channels_last(x), arrays, operator.called))


@reader("Scaler")
def scaler(to: Builder, operator: Operator) -> Held:
    """(X − offset)·scale, as scikit-learn's scalers are written"""
    x = to.value(operator)
    if len(x.axes) != 2:
        raise refused(operator, f"on {x.shape}")
    width = x.tensor.shape[-1] or 1
    offset, scale = (
        np.broadcast_to(np.asarray(operator.attributes[name], np.float64), (width,))
        for name in ("offset", "scale")
    )
    if not (np.isfinite(scale).all() and (scale > 0).all() and math.isfinite(offset.sum())):
        raise refused(operator, "with a scale that is not above 0")
    layer = layers.Normalization(mean=offset, variance=(1 / scale) ** 2)
    return Value(to.layer(layer, x.tensor, (), operator.called), x.axes)
