"""One step of training, from its first line to its last: what every executor must do.

forward     Z1 = X·W1 + b1, …     the loss L
backward    dW1 = Xᵀ·dZ1, …       its gradient, line by line
gather      g = (dW1, db1, …)     all gradients as one vector
update      θ ← θ − η·g           by the optimizer's rule
move        the new θ and state take the place of the old
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pellucid.plan.interpret import interpret
from pellucid.plan.listing import Listing
from pellucid.tensor import Tensor

Values = dict[Tensor, Any]


class Taken(NamedTuple):
    """A step that was taken: every value on its way, and what θ and each state have moved to."""

    values: Values
    moved: Values


def step(plan: Listing, given: Mapping[Tensor, Any], xp: Any) -> Taken:
    """One step on the rows, θ, the states and the numbers that are `given`; none is written to.

    Arrays are those of the library `xp`; numbers, such as η and t, are plain. The next step is on
    `given | moved`, and other rows and numbers.
    """
    start = {**given, **parameters(plan, given, xp)}
    forward = interpret(plan.section("forward"), start, xp)
    backward = interpret(plan.section("backward"), forward, xp)
    update = interpret(plan.section("update"), backward, xp)
    moved = {state: update[new] for state, new in plan.assignments.items()}
    return Taken(update, moved)


def parameters(plan: Listing, given: Mapping[Tensor, Any], xp: Any) -> Values:
    """W1, b1, …: each parameter is a part of θ, in its own shape."""
    if plan.theta is None:
        return {}
    theta = given[plan.theta]
    return {each: xp.reshape(theta[part], each.shape) for each, part in plan.layout.items()}
