"""Shapes and masks of attention: who looks at whom, for every query, key and head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pellucid.equations.shape import Reshape
from pellucid.equations.spacing import Permute
from pellucid.layers.base import Layer
from pellucid.tensor import Shape, Tensor, place_of, show_shape


def check_sequences(layer: Layer, shapes: Sequence[Shape], most: int = 3) -> None:
    """Whether they are sequences that go together: a query, a value, and perhaps a key.

    They have 3 dimensions, or up to `most` where steps may stand along several axes.
    """
    usual = len(shapes) in (2, 3) and all(
        len(shape) == len(shapes[0]) and 3 <= len(shape) <= most and shape[-1] is not None
        for shape in shapes
    )
    if not usual or len({shape[1:-1] for shape in shapes[1:]}) > 1:
        listed = ", ".join(map(show_shape, shapes))
        raise ValueError(
            f"{layer.layer_name} reads sequences (steps, numbers of a step): a query, and a value "
            f"and perhaps a key with as many steps as each other, which must be equal; got {listed}"
        )


class Axes(NamedTuple):
    """Along which axes a query looks for keys, and along which it has others of its own."""

    along: tuple[int, ...]
    apart: tuple[int, ...]

    @property
    def plain(self) -> bool:
        """Whether there is one axis, that of the steps."""
        return len(self.along) == 1 and not self.apart


def axes_of(layer: Layer, given: int | Sequence[int] | None, shape: Shape) -> Axes:
    """The axes that `attention_axes` stands for; if None, all between rows and numbers."""
    between = range(1, len(shape) - 1)
    listed = [given] if isinstance(given, int) else between if given is None else given
    along = tuple(place_of(axis, shape) for axis in listed)
    if not along or len(set(along)) < len(along) or not set(along) <= set(between):
        raise ValueError(
            f"{layer.layer_name}: attention_axes={given!r} must name axes of {show_shape(shape)} "
            "between that of the rows and the last, each once"
        )
    return Axes(along, tuple(axis for axis in between if axis not in along))


def many(x: Tensor, axes: Sequence[int]) -> int:
    """How many places there are along some axes."""
    return math.prod(x.shape[axis] or 1 for axis in axes)


def by_heads(z: Tensor, axes: Axes) -> Tensor:
    """(n, …, heads, size) as (n, heads, places, size); before the heads what stands apart."""
    rank = len(z.shape)
    turned = Permute((0, *axes.apart, rank - 2, *axes.along, rank - 1))(z)
    if axes.plain:
        return turned
    apart = (many(z, axes.apart),) if axes.apart else ()
    return Reshape((-1, *apart, z.shape[-2] or 1, many(z, axes.along), z.shape[-1] or 1))(turned)


def side_by_side(heads: Tensor, like: Tensor, axes: Axes) -> Tensor:
    """What `by_heads` gives, as (n, …, heads·size), in the places of `like`."""
    count, size = heads.shape[-3] or 1, heads.shape[-1] or 1
    if not axes.plain:
        heads = Reshape((-1, *places(like, axes.apart), count, *places(like, axes.along), size))(
            heads
        )
    rank = len(like.shape)
    order = [0, *axes.apart, rank - 1, *axes.along, rank]
    turned = Permute(tuple(map(order.index, range(rank + 1))))(heads)
    return Reshape((-1, *places(like, range(1, len(like.shape) - 1)), count * size))(turned)


def places(x: Tensor, axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(x.shape[axis] or 1 for axis in axes)


def shown(weights: Tensor, query: Tensor, key: Tensor, axes: Axes) -> Tensor:
    """The weights with an axis for each along which queries and keys stand."""
    if axes.plain:
        return weights
    heads = weights.shape[-3] or 1
    extents = places(query, axes.apart), places(query, axes.along), places(key, axes.along)
    return Reshape((-1, *extents[0], heads, *extents[1], *extents[2]))(weights)


def pairs(query: Tensor, key: Tensor) -> Tensor:
    """q + k for every pair of them, (n, t, s, d)."""
    (_, t, d), (_, s, _) = query.shape, key.shape
    return Reshape((-1, t or 1, 1, d or 1))(query) + Reshape((-1, 1, s or 1, d or 1))(key)


def together(one: Tensor | None, other: Tensor) -> Tensor:
    """1 where both masks are."""
    return other if one is None else one * other


def along_keys(mask: Tensor) -> Tensor:
    return Reshape((-1, 1, mask.shape[-1] or 1))(mask)


def along_queries(mask: Tensor) -> Tensor:
    return Reshape((-1, mask.shape[-1] or 1, 1))(mask)


def of_pairs(layer: Layer, mask: Tensor, axes: Axes) -> Tensor:
    """A mask (n, …, t, s) of queries and keys, for the scores of all heads and all that is apart.

    It has an axis for each along which they stand; before these it may have those that stand
    apart, and then the heads.
    """
    ends, free = 2 * len(axes.along), len(axes.apart)
    before, after = range(1, len(mask.shape) - ends), range(len(mask.shape) - ends, len(mask.shape))
    known = len(before) in (0, free, free + 1) and after[0] > 0
    heads = before[free:] if len(before) > free else ()
    apart = (many(mask, before[:free]),) * bool(free)
    if not known:
        raise ValueError(
            f"{layer.layer_name}: a mask of queries and keys has {ends} axes after that of the "
            f"rows, perhaps with those that stand apart and the heads before them; got "
            f"{show_shape(mask.shape)}"
        )
    halves = after[: ends // 2], after[ends // 2 :]
    shape = (*apart, many(mask, heads), *(many(mask, each) for each in halves))
    return mask if mask.shape[1:] == shape else Reshape((-1, *shape))(mask)


def of_steps(mask: Tensor, axes: Axes, queries: bool) -> Tensor:
    """A mask of queries, or of keys, for the scores of all heads and all that stands apart."""
    ones = (1,) * bool(axes.apart)
    if axes.apart and len(mask.shape) == len(axes.apart) + len(axes.along) + 1:
        mask = Permute((0, *axes.apart, *axes.along))(mask)
        free = len(axes.apart)
        ones = (many(mask, range(1, free + 1)),)
        count = many(mask, range(free + 1, len(mask.shape)))
    else:
        count = many(mask, range(1, len(mask.shape)))
    return Reshape((-1, *ones, 1, *((count, 1) if queries else (1, count))))(mask)
