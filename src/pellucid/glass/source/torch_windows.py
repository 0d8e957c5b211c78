"""Windows over images and sequences in PyTorch: convolutions of every kind, and pooling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.glass.source.graph import Step
from pellucid.glass.source.torch_parts import Made, Part, activated, no_bias, same, turned, weights

Sides = list[tuple[int, int]]


def borders(step: Step, size: Sequence[int], strides: Sequence[int], padding: str) -> Sides:
    """How many zeros stand before and behind, along each direction."""
    if padding == "causal":
        return [(size[0] - 1, 0)]
    found = []
    for extent, k, s in zip(step.reads[0].shape[1:], size, strides, strict=False):
        total = max((-(-(extent or 1) // s) - 1) * s + k - (extent or 1), 0)
        found.append((total // 2, total - total // 2) if padding == "same" else (0, 0))
    return found


def around(x: str, sides: Sides, filled: str = "") -> str:
    """x with a border, of zeros if nothing else is said."""
    places = ", ".join(f"{before}, {after}" for before, after in reversed(sides))
    return f"F.pad({x}, (0, 0, {places}){filled})"


def padded(step: Step, sides: Sides, filled: str) -> tuple[str, str]:
    """The padding of a window as an argument, or around what is read where it is uneven."""
    if all(before == after for before, after in sides):
        even = listed([before for before, _ in sides])
        return (f", padding={even}" if any(map(any, sides)) else ""), step.read[0]
    return "", around(step.read[0], sides, filled)


def listed(numbers: Sequence[int]) -> str:
    """One number for a sequence, two for images."""
    return str(numbers[0]) if len(numbers) == 1 else str(tuple(numbers))


class Window:
    """Where the window of a layer stands, in as many directions as it has."""

    def __init__(self, step: Step):
        layer: Any = step.layer
        self.step, self.layer, self.rank = step, layer, layer.rank
        self.dilation = getattr(layer, "dilation", (1, 1))[-self.rank :]
        self.strides = layer.window["strides"][-self.rank :]
        self.padding = str(layer.padding).lower()
        self.channels = step.reads[0].shape[-1]

    def placed(self, size: Sequence[int]) -> tuple[str, str]:
        """Size, strides and how far apart, as arguments, and what is read."""
        seen = [(k - 1) * apart + 1 for k, apart in zip(size, self.dilation, strict=True)]
        sides = borders(self.step, seen, self.strides, self.padding)
        even, read = padded(self.step, sides, "")
        apart = f", dilation={listed(self.dilation)}" if any(d > 1 for d in self.dilation) else ""
        return f"{listed(size)}, {listed(self.strides)}{even}{apart}", read


def convolution(step: Step) -> Made:
    window, layer = Window(step), step.layer
    placed, read = window.placed(layer.w.shape[: window.rank])  # type: ignore[attr-defined]
    groups = f", groups={layer.groups}" if layer.groups > 1 else ""  # type: ignore[attr-defined]
    given = f"{window.channels}, {window.layer.filters}, {placed}{groups}{no_bias(layer)}"
    call = activated(step, f"images({{m}}, {read})")
    return Made(f"nn.Conv{window.rank}d({given})", call, weights(layer, turned))


def by_channel(array: np.ndarray) -> np.ndarray:
    """(…, c, m) as (c·m, 1, …): the kernels of each channel, one after the other."""
    *size, channels, kernels = array.shape
    moved = np.moveaxis(array, (-2, -1), (0, 1))
    return moved.reshape(channels * kernels, 1, *size)


def depthwise(step: Step) -> Made:
    window, layer = Window(step), step.layer
    placed, read = window.placed(layer.w.shape[: window.rank])  # type: ignore[attr-defined]
    groups = f", groups={window.channels}{no_bias(layer)}"
    module = f"nn.Conv{window.rank}d({window.channels}, {window.layer.wide}, {placed}{groups})"
    call = activated(step, f"images({{m}}, {read})")
    return Made(module, call, weights(layer, by_channel))


def separable(step: Step) -> Made:
    window, layer = Window(step), step.layer
    placed, read = window.placed(layer.d.shape[: window.rank])  # type: ignore[attr-defined]
    wide, kind = window.layer.wide, f"nn.Conv{window.rank}d"
    first = f"{kind}({window.channels}, {wide}, {placed}, groups={window.channels}, bias=False)"
    second = f"{kind}({wide}, {window.layer.filters}, 1{no_bias(layer)})"
    parts: list[Part] = [("depthwise.weight", 0, by_channel), ("pointwise.weight", 1, turned)]
    parts += [("pointwise.bias", 2, same)] if window.layer.use_bias else []
    call = activated(step, f"images({{m}}, {read})")
    return Made(f"Separable({first}, {second})", call, tuple(parts))


def transposed(step: Step) -> Made:
    """Where PyTorch makes more than is asked for, the border is cut off."""
    layer: Any = step.layer
    rank = layer.rank
    size, strides = layer.w.shape[:rank], layer.equation.strides[-rank:]
    missing = [max(s - k, 0) for k, s in zip(size, strides, strict=True)]
    more = f", output_padding={listed(missing)}" if any(missing) else ""
    given = f"{step.reads[0].shape[-1]}, {layer.filters}, {listed(size)}, {listed(strides)}{more}"
    call = f"images({{m}}, {step.read[0]})"
    if layer.equation.padding == "same":
        cut = [max(k - s, 0) // 2 for k, s in zip(size, strides, strict=True)]
        ends = zip(cut, layer.equation.extents[-rank:], strict=True)
        call += f"[:, {', '.join(f'{start}:{start + extent}' for start, extent in ends)}]"
    module = f"nn.ConvTranspose{rank}d({given}{no_bias(layer)})"
    return Made(module, activated(step, call), weights(layer, turned))


def pooling(kind: str) -> Callable[[Step], Made]:
    """The largest number of a window, or the mean of those that are none of the border."""

    def made(step: Step) -> Made:
        equation: Any = step.layer.equation  # type: ignore[attr-defined]
        rank = step.layer.rank  # type: ignore[attr-defined]
        size, strides = equation.pool[-rank:], equation.strides[-rank:]
        sides = borders(step, size, strides, equation.padding)
        even, read = padded(step, sides, ', value=float("-inf")')
        call = f"images({{m}}, {read})"
        if kind == "Avg" and read != step.read[0]:
            ones = around(f"torch.ones_like({step.read[0]})", sides)
            call = f"images({{m}}, {around(step.read[0], sides)}) / images({{m}}, {ones})"
        counted = ", count_include_pad=False" if even and kind == "Avg" else ""
        given = f"{listed(size)}, {listed(strides)}{even}{counted}"
        return Made(f"nn.{kind}Pool{rank}d({given})", call)

    return made


def over_all(kind: str) -> Callable[[Step], Made]:
    """One number for each channel."""

    def made(step: Step) -> Made:
        layer: Any = step.layer
        x, rank = step.read[0], layer.rank
        if kind == "mean":
            kept = ", keepdim=True" if layer.keepdims else ""
            return Made("", f"{x}.mean(dim={1 if rank == 1 else (1, 2)}{kept})")
        flat = x if rank == 1 else f"{x}.flatten(1, 2)"
        kept = f"[:, {', '.join(['None'] * rank)}]" if layer.keepdims else ""
        return Made("", f"{flat}.max(dim=1).values{kept}")

    return made
