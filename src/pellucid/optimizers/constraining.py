"""What is done to weights after they have moved: each with a constraint is brought back to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

from pellucid.equations.shape import Reshape, concatenate, pick
from pellucid.tensor import Tensor


class Bound(NamedTuple):
    """The shape of a part of θ, and its constraint, if it has one."""

    shape: tuple[int, ...]
    constraint: Callable[[Tensor], Tensor] | None


def constrained(theta: Tensor, bounds: Sequence[Bound]) -> Tensor:
    """θ with the parts that have a constraint brought back to it."""
    if not any(each.constraint for each in bounds):
        return theta
    theta.called("θ⁺")
    parts, start = list[Tensor](), 0
    for free, some in groupby(bounds, lambda bound: bound.constraint is None):
        run = list(some)
        for each in [run] if free else [[bound] for bound in run]:
            stop = start + sum(math.prod(bound.shape) for bound in each)
            part = pick(theta, slice(start, stop))
            parts.append(part if free else kept(part, each[0]))
            start = stop
    return parts[0] if len(parts) == 1 else concatenate(parts, 0)


def kept(part: Tensor, bound: Bound) -> Tensor:
    """The constrained numbers of a part, in a row as before."""
    assert bound.constraint is not None
    weight = bound.constraint(Reshape(bound.shape)(part))
    if weight.shape != bound.shape:
        raise ValueError(
            f"a constraint must keep the shape {bound.shape} of its weight, got {weight.shape}"
        )
    return Reshape((math.prod(bound.shape),))(weight)
