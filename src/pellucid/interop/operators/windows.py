"""Convolutions and pooling of images and sequences; how they are padded is worked out, not guessed.

Padding that is "same" here is said so. Else zeros are put around what a convolution reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid import layers
from pellucid.equations.convolution import axis_of
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.elementwise import fused
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.values import Value, channels_first, channels_last
from pellucid.tensor import Tensor


class Window(NamedTuple):
    """A window over `rank` directions: its size, how far it moves, and what is put around."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def rank(self) -> int:
        return len(self.size)

    @property
    def seen(self) -> tuple[int, ...]:
        pairs = zip(self.size, self.dilations, strict=True)
        return tuple((extent - 1) * step + 1 for extent, step in pairs)

    @property
    def padded(self) -> bool:
        return any((*self.before, *self.after))

    def is_same(self, extents: Sequence[int]) -> bool:
        """Whether it is padded as "same" is here."""
        found = [
            axis_of(size, stride, extent, "same")
            for size, stride, extent in zip(self.seen, self.strides, extents, strict=True)
        ]
        pads = [(each.before, each.after) for each in found]
        return pads == list(zip(self.before, self.after, strict=True))


def window_of(operator: Operator, size: Sequence[int], extents: Sequence[int]) -> Window:
    given, rank = operator.attributes, len(size)
    strides = numbers(operator, "strides", rank)
    dilations = numbers(operator, "dilations", rank)
    pads = [int(each) for each in given.get("pads", [0] * 2 * rank)]
    window = Window(tuple(size), strides, dilations, tuple(pads[:rank]), tuple(pads[rank:]))
    how = given.get("auto_pad", "NOTSET")
    if how in ("SAME_UPPER", "SAME_LOWER"):
        window = automatic(window, extents, how == "SAME_LOWER")
    if len(window.before) != rank or len(window.after) != rank or min(pads, default=0) < 0:
        raise refused(operator, f"with pads {pads}")
    if min((*size, *strides, *dilations), default=1) < 1:
        raise refused(operator, "with a window of no size")
    return window


def numbers(operator: Operator, name: str, rank: int) -> tuple[int, ...]:
    found = tuple(int(each) for each in operator.attributes.get(name, [1] * rank))
    if len(found) != rank:
        raise refused(operator, f"with {name} {found}")
    return found


def automatic(window: Window, extents: Sequence[int], more_before: bool) -> Window:
    """The padding of SAME_UPPER, the odd one behind, or of SAME_LOWER."""
    found = [
        axis_of(size, stride, extent, "same")
        for size, stride, extent in zip(window.seen, window.strides, extents, strict=True)
    ]
    before, after = (tuple(getattr(each, name) for each in found) for name in ("before", "after"))
    if more_before:
        before, after = after, before
    return window._replace(before=before, after=after)


def extents_of(operator: Operator, x: Value) -> list[int]:
    """How large images or sequences (n, c, …) are."""
    rank = len(x.axes) - 2
    if rank not in (1, 2) or x.batch:
        raise refused(operator, f"on {x.shape}")
    return [each for each in x.shape[2:] if isinstance(each, int)]


def surrounded(to: Builder, x: Tensor, window: Window) -> Tensor:
    """Zeros around images or sequences."""
    pairs = tuple(zip(window.before, window.after, strict=True))
    layer = layers.ZeroPadding2D(pairs) if window.rank == 2 else layers.ZeroPadding1D(pairs[0])
    return to.layer(layer, x)


def of_rank(rank: int, name: str) -> Any:
    return getattr(layers, f"{name}{rank}D")


@reader("Conv")
def convolution(to: Builder, operator: Operator) -> Held | list[Held]:
    x, w, b = to.value(operator), to.needed(operator, 1), to.known(operator, 2)
    extents = extents_of(operator, x)
    if w.ndim != len(x.axes):
        raise refused(operator, f"with a kernel of shape {w.shape}")
    window = window_of(operator, w.shape[2:], extents)
    read = channels_last(x)
    same = window.padded and window.is_same(extents)
    if window.padded and not same:
        read = surrounded(to, read, window)
    given = {
        "kernel_size": window.size,
        "strides": window.strides,
        "padding": "same" if same else "valid",
        "dilation_rate": window.dilations,
        "use_bias": b is not None,
    }
    activation, operator = fused(to, operator, 1)
    layer, kernel = convolving(operator, x, w, given | {"activation": activation})
    arrays = [kernel, *([] if b is None else [b])]
    return to.under(operator, channels_first(to.layer(layer, read, arrays, operator.called)))


def convolving(
    operator: Operator, x: Value, w: np.ndarray, given: dict[str, Any]
) -> tuple[Any, np.ndarray]:
    """The layer, and its kernel as it stands here, channels last."""
    rank, groups = len(x.axes) - 2, int(operator.attributes.get("group", 1))
    channels, filters = x.shape[1], w.shape[0]
    turned = (*range(2, rank + 2), 1, 0)
    if groups > 1 and groups == channels and filters % groups == 0 and w.shape[1] == 1:
        layer = of_rank(rank, "DepthwiseConv")(depth_multiplier=filters // groups, **given)
        apart = w.reshape(groups, filters // groups, *w.shape[2:])
        return layer, apart.transpose(*range(2, rank + 2), 0, 1)
    if channels != w.shape[1] * groups:
        raise refused(operator, f"of {channels} channels and a kernel of shape {w.shape}")
    return of_rank(rank, "Conv")(filters, groups=groups, **given), w.transpose(turned)


@reader("ConvTranspose")
def transposed(to: Builder, operator: Operator) -> Held:
    x, w, b = to.value(operator), to.needed(operator, 1), to.known(operator, 2)
    extents, given = extents_of(operator, x), operator.attributes
    window = window_of(operator, w.shape[2:], extents)
    more = [int(each) for each in given.get("output_padding", [0] * window.rank)]
    plain = given.get("group", 1) == 1 and set(window.dilations) == {1}
    if not plain or given.get("output_shape") or given.get("auto_pad", "NOTSET") != "NOTSET":
        raise refused(operator, "with groups, dilations, auto_pad or output_shape")
    full = [
        max(size - stride, 0) + extent * stride
        for size, stride, extent in zip(window.size, window.strides, extents, strict=True)
    ]
    wanted = [
        stride * (extent - 1) + size + extra
        for size, stride, extent, extra in zip(
            window.size, window.strides, extents, more, strict=True
        )
    ]
    cut = [a + f - m for a, f, m in zip(window.after, full, wanted, strict=True)]
    if min(cut) < 0:
        raise refused(operator, f"with output_padding {more}")
    layer = getattr(layers, f"Conv{window.rank}DTranspose")(
        w.shape[1], window.size, window.strides, use_bias=b is not None
    )
    kernel = w.transpose(*range(2, window.rank + 2), 1, 0)
    arrays = [kernel, *([] if b is None else [b])]
    made = to.layer(layer, channels_last(x), arrays, operator.called)
    if any((*window.before, *cut)):
        pairs = tuple(zip(window.before, cut, strict=True))
        away = layers.Cropping2D(pairs) if window.rank == 2 else layers.Cropping1D(pairs[0])
        made = to.layer(away, made)
    return channels_first(made)
