"""Updates that wait: gradients of several batches are added up, and every so often θ moves.

Between them everything stays, θ and all that a rule keeps:  s ← k·s′ + (1 − k)·s, where k is 1 in
every m-th step, else 0, and s′ is what the rule makes of s by the mean of m gradients.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from pellucid.equations.arithmetic import Remainder
from pellucid.equations.choices import Minimum
from pellucid.tensor import Tensor

#: what is added up
TOTAL = "Σg"


def accumulated(step: Any, every: int, write: Callable[[Any], Any]) -> None:
    """Write, on `step`, what `write` writes, for the mean gradient of so many steps."""
    moves = 1 - Minimum()(Remainder()(step.t, every), 1)
    total = step.state(TOTAL)
    added = total + step.g
    step.assign(total, (1 - moves) * added)
    inner = copy.copy(step)
    inner.g, inner.t = (added / every).called("ḡ"), step.t / every
    inner.assignments, inner.later = {}, {}
    write(inner)
    for state, value in inner.assignments.items():
        step.assign(state, kept_or_moved(moves, state, value))


def kept_or_moved(moves: Tensor, state: Tensor, value: Tensor) -> Tensor:
    """The value in a step that moves, else the state."""
    return moves * value + (1 - moves) * state
