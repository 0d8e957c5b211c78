"""Equations that only move numbers: reshape, pick, place, flip and join."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.tensor import Gradients, Shape, Tensor, place_of, show_shape

Key = tuple[int | slice, ...]


class Reshape(Equation):
    """y = the numbers of x in another shape;  dx = dy in the shape of x

    `target` is the whole new shape; −1 stands for the one dimension that follows from the others.
    """

    target: tuple[int, ...]

    text, latex = "reshape({x})", r"\operatorname{{reshape}}({x})"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.reshape(x, self.target)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (Reshape(as_target(x.shape))(dy),)

    def shape(self, *shapes: Shape) -> Shape:
        (given,) = shapes
        total = math.prod(extent for extent in given if extent is not None)
        known = math.prod(extent for extent in self.target if extent != -1)
        free = self.target.count(-1)
        opens = None in given
        fits = known == total if opens or not free else known > 0 and total % known == 0
        if not fits or free > 1 or (opens and not free):
            raise ValueError(
                f"shape {show_shape(given)} with {total} numbers in a row does not fit into "
                f"{self.target}"
            )
        rest = None if opens else total // known if free else 0
        return tuple(rest if extent == -1 else extent for extent in self.target)


class Pick(Equation):
    """y = x[at];  dx = dy at those places, else 0"""

    at: Key

    encloses = True
    cost = 0

    def template(self, style: str) -> str:
        return f"{{x}}[{', '.join(map(show_index, self.at))}]"

    def run(self, xp: Namespace, x: Array) -> Array:
        return x[self.at]

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (Place(self.at)(dy, x),)

    def shape(self, *shapes: Shape) -> Shape:
        pairs = zip(self.at, shapes[0], strict=True)
        return tuple(
            None if extent is None else len(range(extent)[index])
            for index, extent in pairs
            if isinstance(index, slice)
        )


class Place(Equation):
    """y = 0 in the shape of x, but y[at] = d;  dd = dy[at]"""

    at: Key

    text, latex = "place({d})", r"\operatorname{{place}}({d})"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, d: Array, x: Array) -> Array:
        for axis, (index, extent) in enumerate(zip(self.at, x.shape, strict=True)):
            if index == slice(None):
                continue
            if isinstance(index, int):
                d = placed(xp, xp.expand_dims(d, axis=axis), axis, index, 1, extent)
            else:
                start, _, step = index.indices(extent)
                d = placed(xp, d, axis, start, step, extent)
        return d

    def gradient(self, dy: Tensor, y: Tensor, d: Tensor, x: Tensor) -> Gradients:
        return Pick(self.at)(dy), None

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[1]


class Flip(Equation):
    """y = x with the order along an axis reversed;  dx = dy reversed"""

    axis: int = 1

    text, latex = "reverse({x})", r"\operatorname{{reverse}}({x})"
    encloses = True
    cost = 0

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.flip(x, axis=self.axis)

    def gradient(self, dy: Tensor, y: Tensor, x: Tensor) -> Gradients:
        return (Flip(self.axis)(dy),)

    def shape(self, *shapes: Shape) -> Shape:
        place_of(self.axis, shapes[0])
        return shapes[0]


class Concatenate(Equation):
    """y = [x1, x2, …] joined along an axis;  dx1, dx2, … = the parts of dy"""

    axis: int
    parts: int

    encloses = True
    cost = 0

    @classmethod
    def arguments(cls) -> list[str]:
        return [f"x{at}" for at in range(1, 100)]

    def template(self, style: str) -> str:
        return f"[{', '.join(f'{{{name}}}' for name in self.arguments()[: self.parts])}]"

    def run(self, xp: Namespace, *arrays: Any) -> Array:
        return xp.concat(arrays, axis=self.axis)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        pieces, start = [], 0
        for each in inputs:
            extent = each.shape[self.axis] or 0
            key = [slice(None)] * len(y.shape)
            key[self.axis] = slice(start, start + extent)
            pieces.append(Pick(tuple(key))(dy))
            start += extent
        return tuple(pieces)

    def shape(self, *shapes: Shape) -> Shape:
        first, axis = shapes[0], place_of(self.axis, shapes[0])
        others = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
        extents = [shape[axis] for shape in shapes if len(shape) == len(first)]
        if len(others) > 1 or len(extents) < len(shapes) or None in extents:
            listed = ", ".join(show_shape(shape) for shape in shapes)
            raise ValueError(
                f"shapes {listed} cannot be joined along axis {self.axis}: every other dimension "
                "must be equal, and the axis may not be that of the rows"
            )
        return (*first[:axis], sum(extent or 0 for extent in extents), *first[axis + 1 :])


def placed(xp: Namespace, d: Array, axis: int, start: int, step: int, extent: int) -> Array:
    """Zeros of `extent` along an axis, but d at start, start + step, …"""
    if step > 1 and d.shape[axis] > 1:
        d = spaced(xp, d, axis, step)
    return padded(xp, d, axis, start, extent - start - d.shape[axis], 0.0)


def spaced(xp: Namespace, d: Array, axis: int, step: int) -> Array:
    """d with step − 1 zeros between its elements along an axis."""
    before, count, after = d.shape[:axis], d.shape[axis], d.shape[axis + 1 :]
    gaps = xp.zeros((*before, count, step - 1, *after), dtype=d.dtype)
    d = xp.concat([xp.expand_dims(d, axis=axis + 1), gaps], axis=axis + 1)
    d = xp.reshape(d, (*before, count * step, *after))
    return d[(*(slice(None),) * axis, slice(0, (count - 1) * step + 1), ...)]


def padded(xp: Namespace, x: Array, axis: int, before: int, after: int, value: float) -> Array:
    """x with `value` added along an axis, on both sides."""
    if before == after == 0:
        return x
    sides = [
        [xp.full((*x.shape[:axis], extent, *x.shape[axis + 1 :]), value, dtype=x.dtype)]
        if extent
        else []
        for extent in (before, after)
    ]
    return xp.concat([*sides[0], x, *sides[1]], axis=axis)


def as_target(shape: Shape) -> tuple[int, ...]:
    """A shape as a target of Reshape, its open dimension as −1."""
    return tuple(-1 if extent is None else extent for extent in shape)


def concatenate(tensors: Sequence[Tensor], axis: int = -1) -> Tensor:
    return Concatenate(axis, len(tensors))(*tensors)


def pick(x: Tensor, key: Any) -> Tensor:
    """x[key], for whole numbers, slices and `...`."""
    return Pick(whole_key(key if isinstance(key, tuple) else (key,), x.shape))(x)


def whole_key(key: tuple[Any, ...], shape: Shape) -> Key:
    """A key with one whole number or slice for each dimension of `shape`."""
    if Ellipsis in key:
        at = key.index(Ellipsis)
        key = (*key[:at], *(slice(None),) * (len(shape) - len(key) + 1), *key[at + 1 :])
    key = (*key, *(slice(None),) * (len(shape) - len(key)))
    if len(key) > len(shape):
        raise IndexError(f"{len(key)} indices for a tensor of shape {show_shape(shape)}")
    return tuple(whole_index(index, axis, shape) for axis, index in enumerate(key))


def whole_index(index: Any, axis: int, shape: Shape) -> int | slice:
    extent, rows = shape[axis], axis == 0 and shape[0] is None
    if isinstance(index, slice):
        if (rows and index != slice(None)) or (index.step or 1) < 1:
            raise IndexError(
                f"{show_index(index)!r} cannot be picked from {show_shape(shape)}: "
                "the rows n stay whole, and steps go forward"
            )
        return index
    try:
        at = operator.index(index)
    except TypeError:
        raise IndexError(
            f"a symbolic tensor is indexed with whole numbers, slices and `...`; got {index!r}"
        ) from None
    if rows or (extent is not None and not -extent <= at < extent):
        raise IndexError(f"index {at} cannot be picked from a tensor of shape {show_shape(shape)}")
    return at if extent is None else at % extent


def show_index(index: int | slice) -> str:
    if isinstance(index, int):
        return str(index)
    ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
    return ":".join(ends if index.step is None else [*ends, str(index.step)])


Tensor.operators["pick"] = pick
