"""An update rule on arrays that one holds: steps of it by NumPy, for a loop of one's own."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pellucid.optimizers.constraining import Bound
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace


class Applied:
    """What a rule keeps for some arrays between steps, and how many it has taken."""

    def __init__(self, optimizer: Any, step: Any, shapes: Sequence[tuple[int, ...]]):
        self.optimizer, self.shapes = optimizer, list(shapes)
        self.step, self.steps = optimizer.write(step), 0
        self.lines = trace(self.step.assignments.values())
        self.values: dict[Any, Any] = {}

    def take(self, theta: np.ndarray, g: np.ndarray) -> np.ndarray:
        """The new θ, with the states moved along."""
        step = self.step
        if not self.values:
            self.values = {each: self.initial(name, theta) for name, each in step.states.items()}
        rate = float(self.optimizer.rate(self.steps))
        given = {step.theta: theta, step.g: g, step.eta: rate, step.t: self.steps + 1.0}
        found = interpret(self.lines, given | self.values, np)
        moved = {old: found.get(new, new.value) for old, new in step.assignments.items()}
        self.steps += 1
        self.values |= {old: new for old, new in moved.items() if old is not step.theta}
        return np.asarray(moved[step.theta])

    def initial(self, name: str, theta: np.ndarray) -> Any:
        initial, state = self.step.initial[name], self.step.states[name]
        if state.is_setting:
            return float(initial)
        if isinstance(initial, str):
            return theta.copy()
        return np.broadcast_to(np.asarray(initial, theta.dtype), theta.shape).copy()


def applied(step: Any, optimizer: Any, variables: Sequence[Any]) -> Applied:
    """The rule for these variables, which keep to their constraints."""
    shapes = [tuple(each.shape) for each in variables]
    bounds = [
        Bound(s, getattr(v, "constraint", None)) for s, v in zip(shapes, variables, strict=True)
    ]
    decays = [optimizer.decay_of(each) for each in variables]
    sizes = [math.prod(shape) for shape in shapes]
    return Applied(optimizer, step(sizes, decays=decays, bounds=bounds), shapes)


def with_gradients(pairs: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The pairs that have a gradient; a variable without one stays as it is."""
    found = [pair for pair in pairs if pair[0] is not None]
    if not found:
        raise ValueError("no variable has a gradient, so that there is nothing to move")
    if len(found) < len(pairs):
        warnings.warn(
            f"{len(pairs) - len(found)} of {len(pairs)} variables have no gradient and stay",
            stacklevel=3,
        )
    return found


def move(held: Applied, grads: Iterable[Any], variables: Sequence[Any]) -> None:
    """Take a step: each variable gets new numbers by its `assign`."""
    arrays = [np.asarray(getattr(each, "value", each)) for each in variables]
    gradients = [np.asarray(each, arrays[0].dtype) for each in grads]
    pairs = [(g.shape, x.shape) for g, x in zip(gradients, arrays, strict=True)]
    if any(one != other for one, other in pairs) or [x.shape for x in arrays] != held.shapes:
        raise ValueError(
            f"each gradient must have the shape of its variable, {held.shapes}; got "
            f"{[one for one, _ in pairs]}"
        )
    theta, g = (np.concatenate([each.reshape(-1) for each in some]) for some in (arrays, gradients))
    new, start = held.take(theta, g), 0
    for variable, array in zip(variables, arrays, strict=True):
        stop = start + array.size
        variable.assign(np.asarray(new[start:stop]).reshape(array.shape))
        start = stop
