"""Layers in PyTorch: the module, how it is called, and its weights in the order that it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.glass.source.graph import NO_MODULE, Refused, Step, refused, row_of
from pellucid.glass.source.operations import TORCH as OPERATIONS
from pellucid.glass.source.operations import operation
from pellucid.glass.source.torch_normalizing import (
    batch_normalization,
    group_normalization,
    layer_normalization,
    normalization,
    rms_normalization,
)
from pellucid.glass.source.torch_numeric import parametric, periodic, scaling, waves_and_relu
from pellucid.glass.source.torch_parts import (
    TORCH,
    Made,
    activated,
    applied,
    no_bias,
    refuse_apart,
    same,
    turned,
    weights,
)
from pellucid.glass.source.torch_recurrent import recurrent, two_biases
from pellucid.glass.source.torch_shaping import (
    average,
    concatenated,
    cropping,
    dot,
    flatten,
    joined,
    nested,
    of_x,
    permute,
    prelu,
    relu,
    reshape,
    unit_normalization,
    up_sampling,
    with_array,
    zero_padding,
)
from pellucid.glass.source.torch_windows import (
    convolution,
    depthwise,
    over_all,
    pooling,
    separable,
    transposed,
)
from pellucid.layers.base import Layer
from pellucid.tensor import Tensor


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


def rate_of(step: Step) -> float:
    """How much is dropped, if it is a number."""
    rate = step.layer.rate  # type: ignore[attr-defined]
    if not isinstance(rate, (int, float)):
        raise refused(f"{type(step.layer).__name__} with {rate!r}", TORCH, "give a number")
    return rate


def dropout(step: Step) -> Made:
    shape, x = step.layer.noise_shape, step.read[0]  # type: ignore[attr-defined]
    if shape is None:
        return Made(f"nn.Dropout({rate_of(step)})", f"{{m}}({x})")
    one = ", ".join(":1" if extent == 1 else ":" for extent in shape)
    return Made(f"nn.Dropout({rate_of(step)})", f"{x} * {{m}}(torch.ones_like({x}[{one}]))")


def of_channels(step: Step) -> Made:
    rank = step.layer.rank  # type: ignore[attr-defined]
    return Made(f"nn.Dropout{rank}d({rate_of(step)})", f"images({{m}}, {step.read[0]})")


def alpha_dropout(step: Step) -> Made:
    return Made(f"nn.AlphaDropout({rate_of(step)})", f"{{m}}({step.read[0]})")


def gaussian_dropout(step: Step) -> Made:
    x, rate = step.read[0], rate_of(step)
    spread = (rate / (1 - rate)) ** 0.5
    return Made("", f"{x} * (1 + {spread} * torch.randn_like({x})) if self.training else {x}")


def noise(step: Step) -> Made:
    x, size = step.read[0], step.layer.stddev  # type: ignore[attr-defined]
    return Made("", f"{x} + {size} * torch.randn_like({x}) if self.training else {x}")


def rescaling(step: Step) -> Made:
    layer: Any = step.layer
    offset = f" + {layer.offset}" if layer.offset else ""
    return Made("", f"{layer.scale} * {step.read[0]}{offset}")


def activation(step: Step) -> Made:
    return Made("", activated(step, step.read[0]))


def operator(step: Step) -> Made:
    return Made("", operation(step, OPERATIONS, TORCH, applied))


def both_ways(step: Step) -> Made:
    """Two recurrent layers, what they give put together."""
    layer: Any = step.layer
    ahead, back = (row(step._replace(layer=each)) for each in layer.within)
    calls = [ahead.call.replace("{m}", "{m}.ahead"), back.call.replace("{m}", "{m}.back")]
    for at, each in enumerate(layer.within):
        turned_back = each.go_backwards and each.return_sequences
        calls[at] += ".flip(1)" if turned_back else ""
    merged = {
        "concat": "torch.cat(({}, {}), dim=-1)",
        "sum": "{} + {}",
        "mul": "{} * {}",
        "ave": "({} + {}) / 2",
    }[layer.merge_mode]
    inner, count = {"ahead": ahead, "back": back}, len(layer.within[0].weights)
    parts = [
        (f"{name}.{part}", at + count * (name == "back"), how)
        for name, each in inner.items()
        for part, at, how in each.parts
    ]
    fixed = {f"{name}.{key}": x for name, each in inner.items() for key, x in each.fixed.items()}
    still = tuple(f"{name}.{part}" for name, each in inner.items() for part in each.still)
    module = f"Ways({ahead.module}, {back.module})"
    return Made(module, merged.format(*calls), tuple(parts), fixed, still)


def each_step(step: Step) -> Made:
    """A layer for one step after the other."""
    (inner,), (x,) = step.layer.within, step.reads  # type: ignore[attr-defined]
    alone = Tensor((None, *x.shape[2:]), dtype=x.dtype)
    found = row(step._replace(layer=inner, reads=(alone,), read=("each",)))
    call = f"torch.stack([{found.call} for each in {step.read[0]}.unbind(1)], dim=1)"
    still = found.still if inner.trainable else tuple(name for name, *_ in found.parts)
    return found._replace(call=call, still=still)


Row = Callable[[Step], Made]
LAYERS: dict[str, Row | Refused] = {
    **dict.fromkeys(NO_MODULE, Refused("")),
    "Dense": dense,
    "Activation": activation,
    **dict.fromkeys(("Conv1D", "Conv2D"), convolution),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose"), transposed),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), separable),
    **dict.fromkeys(("MaxPooling1D", "MaxPooling2D"), pooling("Max")),
    **dict.fromkeys(("AveragePooling1D", "AveragePooling2D"), pooling("Avg")),
    **dict.fromkeys(("GlobalAveragePooling1D", "GlobalAveragePooling2D"), over_all("mean")),
    **dict.fromkeys(("GlobalMaxPooling1D", "GlobalMaxPooling2D"), over_all("max")),
    **dict.fromkeys(("Cropping1D", "Cropping2D"), cropping),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D"), up_sampling),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D"), zero_padding),
    "Embedding": embedding,
    **dict.fromkeys(("Identity", "InputLayer"), of_x("{x}")),
    "Operation": operator,
    "Add": joined("+"),
    "Subtract": joined("-"),
    "Multiply": joined("*"),
    "Average": average,
    "Maximum": nested("torch.maximum"),
    "Minimum": nested("torch.minimum"),
    "Concatenate": concatenated,
    "Dot": dot,
    "Dropout": dropout,
    "AlphaDropout": alpha_dropout,
    "GaussianDropout": gaussian_dropout,
    "GaussianNoise": noise,
    **dict.fromkeys(("SpatialDropout1D", "SpatialDropout2D"), of_channels),
    "BatchNormalization": batch_normalization,
    "GroupNormalization": group_normalization,
    "LayerNormalization": layer_normalization,
    "RMSNormalization": rms_normalization,
    "UnitNormalization": unit_normalization,
    "Normalization": normalization,
    "Rescaling": rescaling,
    "ReLU": relu,
    "LeakyReLU": of_x("F.leaky_relu({x}, {negative_slope})"),
    "ELU": of_x("F.elu({x}, {alpha})"),
    "PReLU": prelu,
    "Softmax": of_x("F.softmax({x}, dim={axis})"),
    "SimpleRNN": recurrent("RNN", (0,)),
    "LSTM": recurrent("LSTM", (0, 1, 2, 3), "tanh", "sigmoid"),
    "GRU": recurrent("GRU", (1, 0, 2), "tanh", "sigmoid"),
    "Bidirectional": both_ways,
    "TimeDistributed": each_step,
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "RepeatVector": of_x("{x}[:, None].expand(-1, {n}, -1)"),
    "Elementwise": with_array,
    "Scaling": scaling,
    "ParametricActivation": parametric,
    "PeriodicEmbedding": periodic,
    "PLREmbedding": waves_and_relu,
}


def row(step: Step) -> Made:
    """What the table says of a layer."""
    refuse_apart(step.layer)
    found: Made = row_of(LAYERS, step.layer, "layer", TORCH)(step)
    return found


def made(step: Step) -> Made:
    """A layer in PyTorch, where no weight moves otherwise than the others."""
    if has_rates(step.layer):
        raise refused(f"{type(step.layer).__name__} with rates or decays of its own", TORCH)
    return row(step)


def has_rates(layer: Layer) -> bool:
    """Whether a weight has a rate or a decay of its own; two biases move twice as far as one."""
    twice = two_biases(layer)
    return any(
        weight.decay != 1 or weight.rate != (2 if weight in twice else 1)
        for weight in layer.weights
    )
