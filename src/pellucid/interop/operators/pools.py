"""Pooling, reductions over places, and images made larger."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import layers, ops
from pellucid.equations.activations import Exponential, Sigmoid, Softmax
from pellucid.equations.rectifiers import Relu, Softplus
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.values import (
    Value,
    arranged,
    as_it_is,
    channels_first,
    channels_last,
)
from pellucid.interop.operators.windows import Window, extents_of, of_rank, surrounded, window_of
from pellucid.tensor import Tensor

#: equations whose values are never below 0
POSITIVE = (Relu, Sigmoid, Exponential, Softmax, Softplus)


@reader("MaxPool")
def max_pool(to: Builder, operator: Operator) -> Held:
    """What is put around it is never the largest; zeros are the same where nothing is below 0."""
    x = to.value(operator)
    window, how = pooling(operator, x)
    read = channels_last(x)
    if how == "zeros":
        if not never_negative(x.tensor):
            raise refused(operator, 'padded otherwise than "same" on numbers below 0')
        read, how = surrounded(to, read, window), "valid"
    layer = of_rank(window.rank, "MaxPooling")(window.size, window.strides, how)
    return channels_first(to.layer(layer, read, (), operator.called))


def pooling(operator: Operator, x: Value) -> tuple[Window, str]:
    """The window, and how it is padded: "valid", "same", or by zeros around."""
    extents = extents_of(operator, x)
    window = window_of(operator, operator.attributes["kernel_shape"], extents)
    if len(window.size) != len(extents) or set(window.dilations) != {1}:
        raise refused(operator, "with dilations")
    if operator.attributes.get("ceil_mode") and not even(window, extents):
        raise refused(
            operator, "with ceil_mode, where the window does not fit a whole number of times,"
        )
    if not window.padded:
        return window, "valid"
    return window, "same" if window.is_same(extents) else "zeros"


def even(window: Window, extents: list[int]) -> bool:
    rest = zip(window.size, window.strides, window.before, window.after, extents, strict=True)
    return all((extent + b + a - size) % stride == 0 for size, stride, b, a, extent in rest)


def never_negative(x: Tensor) -> bool:
    """Whether the layers up to here end with an activation of no number below 0."""
    source: Any = x.source
    if source is None:
        return False
    if isinstance(source.layer, (layers.Permute, layers.Flatten, layers.Reshape)):
        return never_negative(source.inputs[0])
    found = getattr(source.layer, "activation", None)
    from pellucid import activations

    if isinstance(source.layer, layers.ReLU):
        return not source.layer.negative_slope
    return found is not None and isinstance(activations.get(found), POSITIVE)


@reader("AveragePool")
def average_pool(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    window, how = pooling(operator, x)
    read = channels_last(x)
    counted = bool(operator.attributes.get("count_include_pad"))
    if window.padded and counted:
        read, how = surrounded(to, read, window), "valid"
    if how == "zeros":
        raise refused(operator, 'padded otherwise than "same", padding not counted,')
    layer = of_rank(window.rank, "AveragePooling")(window.size, window.strides, how)
    return channels_first(to.layer(layer, read, (), operator.called))


@reader("GlobalAveragePool", "GlobalMaxPool")
def global_pool(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    rank = len(extents_of(operator, x))
    name = "GlobalAveragePooling" if "Average" in operator.kind else "GlobalMaxPooling"
    layer = of_rank(rank, name)(keepdims=True)
    return channels_first(to.layer(layer, channels_last(x), (), operator.called))


@reader("ReduceMean", "ReduceSum", "ReduceMax")
def reduction(to: Builder, operator: Operator) -> Held:
    x, kept = to.value(operator), bool(operator.attributes.get("keepdims", 1))
    given = to.option(operator, "axes", 1)
    if not given:
        raise refused(operator, "over all axes")
    over = sorted(x.axis(each) for each in given)
    if x.batch in over:
        raise refused(operator, "over the rows")
    left = [at for at in range(len(x.axes)) if at not in over]
    places = operator.kind == "ReduceMax" or over == list(range(2, len(x.axes)))
    if places and operator.kind != "ReduceSum" and len(over) in (1, 2) and len(left) == 2:
        return over_places(to, operator, x, over, kept)
    reduce = {"ReduceMean": ops.mean, "ReduceSum": ops.sum, "ReduceMax": ops.max}[operator.kind]
    axes = tuple(axis for at in over if (axis := x.axes[at]) is not None)
    tensor = reduce(x.tensor, axes, True) if axes else x.tensor
    value = x._replace(tensor=tensor)
    return value if kept else without(value, over)


def over_places(to: Builder, operator: Operator, x: Value, over: list[int], kept: bool) -> Value:
    """One number of all places, for each channel."""
    name = "GlobalAveragePooling" if operator.kind == "ReduceMean" else "GlobalMaxPooling"
    (other,) = (at for at in range(len(x.axes)) if at not in over and at != x.batch)
    read = arranged(x, [x.batch, *over, other])
    made = to.layer(of_rank(len(over), name)(), read, (), operator.called)
    axes = [None if at in over else 0 if at == x.batch else 1 for at in range(len(x.axes))]
    return Value(made, tuple(axis for axis in axes if kept or axis is not None))


def without(value: Value, axes: list[int]) -> Value:
    """The value without some axes, each of which is 1."""
    if all(value.axes[at] is None for at in axes):
        return value._replace(axes=tuple(a for at, a in enumerate(value.axes) if at not in axes))
    found = as_it_is(value)
    gone = {found.axes[at] for at in axes}
    extents = [e or 1 for at, e in enumerate(found.tensor.shape) if at and at not in gone]
    layer = layers.Flatten() if len(extents) == 1 else layers.Reshape(tuple(extents))
    if not extents:
        raise ValueError("nothing of a row would be left")
    left = sorted(axis for axis in found.axes if axis is not None and axis not in gone)
    others = [axis for at, axis in enumerate(found.axes) if at not in axes]
    tensor: Tensor = layer(found.tensor)
    return Value(tensor, tuple(None if axis is None else left.index(axis) for axis in others))


@reader("Resize", "Upsample")
def larger(to: Builder, operator: Operator) -> Held:
    """Each place as many times as a whole number says, the nearest."""
    x = to.value(operator)
    rank = len(extents_of(operator, x))
    at = 1 if operator.kind == "Upsample" else 2
    scales = operator.attributes.get("scales")
    found = np.ravel(scales if scales is not None else to.needed(operator, at)).tolist()
    if operator.kind == "Resize" and not found:
        raise refused(operator, "to a size")
    times = [int(each) for each in found]
    whole = times == found and times[:2] == [1, 1] and min(times) > 0
    how = operator.attributes.get("mode", "nearest")
    where = operator.attributes.get("coordinate_transformation_mode", "half_pixel")
    rounded = operator.attributes.get("nearest_mode", "round_prefer_floor")
    nearest = {"half_pixel": "round_prefer_floor", "asymmetric": "floor"}.get(where) == rounded
    if operator.kind == "Upsample":
        nearest = True
    if not whole or how != "nearest" or not nearest:
        raise refused(operator, "but to the nearest place, by whole numbers,")
    layer = of_rank(rank, "UpSampling")(tuple(times[2:]) if rank == 2 else times[2])
    return channels_first(to.layer(layer, channels_last(x), (), operator.called))
