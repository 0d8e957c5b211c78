"""Shapes and masks of attention: who looks at whom, for every query, key and head."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.equations.shape import Reshape
from pellucid.equations.spacing import Permute
from pellucid.layers.base import Layer
from pellucid.tensor import Shape, Tensor, show_shape


def check_sequences(layer: Layer, shapes: Sequence[Shape]) -> None:
    """Whether they are sequences that go together: a query, a value, and perhaps a key."""
    usual = len(shapes) in (2, 3) and all(
        len(shape) == 3 and None not in shape[1:] for shape in shapes
    )
    if not usual or len({shape[1] for shape in shapes[1:]}) > 1:
        listed = ", ".join(map(show_shape, shapes))
        raise ValueError(
            f"{layer.layer_name} reads sequences (steps, numbers of a step): a query, and a value "
            f"and perhaps a key with as many steps as each other; got {listed}"
        )


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


def of_heads(mask: Tensor) -> Tensor:
    """A mask (n, t, s) for all heads; one that each head has of its own stays."""
    if len(mask.shape) != 3:
        return mask
    return Reshape((-1, 1, mask.shape[1] or 1, mask.shape[2] or 1))(mask)


def side_by_side(heads: Tensor) -> Tensor:
    """(n, heads, steps, size) as (n, steps, heads·size)."""
    _, count, steps, size = heads.shape
    return Reshape((-1, steps or 1, (count or 1) * (size or 1)))(Permute((0, 2, 1, 3))(heads))
