"""Functions that give the same numbers another shape, or another place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.equations import shape as moving
from pellucid.equations import spacing
from pellucid.equations.eager import arrays
from pellucid.ops.applying import Axis, Operand, apply, shape_of
from pellucid.ops.elementwise import add, multiply
from pellucid.tensor import Symbolic, place_of


def reshape(x: Operand, newshape: Sequence[int]) -> Any:
    """The numbers of x in another shape; −1 stands for the rows, or for what is left over"""
    return apply(moving.Reshape(tuple(newshape)), x)


def expand_dims(x: Operand, axis: int) -> Any:
    """x with a new dimension of 1 before `axis`"""
    if isinstance(x, Symbolic):
        extents = x.tensor.shape
        at = axis % (len(extents) + 1)
        return moving.Reshape(moving.as_target((*extents[:at], 1, *extents[at:])))(x)
    xp, (x,) = arrays(x)
    return xp.expand_dims(x, axis=axis)


def flip(x: Operand, axis: int | None = None) -> Any:
    """x with the order along an axis reversed, or along all of them"""
    if axis is None and isinstance(x, Symbolic):
        raise ValueError("flip: say which axis; the rows of a batch keep their order")
    if axis is None:
        xp, (x,) = arrays(x)
        return xp.flip(x)
    return apply(moving.Flip(axis), x)


def concatenate(xs: Sequence[Operand], axis: int = 0) -> Any:
    """xs joined along an axis; the columns of rows along axis=-1"""
    for each in xs:
        if (
            isinstance(each, Symbolic)
            and each.tensor.shape[place_of(axis, each.tensor.shape)] is None
        ):
            raise ValueError(
                f"concatenate: axis {axis} is that of the rows, whose number is open; "
                "give axis=-1 to join columns"
            )
    return apply(moving.Concatenate(axis, len(xs)), *xs)


def squeeze(x: Operand, axis: Axis = None) -> Any:
    """x without axes of extent 1"""
    extents = shape_of(x)
    one = [at for at, extent in enumerate(extents) if extent == 1]
    gone = one if axis is None else [axis] if isinstance(axis, int) else list(axis)
    away = {place_of(each, extents) for each in gone}
    if not away <= set(one):
        raise ValueError(f"squeeze: an axis of extent 1 goes, and axis={axis!r} is longer")
    kept = tuple(extent for at, extent in enumerate(extents) if at not in away)
    return apply(moving.Reshape(moving.as_target(kept)), x)


def transpose(x: Operand, axes: Sequence[int] | None = None) -> Any:
    """x with its axes in another order, or in the reverse one"""
    rank = len(shape_of(x))
    order = tuple(range(rank))[::-1] if axes is None else tuple(axes)
    if isinstance(x, Symbolic) and None in shape_of(x) and order[:1] != (0,):
        raise ValueError(f"transpose: the rows of a batch stay the first axis, got axes={order}")
    return apply(spacing.Permute(order), x)


def swapaxes(x: Operand, axis1: int, axis2: int) -> Any:
    """x with two axes exchanged"""
    extents = shape_of(x)
    order = list(range(len(extents)))
    one, other = place_of(axis1, extents), place_of(axis2, extents)
    order[one], order[other] = other, one
    return transpose(x, order)


def moveaxis(x: Operand, source: int, destination: int) -> Any:
    """x with an axis moved to another place"""
    extents = shape_of(x)
    start, end = place_of(source, extents), place_of(destination, extents)
    order = [at for at in range(len(extents)) if at != start]
    return transpose(x, [*order[:end], start, *order[end:]])


def stack(xs: Sequence[Operand], axis: int = 0) -> Any:
    """xs side by side along a new axis"""
    return concatenate([expand_dims(each, axis) for each in xs], axis)


def split(x: Operand, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """x in equal parts along an axis, or cut before each of some places"""
    extents = shape_of(x)
    at = place_of(axis, extents)
    extent = extents[at]
    if extent is None:
        raise ValueError(f"split: axis {axis} is that of the rows, whose number is open")
    if isinstance(indices_or_sections, int):
        if extent % indices_or_sections:
            raise ValueError(f"split: {extent} numbers are not {indices_or_sections} equal parts")
        step = extent // indices_or_sections
        cuts = list(range(step, extent, step))
    else:
        cuts = list(indices_or_sections)
    ends = zip([0, *cuts], [*cuts, extent], strict=True)
    before = (slice(None),) * at
    return [pick(x, (*before, slice(*pair))) for pair in ends]


def repeat(x: Operand, repeats: int, axis: int) -> Any:
    """Each number of x several times along an axis"""
    return apply(spacing.Repeat(place_of(axis, shape_of(x)), repeats), x)


def pad(x: Operand, pad_width: Sequence[Sequence[int]]) -> Any:
    """x with zeros before and after along each axis"""
    return apply(spacing.Pad(tuple((before, after) for before, after in pad_width)), x)


def pick(x: Operand, key: Any) -> Any:
    """x[key]"""
    return x[key] if isinstance(x, Symbolic) else np.asarray(x)[key]


def zeros_like(x: Operand) -> Any:
    """Zeros in the shape of x"""
    return multiply(x, 0.0)


def ones_like(x: Operand) -> Any:
    """Ones in the shape of x"""
    return add(multiply(x, 0.0), 1.0)


def full_like(x: Operand, fill_value: float) -> Any:
    """A number in the shape of x"""
    return add(multiply(x, 0.0), fill_value)


def shape(x: Operand) -> Any:
    """The extents of x, None for the rows of a tensor"""
    return shape_of(x)


def ndim(x: Operand) -> int:
    """How many axes x has"""
    return len(shape_of(x))
