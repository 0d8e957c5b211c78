"""Modules of torch.nn as operators: which settings mean what, and which must be as usual."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.foreign import quoted
from pellucid.interop.torch.translating import Translation, module, unread

To = Translation


def pair(value: Any, rank: int) -> list[int]:
    return [int(value)] * rank if isinstance(value, int) else [int(each) for each in value]


def only(made: Any, **usual: Any) -> None:
    """Refuse a module with settings that are not as they must be."""
    for name, value in usual.items():
        if getattr(made, name, value) != value:
            raise unread(f"{type(made).__name__} with {name}={quoted(getattr(made, name))}")


@module("Linear")
def linear(to: To, made: Any, x: str, called: str) -> Any:
    return to.emit("Gemm", [x, *weights(to, made, called)], called=called, transB=1)


@module("Conv1d", "Conv2d")
def convolution(to: To, made: Any, x: str, called: str) -> Any:
    only(made, padding_mode="zeros")
    rank = made.weight.ndim - 2
    reads = [x, *weights(to, made, called)]
    dilations, size = pair(made.dilation, rank), list(made.kernel_size)
    if made.padding == "same":
        total = [step * (extent - 1) for step, extent in zip(dilations, size, strict=True)]
        pads = [each // 2 for each in total] + [each - each // 2 for each in total]
    else:
        pads = [0] * 2 * rank if made.padding == "valid" else pair(made.padding, rank) * 2
    return to.emit(
        "Conv",
        reads,
        called=called,
        pads=pads,
        strides=pair(made.stride, rank),
        dilations=dilations,
        group=made.groups,
    )


def weights(to: To, made: Any, called: str) -> list[str]:
    """Weight and bias, "" for what it has not."""
    found = [(name, getattr(made, name, None)) for name in ("weight", "bias")]
    return [to.array(each, f"{called}.{name}") for name, each in found]


@module("ConvTranspose1d", "ConvTranspose2d")
def transposed(to: To, made: Any, x: str, called: str) -> Any:
    only(made, padding_mode="zeros")
    rank = made.weight.ndim - 2
    return to.emit(
        "ConvTranspose",
        [x, *weights(to, made, called)],
        called=called,
        pads=pair(made.padding, rank) * 2,
        strides=pair(made.stride, rank),
        dilations=pair(made.dilation, rank),
        group=made.groups,
        output_padding=pair(made.output_padding, rank),
    )


@module("MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d")
def pooling(to: To, made: Any, x: str, called: str) -> Any:
    only(made, return_indices=False, divisor_override=None)
    rank = int(type(made).__name__[-2])
    given = {
        "kernel_size": made.kernel_size,
        "stride": made.stride,
        "padding": made.padding,
        "ceil_mode": made.ceil_mode,
        "dilation": getattr(made, "dilation", 1),
        "count_include_pad": getattr(made, "count_include_pad", False),
    }
    return pooled(
        to, "MaxPool" if "Max" in type(made).__name__ else "AveragePool", x, rank, given, called
    )


def pooled(to: To, kind: str, x: str, rank: int, given: dict[str, Any], called: str = "") -> Any:
    """A pool by the settings of PyTorch."""
    size = pair(given["kernel_size"], rank)
    stride = given.get("stride")
    return to.emit(
        kind,
        [x],
        called=called,
        kernel_shape=size,
        strides=size if stride in (None, [], ()) else pair(stride, rank),
        pads=pair(given.get("padding", 0), rank) * 2,
        dilations=pair(given.get("dilation", 1), rank),
        ceil_mode=int(bool(given.get("ceil_mode"))),
        count_include_pad=int(bool(given.get("count_include_pad", True))),
    )


@module("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d")
def to_one_place(to: To, made: Any, x: str, called: str) -> Any:
    only(made, return_indices=False)
    if set(pair(made.output_size, 1)) != {1}:
        raise unread(f"{type(made).__name__} to more than one place")
    kind = "GlobalAveragePool" if "Avg" in type(made).__name__ else "GlobalMaxPool"
    return to.emit(kind, [x], called=called)


@module("BatchNorm1d", "BatchNorm2d")
def batch_normalization(to: To, made: Any, x: str, called: str) -> Any:
    if made.momentum is None or made.running_mean is None:
        raise unread("BatchNorm without moving statistics, or with momentum=None,")
    arrays = [
        to.array(getattr(made, name), f"{called}.{name}")
        for name in ("weight", "bias", "running_mean", "running_var")
    ]
    momentum, epsilon = 1 - made.momentum, made.eps
    return to.emit(
        "BatchNormalization", [x, *arrays], called=called, momentum=momentum, epsilon=epsilon
    )


@module("LayerNorm")
def layer_normalization(to: To, made: Any, x: str, called: str) -> Any:
    rank = len(made.normalized_shape)
    return to.emit(
        "LayerNormalization",
        [x, *weights(to, made, called)],
        called=called,
        axis=-rank,
        epsilon=made.eps,
    )


@module("RMSNorm")
def by_size(to: To, made: Any, x: str, called: str) -> Any:
    if made.weight is None or len(made.normalized_shape) != 1 or made.eps is None:
        raise unread("RMSNorm without weight or eps, or over several axes,")
    scale = to.array(made.weight, f"{called}.weight")
    return to.emit("RMSNormalization", [x, scale], called=called, axis=-1, epsilon=made.eps)


@module("GroupNorm", "InstanceNorm1d", "InstanceNorm2d")
def group_normalization(to: To, made: Any, x: str, called: str) -> Any:
    only(made, track_running_stats=False)
    given = {"num_groups": made.num_groups} if hasattr(made, "num_groups") else {}
    return to.emit(
        "GroupNormalization",
        [x, *weights(to, made, called)],
        called=called,
        epsilon=made.eps,
        **given,
    )


@module("Embedding")
def embedding(to: To, made: Any, x: str, called: str) -> Any:
    only(made, padding_idx=None, max_norm=None, scale_grad_by_freq=False, sparse=False)
    table = to.array(made.weight, f"{called}.weight")
    return to.emit("Gather", [table, x], called=called, axis=0)


@module("Dropout")
def dropout(to: To, made: Any, x: str, called: str) -> Any:
    return to.emit("Dropout", [x], called=called, ratio=made.p)


@module("Dropout1d", "Dropout2d")
def whole_channels(to: To, made: Any, x: str, called: str) -> Any:
    return to.emit("ChannelDropout", [x], called=called, ratio=made.p)


#: activations: the operator, and its attributes from the settings of the module
PLAIN: dict[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "ReLU": ("Relu", lambda m: {}),
    "Sigmoid": ("Sigmoid", lambda m: {}),
    "Tanh": ("Tanh", lambda m: {}),
    "Softsign": ("Softsign", lambda m: {}),
    "Mish": ("Mish", lambda m: {}),
    "SELU": ("Selu", lambda m: {}),
    "Hardswish": ("HardSwish", lambda m: {}),
    "Hardsigmoid": ("HardSigmoid", lambda m: {"alpha": 1 / 6, "beta": 0.5}),
    "SiLU": ("Swish", lambda m: {}),
    "LeakyReLU": ("LeakyRelu", lambda m: {"alpha": m.negative_slope}),
    "ELU": ("Elu", lambda m: {"alpha": m.alpha}),
    "CELU": ("Celu", lambda m: {"alpha": m.alpha}),
    "GELU": ("Gelu", lambda m: {"approximate": m.approximate}),
    "Hardshrink": ("Shrink", lambda m: {"lambd": m.lambd, "bias": 0.0}),
    "Softshrink": ("Shrink", lambda m: {"lambd": m.lambd, "bias": m.lambd}),
    "ReLU6": ("Clip", lambda m: {"min": 0.0, "max": 6.0}),
    "LogSigmoid": ("Activation", lambda m: {"function": "log_sigmoid"}),
    "Tanhshrink": ("Activation", lambda m: {"function": "tanh_shrink"}),
    "Softmax": ("Softmax", lambda m: {"axis": m.dim}),
    "LogSoftmax": ("LogSoftmax", lambda m: {"axis": m.dim}),
}


@module(*PLAIN)
def activation(to: To, made: Any, x: str, called: str) -> Any:
    kind, settings = PLAIN[type(made).__name__]
    given = settings(made)
    if "axis" in given and given["axis"] is None:
        raise unread(f"{type(made).__name__} without dim")
    return to.emit(kind, [x], called=called, **given)


@module("Softplus")
def softplus(to: To, made: Any, x: str, called: str) -> Any:
    only(made, beta=1, threshold=20)
    return to.emit("Softplus", [x], called=called)


@module("Hardtanh")
def between(to: To, made: Any, x: str, called: str) -> Any:
    if (made.min_val, made.max_val) == (-1, 1):
        return to.emit("Activation", [x], called=called, function="hard_tanh")
    return to.emit("Clip", [x], called=called, min=made.min_val, max=made.max_val)


@module("PReLU")
def learned_slope(to: To, made: Any, x: str, called: str) -> Any:
    slopes = made.weight.detach().cpu().numpy()
    return to.emit("PRelu", [x, to.array(slopes, f"{called}.weight")], called=called, channels=1)


@module("Identity")
def same(to: To, made: Any, x: str, called: str) -> Any:
    return x


@module("Flatten")
def flatten(to: To, made: Any, x: str, called: str) -> Any:
    only(made, start_dim=1, end_dim=-1)
    return to.emit("Flatten", [x], called=called)


@module("Unflatten")
def unflatten(to: To, made: Any, x: str, called: str) -> Any:
    only(made, dim=1)
    shape = to.numbers(0, *(int(each) for each in made.unflattened_size))
    return to.emit("Reshape", [x, shape], called=called)


@module("ZeroPad1d", "ZeroPad2d")
def zeros_around(to: To, made: Any, x: str, called: str) -> Any:
    rank = int(type(made).__name__[-2])
    sides = pair(made.padding, 2 * rank)
    before, after = sides[::2][::-1], sides[1::2][::-1]
    return to.emit("Pad", [x], called=called, pads=[0, 0, *before, 0, 0, *after])


@module("Upsample", "UpsamplingNearest2d")
def larger(to: To, made: Any, x: str, called: str) -> Any:
    only(made, mode="nearest", size=None)
    scale = made.scale_factor
    times = [scale, scale] if isinstance(scale, (int, float)) else list(scale)
    return to.emit("Upsample", [x], called=called, scales=np.array([1, 1, *times]), mode="nearest")
