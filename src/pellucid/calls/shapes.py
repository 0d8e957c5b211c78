"""Shapes with the rows of the batch open: what goes together, which axes and places are meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pellucid.calls.calls import Places, Shape
from pellucid.calls.numbers import Number, Rows, Unrecordable


def common(shapes: list[Shape]) -> Shape:
    """The shape that all are spread to, by NumPy's rule."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    result = []
    for extents in zip(*padded, strict=True):
        wider = {extent for extent in extents if extent != 1}
        if len(wider) > 1:
            raise Unrecordable(f"shapes {', '.join(map(str, shapes))} do not go together")
        result.append(wider.pop() if wider else 1)
    return tuple(result)


def size(shape: Iterable[int | Rows]) -> int | Rows:
    total: int | Rows = 1
    for extent in shape:
        total = extent * total
    return total


def filled(shape: Iterable[int | Rows], total: int | Rows) -> Shape:
    """A shape of so many numbers, its −1 worked out."""
    shape = tuple(shape)
    known = size(extent for extent in shape if not is_open(extent))
    if any(map(is_open, shape)):
        rest = goes_into(known, total)
        return tuple(rest if is_open(extent) else extent for extent in shape)
    if known != total:
        raise Unrecordable(f"{total} numbers do not fit into the shape {shape}")
    return shape


def goes_into(part: int | Rows, total: int | Rows) -> int | Rows:
    """How often an extent goes into another: 3 into n·6 is n·2, n·3 into n·6 is 2."""
    open_, times = isinstance(total, Rows), total.times if isinstance(total, Rows) else total
    if isinstance(part, Rows):
        open_, part = not open_, part.times
    if not part or times % part:
        raise Unrecordable(f"{total} numbers do not fit into parts of {part}")
    return Rows(times // part) if open_ else times // part


def is_open(extent: int | Rows) -> bool:
    return not isinstance(extent, Rows) and extent == -1


def axes_of(axis: int | Iterable[int] | None, rank: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    given = (axis,) if isinstance(axis, int) else axis
    return tuple(sorted({each % rank for each in given}))


def reduced(shape: Shape, axes: tuple[int, ...], keepdims: bool) -> Shape:
    if keepdims:
        return tuple(1 if at in axes else extent for at, extent in enumerate(shape))
    return tuple(extent for at, extent in enumerate(shape) if at not in axes)


def spelled_out(key: Any, shape: Shape) -> tuple[Places, Shape, Shape]:
    """What x[key] means: the places, the shape that they make, and that without whole numbers."""
    places: list[range | None] = []
    taken: list[int | Rows] = []
    shown: list[int | Rows] = []
    for each in without_ellipsis(key if isinstance(key, tuple) else (key,), len(shape)):
        if each is None:
            shown.append(1)
            continue
        extent = shape[len(places)]
        place = place_of(each, extent)
        places.append(place)
        taken.append(extent if place is None else len(place))
        if isinstance(each, slice):
            shown.append(taken[-1])
    return tuple(places), tuple(taken), tuple(shown)


def without_ellipsis(key: tuple[Any, ...], rank: int) -> tuple[Any, ...]:
    """The key with what `...` stands for; a new axis is None."""
    dots = [at for at, each in enumerate(key) if each is Ellipsis]
    at = dots[0] if dots else len(key)
    own = sum(each is not None and each is not Ellipsis for each in key)
    if own > rank:
        raise Unrecordable(f"{own} indices for {rank} axes")
    return (*key[:at], *(slice(None),) * (rank - own), *key[at + 1 :])


def place_of(index: Any, extent: int | Rows) -> range | None:
    if isinstance(index, slice) and index == slice(None):
        return None
    if isinstance(extent, Number):
        raise Unrecordable("a part of the rows of the batch is picked")
    if isinstance(index, slice):
        places = range(*index.indices(extent))
        return None if places == range(extent) else places
    if not isinstance(index, int):
        raise Unrecordable("an array is indexed with an array")
    if not -extent <= index < extent:
        raise Unrecordable(f"index {index} of an axis of {extent}")
    return range(extent)[index : index % extent + 1]
