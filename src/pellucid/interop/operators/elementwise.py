"""Operators that go number by number: activations, arithmetic, the learned arrays in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid import layers, ops
from pellucid.equations import activations as plain_activations
from pellucid.equations import arithmetic, rectifiers, shrinking
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.values import (
    Value,
    as_ours,
    channels_first,
    channels_last,
)

A = plain_activations
#: operators that are an activation: what it is, from the attributes; None where it has no match
ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "Relu": lambda given: "relu",
    "Sigmoid": lambda given: "sigmoid",
    "Tanh": lambda given: "tanh",
    "Exp": lambda given: "exponential",
    "Softplus": lambda given: "softplus",
    "Softsign": lambda given: "softsign",
    "Mish": lambda given: "mish",
    "HardSwish": lambda given: "hard_silu",
    "LeakyRelu": lambda given: rectifiers.LeakyRelu(real(given, "alpha", 0.01)),
    "Elu": lambda given: rectifiers.Elu(real(given, "alpha", 1.0)),
    "Celu": lambda given: shrinking.Celu(real(given, "alpha", 1.0)),
    "Selu": lambda given: "selu" if usual_selu(given) else None,
    "Gelu": lambda given: rectifiers.Gelu(given.get("approximate", "none") == "tanh"),
    "HardSigmoid": lambda given: "hard_sigmoid" if sixth(given) else None,
    "Shrink": lambda given: shrink(real(given, "lambd", 0.5), real(given, "bias", 0.0)),
    "Swish": lambda given: "silu" if real(given, "alpha", 1.0) == 1 else None,
    # what PyTorch has alone
    "Activation": lambda given: given["function"],
}


def real(given: Any, name: str, default: float) -> float:
    """A setting that files hold in single precision, as the number that was meant."""
    value = float(given.get(name, default))
    return float(f"{value:.7g}")


def usual_selu(given: Any) -> bool:
    alpha, gamma = real(given, "alpha", 1.67326319), real(given, "gamma", 1.05070102)
    ours = rectifiers.SELU_ALPHA, rectifiers.SELU_SCALE
    return bool(np.allclose([alpha, gamma], ours, rtol=1e-6))


def sixth(given: Any) -> bool:
    return abs(real(given, "alpha", 0.2) - 1 / 6) < 1e-6 and real(given, "beta", 0.5) == 0.5


def shrink(size: float, bias: float) -> Any:
    if bias == 0:
        return shrinking.HardShrink(size)
    return shrinking.SoftShrink(size) if bias == size else None


def activation_of(operator: Operator) -> Any:
    """The activation that an operator is on each number, or None."""
    found = ACTIVATIONS.get(operator.kind)
    return found(operator.attributes) if found else None


def fused(to: Builder, operator: Operator, last: int) -> tuple[Any, Operator]:
    """The activation that follows on a layer whose channels are `last`, and where it writes."""
    found = to.follower(operator.writes[0])
    if found is None or to.is_shared(operator):
        return None, operator
    at, following = found
    activation = activation_of(following)
    if following.kind in SOFT and along(following, last + 1) == last:
        activation = SOFT[following.kind]
    return (None, operator) if activation is None else (activation, to.finished(operator, at))


@reader(*ACTIVATIONS)
def activation(to: Builder, operator: Operator) -> Held:
    found, x = activation_of(operator), to.value(operator)
    if found is None:
        if operator.kind == "HardSigmoid":
            a, b = (real(operator.attributes, *each) for each in (("alpha", 0.2), ("beta", 0.5)))
            return x._replace(tensor=ops.clip(a * x.tensor + b, 0.0, 1.0))
        raise refused(operator, "with these settings")
    return x._replace(tensor=to.layer(layers.Activation(found), x.tensor, (), operator.called))


SOFT = {"Softmax": "softmax", "LogSoftmax": "log_softmax"}


def along(operator: Operator, rank: int) -> int:
    """The axis of a softmax."""
    axis = int(operator.attributes.get("axis", -1)) % rank
    if operator.attributes.get("flat") and axis != rank - 1:
        raise refused(operator, "of an old kind, over several axes at once,")
    return axis


@reader(*SOFT)
def softmax(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    axis = x.axes[along(operator, len(x.axes))]
    if not axis:
        raise refused(operator, "over the rows")
    rank = len(x.tensor.shape)
    kind = A.Softmax if operator.kind == "Softmax" else A.LogSoftmax
    which = SOFT[operator.kind] if axis == rank - 1 else kind(axis)
    return x._replace(tensor=to.layer(layers.Activation(which), x.tensor, (), operator.called))


UNARY = {
    "Neg": arithmetic.Negative(),
    "Abs": arithmetic.Absolute(),
    "Sign": arithmetic.Sign(),
    "Sqrt": arithmetic.Sqrt(),
    "Log": arithmetic.Log(),
    "Sin": arithmetic.Sin(),
    "Cos": arithmetic.Cos(),
}


@reader(*UNARY)
def unary(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    return x._replace(tensor=UNARY[operator.kind](x.tensor))


@reader("Reciprocal")
def reciprocal(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    return x._replace(tensor=1.0 / x.tensor)


@reader("Identity", "Cast")
def same(to: Builder, operator: Operator) -> Held:
    found = to.values[operator.reads[0]]
    if operator.kind == "Cast" and isinstance(found, Value):
        whole = bool(operator.attributes.get("whole"))
        if whole != (found.tensor.dtype == "int"):
            raise refused(operator, "between whole numbers and others")
    return found


@reader("Clip")
def clip(to: Builder, operator: Operator) -> Held:
    """Clip(0, 6) is relu6, Clip(0) is relu"""
    x = to.value(operator)
    low, high = (bound(to, operator, *each) for each in (("min", 1), ("max", 2)))
    if low == 0 and (high is None or high > 0):
        layer = layers.Activation("relu6") if high == 6 else layers.ReLU(max_value=high)
        return x._replace(tensor=to.layer(layer, x.tensor, (), operator.called))
    tensor = x.tensor if low is None else ops.maximum(x.tensor, low)
    return x._replace(tensor=tensor if high is None else ops.minimum(tensor, high))


def bound(to: Builder, operator: Operator, name: str, at: int) -> float | None:
    found = operator.attributes.get(name)
    if found is None:
        found = to.known(operator, at)
    if found is None or not abs(float(np.asarray(found).reshape(()))) < 3e38:
        return None
    return float(np.asarray(found).reshape(()))


@reader("ThresholdedRelu")
def thresholded(to: Builder, operator: Operator) -> Held:
    x, alpha = to.value(operator), real(operator.attributes, "alpha", 1.0)
    layer = layers.ReLU(threshold=alpha)
    return x._replace(tensor=to.layer(layer, x.tensor, (), operator.called))


@reader("PRelu")
def learned_slope(to: Builder, operator: Operator) -> Held:
    x, slope = to.value(operator), to.needed(operator, 1)
    if operator.attributes.get("channels") and slope.size > 1:
        slope = slope.reshape(-1, *(1,) * (len(x.axes) - 2))
    placed = as_ours(x, slope)
    rank = len(x.tensor.shape) - 1
    placed = placed.reshape((1,) * (rank - placed.ndim) + placed.shape)
    if placed.size > 1 and placed.shape[:-1] != (1,) * (rank - 1):
        raise refused(operator, "with slopes that differ from place to place")
    wide = x.tensor.shape[-1] or 1
    alone = placed.size == 1
    layer = layers.PReLU(shared_axes=tuple(range(1, rank + alone)) or None)
    array = placed if alone else np.broadcast_to(placed, (*placed.shape[:-1], wide))
    return x._replace(tensor=to.layer(layer, x.tensor, [array], operator.called))


@reader("Erf")
def error_function(to: Builder, operator: Operator) -> Held | list[Held]:
    """x·½·(1 + erf(x/√2)), which is gelu, from its parts"""
    inner = to.writer(operator.reads[0])
    scaled = inner is not None and (
        (inner.kind == "Div" and near(to, inner, 2**0.5))
        or (inner.kind == "Mul" and near(to, inner, 0.5**0.5))
    )
    more = to.follower(operator.writes[0])
    last = more and to.follower(more[1].writes[0])
    if inner and scaled and more and last and more[1].kind == "Add" and near(to, more[1], 1):
        x, parts = inner.reads[0], [more, last]
        (other,) = set(last[1].reads) - set(more[1].writes)
        half = to.writer(other)
        if other == x and (found := to.follower(last[1].writes[0])):
            parts.append(found)
            half = found[1]
        elif half is not None and x not in half.reads:
            half = None
        if last[1].kind == "Mul" and half and half.kind == "Mul" and near(to, half, 0.5):
            value = to.values[x]
            assert isinstance(value, Value)
            for at, _ in parts:
                to.done.add(at)
            made = value._replace(tensor=to.layer(layers.Activation("gelu"), value.tensor))
            return to.under(parts[-1][1], made)
    raise refused(operator, "outside of gelu")


def near(to: Builder, operator: Operator, number: float) -> bool:
    """Whether one of the two that an operator reads is this number."""
    found = [to.values.get(name) for name in operator.reads]
    known = [each for each in found if isinstance(each, np.ndarray) and each.size == 1]
    return any(abs(float(each.reshape(())) - number) < 1e-6 for each in known)


@reader("ChannelDropout")
def channel_dropout(to: Builder, operator: Operator) -> Held:
    """Whole channels of (n, c, …)"""
    x, rate = to.value(operator), float(operator.attributes["ratio"])
    kinds = {3: layers.SpatialDropout1D, 4: layers.SpatialDropout2D}
    if len(x.axes) not in kinds:
        raise refused(operator, f"on {x.shape}")
    made = to.layer(kinds[len(x.axes)](rate), channels_last(x), (), operator.called)
    return channels_first(made)


@reader("Dropout")
def dropout(to: Builder, operator: Operator) -> Held:
    x, rate = to.value(operator), operator.attributes.get("ratio")
    if rate is None:
        given = to.known(operator, 1)
        rate = 0.5 if given is None else float(given.reshape(()))
    rate = float(f"{float(rate):.7g}")
    if not 0 < rate < 1 or not math.isfinite(rate):
        return x
    return x._replace(tensor=to.layer(layers.Dropout(rate), x.tensor, (), operator.called))
