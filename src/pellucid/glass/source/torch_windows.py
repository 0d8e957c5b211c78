"""Windows over images and sequences in PyTorch, and what only moves or repeats numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.glass.source.graph import Step, refused
from pellucid.glass.source.torch_parts import TORCH, Made, activated, no_bias, same, turned, weights

Sides = list[tuple[int, int]]


def borders(step: Step, size: Any, strides: Any, padding: str) -> Sides:
    """How many zeros stand before and behind along each direction, for padding "same"."""
    found = []
    for extent, k, s in zip(step.reads[0].shape[1:-1], size, strides, strict=True):
        total = max((-(-(extent or 1) // s) - 1) * s + k - (extent or 1), 0)
        found.append((total // 2, total - total // 2) if padding == "same" else (0, 0))
    return found


def around(text: str, sides: Sides, filled: str = "") -> str:
    """What is read, with numbers around it; channels are last, and PyTorch begins with the last."""
    if not any(map(any, sides)):
        return text
    listed = [0, 0, *(number for pair in sides[::-1] for number in pair)]
    return f"F.pad({text}, ({', '.join(map(str, listed))}){filled})"


def padded(step: Step, sides: Sides, filled: str = "") -> tuple[str, str]:
    """The padding of a window as an argument, or around what is read where it is uneven."""
    if all(before == after for before, after in sides):
        even = tuple(before for before, _ in sides)
        return f", padding={even}" if any(even) else "", step.read[0]
    return "", around(step.read[0], sides, filled)


def spread(size: Any, dilation: Any) -> tuple[int, ...]:
    return tuple((n - 1) * by + 1 for n, by in zip(size, dilation, strict=True))


def convolution(step: Step) -> Made:
    layer: Any = step.layer
    rank = layer.rank
    size, strides = layer.w.shape[:rank], layer.window["strides"][-rank:]
    dilation = layer.dilation[-rank:]
    sides = borders(step, spread(size, dilation), strides, layer.window["padding"])
    sides = [(layer.ahead, 0)] if getattr(layer, "ahead", 0) else sides
    even, read = padded(step, sides)
    apart = f", dilation={dilation}" if set(dilation) != {1} else ""
    groups = f", groups={layer.groups}" if layer.groups != 1 else ""
    how = turned if rank == 2 else turned_steps
    given = f"{step.reads[0].shape[-1]}, {layer.filters}, {tuple(size)}, {tuple(strides)}"
    made = f"nn.Conv{rank}d({given}{even}{apart}{groups}{no_bias(layer)})"
    return Made(made, activated(step, f"images({{m}}, {read})"), weights(layer, how))


def turned_steps(array: np.ndarray) -> np.ndarray:
    """(k, c, m) as (m, c, k)"""
    return array.transpose(2, 1, 0)


def by_channel(step: Step) -> Made:
    """Each channel by itself is a convolution in as many groups."""
    layer: Any = step.layer
    rank = layer.rank
    size, strides = layer.w.shape[:rank], layer.window["strides"][-rank:]
    dilation = layer.dilation[-rank:]
    sides = borders(step, spread(size, dilation), strides, layer.window["padding"])
    even, read = padded(step, sides)
    channels = step.reads[0].shape[-1]

    def how(array: np.ndarray) -> np.ndarray:
        turned = array.transpose(rank, rank + 1, *range(rank))
        return turned.reshape(-1, 1, *array.shape[:rank])

    given = f"{channels}, {layer.wide}, {tuple(size)}, {tuple(strides)}{even}"
    made = f"nn.Conv{rank}d({given}, dilation={dilation}, groups={channels}{no_bias(layer)})"
    return Made(made, activated(step, f"images({{m}}, {read})"), weights(layer, how))


def transposed(step: Step) -> Made:
    """`output_padding` makes up for what the strides leave open behind."""
    layer: Any = step.layer
    rank = layer.rank
    size = layer.w.shape[:rank]
    strides, extents = layer.equation.strides[-rank:], layer.equation.extents[-rank:]
    axes = layer.equation.axes((0, *layer.equation.extents), as_pair(size))[-rank:]
    before = [axis.before for axis in axes]
    image = [extent or 1 for extent in step.reads[0].shape[1:-1]]
    more = [
        extent - ((n - 1) * s - 2 * b + k)
        for extent, n, s, b, k in zip(extents, image, strides, before, size, strict=True)
    ]
    if any(not 0 <= each < max(s, 1) for each, s in zip(more, strides, strict=True)):
        raise refused(f"{type(layer).__name__} of this size and these strides", TORCH)
    how = turned if rank == 2 else turned_steps
    given = f"{step.reads[0].shape[-1]}, {layer.filters}, {tuple(size)}, {tuple(strides)}"
    given += f", padding={tuple(before)}, output_padding={tuple(more)}{no_bias(layer)}"
    call = activated(step, f"images({{m}}, {step.read[0]})")
    return Made(f"nn.ConvTranspose{rank}d({given})", call, weights(layer, how))


def as_pair(size: Any) -> tuple[int, int]:
    return (1, size[0]) if len(size) == 1 else (size[0], size[1])


def pooling(module: str, filled: str) -> Callable[[Step], Made]:
    def made(step: Step) -> Made:
        layer: Any = step.layer
        equation, rank = layer.equation, layer.rank
        pool, strides = equation.pool[-rank:], equation.strides[-rank:]
        sides = borders(step, pool, strides, equation.padding)
        even, read = padded(step, sides, filled)
        if not filled and read != step.read[0]:
            raise refused(
                f'{type(layer).__name__}(padding="same") where it pads one side more than the '
                "other",
                TORCH,
                'use padding="valid", or strides that divide the image',
            )
        counted = ", count_include_pad=False" if even and not filled else ""
        call = f"images({{m}}, {read})"
        return Made(f"nn.{module}{rank}d({pool}, {strides}{even}{counted})", call)

    return made


def whole(function: str) -> Callable[[Step], Made]:
    """One number of all places, for each channel."""

    def made(step: Step) -> Made:
        layer: Any = step.layer
        kept = ", keepdim=True" if layer.keepdims else ""
        axes = tuple(range(1, layer.rank + 1))
        return Made("", f"{step.read[0]}.{function}(dim={axes}{kept})")

    return made


def zero_padding(step: Step) -> Made:
    layer: Any = step.layer
    return Made("", around(step.read[0], list(layer.border)))


def cropping(step: Step) -> Made:
    layer: Any = step.layer
    parts = ", ".join(f"{each.start}:{each.stop}" for each in layer.key[1:])
    return Made("", f"{step.read[0]}[:, {parts}]")


def up_sampling(step: Step) -> Made:
    layer: Any = step.layer
    text = step.read[0]
    for axis, times in enumerate(layer.times, 1):
        text = f"{text}.repeat_interleave({times}, dim={axis})" if times > 1 else text
    return Made("", text)


def repeated(step: Step) -> Made:
    layer: Any = step.layer
    width = step.reads[0].shape[-1]
    text = f"{step.read[0]}.reshape(-1, 1, {width}).repeat_interleave({layer.n}, dim=1)"
    return Made("", text)


def permute(step: Step) -> Made:
    dims = ", ".join(map(str, step.layer.dims))  # type: ignore[attr-defined]
    return Made("", f"{step.read[0]}.permute(0, {dims})")


def channel_dropout(step: Step) -> Made:
    layer: Any = step.layer
    rank = len(step.reads[0].shape) - 2
    return Made(f"nn.Dropout{rank}d({float(layer.rate)})", f"images({{m}}, {step.read[0]})")


def group_normalization(step: Step) -> Made:
    layer: Any = step.layer
    channels = step.reads[0].shape[-1]
    if layer.scale != layer.center:
        raise refused("GroupNormalization with scale or center alone", TORCH)
    affine = "" if layer.scale else ", affine=False"
    parts = tuple((name, at, same) for at, name in enumerate(("weight", "bias")[: 2 * layer.scale]))
    module = f"nn.GroupNorm({layer.count}, {channels}, eps={layer.epsilon}{affine})"
    return Made(module, f"images({{m}}, {step.read[0]})", parts)


def by_size(step: Step) -> Made:
    layer: Any = step.layer
    rank = len(step.reads[0].shape)
    if layer.axes != tuple(range(rank - len(layer.axes), rank)):
        raise refused(f"RMSNormalization(axis={layer.axis}), which is not the last", TORCH)
    extents = tuple(step.reads[0].shape[axis] for axis in layer.axes)
    module = f"nn.RMSNorm({extents}, eps={layer.epsilon})"
    return Made(module, f"{{m}}({step.read[0]})", (("weight", 0, same),))


LAYERS = {
    "Conv1D": convolution,
    "Conv2D": convolution,
    "DepthwiseConv1D": by_channel,
    "DepthwiseConv2D": by_channel,
    "Conv1DTranspose": transposed,
    "Conv2DTranspose": transposed,
    "MaxPooling1D": pooling("MaxPool", ', value=float("-inf")'),
    "MaxPooling2D": pooling("MaxPool", ', value=float("-inf")'),
    "AveragePooling1D": pooling("AvgPool", ""),
    "AveragePooling2D": pooling("AvgPool", ""),
    "GlobalAveragePooling1D": whole("mean"),
    "GlobalAveragePooling2D": whole("mean"),
    "GlobalMaxPooling1D": whole("amax"),
    "GlobalMaxPooling2D": whole("amax"),
    "ZeroPadding1D": zero_padding,
    "ZeroPadding2D": zero_padding,
    "Cropping1D": cropping,
    "Cropping2D": cropping,
    "UpSampling1D": up_sampling,
    "UpSampling2D": up_sampling,
    "RepeatVector": repeated,
    "Permute": permute,
    "SpatialDropout1D": channel_dropout,
    "SpatialDropout2D": channel_dropout,
    "GroupNormalization": group_normalization,
    "RMSNormalization": by_size,
}
