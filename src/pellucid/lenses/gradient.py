"""The gradient of any number of a step by any value of it: ∂Ŷ[3]/∂X, ∂L/∂A1, ∂dW1[3, 5]/∂X."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.elements.element import Place
from pellucid.elements.slopes import slopes
from pellucid.glass.elements import NEW, StepElements, tensor_at
from pellucid.lenses.asking import Asked, array_of, asked, check_moves, of_a_network
from pellucid.models.seeing import Seeing
from pellucid.plan.derive import pulled_back
from pellucid.plan.interpret import interpret
from pellucid.plan.printing import sentence
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor


@of_a_network
def gradient(
    net: Seeing, x: Any, y: Any = None, *, of: str | None = None, by: str = "X"
) -> np.ndarray:
    """How a number changes with each number of a value, in that value's shape.

    `of` and `by` are names that `net.record(x, y)` has. "Ŷ[3]" is number 3 of every row, added up:
    as the rows of a prediction do not meet, each row of the gradient is that of its own number;
    "Ŷ[0, 3]" is that of row 0 alone, and "A1[5]" of feature maps the mean of channel 5. Without
    `of` it is each row's largest output. With `y` the values are those of the next step of
    training, so that `of="L", by="W1"` is its dW1.
    """
    recording = net.record(x, y)
    found = StepElements(recording)
    return gradient_of(found, asked(found, of), by, of or "the largest output")


def gradient_of(found: StepElements, number: Asked, by: str, said: str) -> np.ndarray:
    """The gradient of numbers that were asked for, by a value; `said` is how they are called."""
    if by.startswith(NEW):
        raise ValueError(f"{by} is what comes out of the step: ask by what goes into it")
    tensor = found.tensor(by)
    check_moves(tensor, by)
    check_depends(found, number.tensor, tensor, said, by)
    forward = found.plan.section("forward")
    if is_derived(number.tensor, forward) and (tensor.line is None or is_derived(tensor, forward)):
        return derived(found, number, tensor)
    return traced(found, number, tensor)


def check_depends(found: StepElements, of: Tensor, by: Tensor, said: str, by_name: str) -> None:
    if of is by or of in everything_depending(found, same_numbers(found, by)):
        return
    line = found.reading.writers.get(of)
    written = f": {sentence(found.plan, line)}" if line is not None else ""
    raise ValueError(
        f"{said} does not depend on {by_name} in the plan as it is printed{written}. "
        "Ask by a value that it is computed from"
    )


def same_numbers(found: StepElements, tensor: Tensor) -> list[Tensor]:
    """A value; of a parameter also θ, which it is a part of."""
    theta = found.plan.theta
    return [tensor] if theta is None or tensor not in found.plan.layout else [tensor, theta]


def everything_depending(found: StepElements, sources: list[Tensor]) -> set[Tensor]:
    """What depends on any of them; what the same line writes beside them does not."""
    reached = set(sources)
    for line in found.plan.lines:
        if not reached.isdisjoint(line.inputs):
            reached.update(line.outputs)
    return reached


def is_derived(tensor: Tensor, forward: list[Any]) -> bool:
    """Whether a value is one that equations derive gradients for, not a by-product."""
    return any(line.output is tensor for line in forward)


def derived(found: StepElements, number: Asked, by: Tensor) -> np.ndarray:
    """By further equations, as the backward pass is derived."""
    like = array_of(found, by)
    seed = Tensor(number.tensor.shape, "seed", dtype="float")
    lines = found.plan.section("forward")
    if number.tensor is by:
        return number.weights.astype(like.dtype)
    gradients = pulled_back(lines, {number.tensor: seed}, [by])
    if by not in gradients:
        return np.zeros_like(like)
    known = [tensor for line in lines for tensor in line.outputs]
    dtype = array_of(found, number.tensor).dtype
    given = {**found.values, seed: number.weights.astype(dtype)}
    with np.errstate(all="ignore"):
        values = interpret(trace([gradients[by]], known), given, np)
    value = values.get(gradients[by], gradients[by].value)
    return np.array(np.broadcast_to(np.asarray(value, like.dtype), like.shape))


def traced(found: StepElements, number: Asked, by: Tensor) -> np.ndarray:
    """Number by number, through what each is made of: so for gradients and updates too."""
    shape = array_of(found, by).shape
    result, moves = np.zeros(shape), Moves(found, by)
    for at in zip(*np.nonzero(number.weights), strict=True) if number.weights.ndim else [()]:
        for place, move in moves.of(Place(number.tensor, tuple(map(int, at)))):
            result[place] += number.weights[at] * move
    return result.astype(array_of(found, by).dtype)


class Moves:
    """How numbers of a step move with the numbers of one value."""

    def __init__(self, found: StepElements, by: Tensor):
        self.found, self.by, self.theta = found, by, found.plan.theta
        self.part = found.plan.layout.get(by)
        self.writers = found.reading.writers
        self.following = everything_depending(found, same_numbers(found, by))
        self.known: dict[Place, dict[Place, float]] = {}

    def of(self, target: Place) -> list[tuple[tuple[int, ...], float]]:
        """The places of the value, and the derivative of one number by each."""
        moves, found = {target: 1.0}, []
        for place in reversed(self.in_order(target)):
            move = moves.pop(place, 0.0)
            at = self.place_in_value(place)
            if at is not None:
                found.append((at, move))
            for read, slope in self.read_at(place).items():
                moves[read] = moves.get(read, 0.0) + slope * move
        return found

    def place_in_value(self, place: Place) -> tuple[int, ...] | None:
        """Where a number stands in the value, of which θ may hold it too."""
        tensor = tensor_at(place)
        if tensor is self.by:
            return place.at
        if self.part is None or tensor is not self.theta:
            return None
        if not self.part.start <= place.at[0] < self.part.stop:
            return None
        at = np.unravel_index(place.at[0] - self.part.start, array_of(self.found, self.by).shape)
        return tuple(map(int, at))

    def read_at(self, place: Place) -> dict[Place, float]:
        """The derivative of a number by each that its line reads, as far as they can move."""
        tensor = tensor_at(place)
        if tensor not in self.writers or self.writers[tensor] is self.writers.get(self.by):
            return {}
        if place not in self.known:
            line = self.writers[tensor]
            number = self.found.of(line).number(place.at, line.outputs.index(tensor))
            self.known[place] = {
                read: slope
                for read, slope in slopes(number).items()
                if tensor_at(read) in self.following and slope
            }
        return self.known[place]

    def in_order(self, target: Place) -> list[Place]:
        """A number and all that it is made of, each once, after those."""
        order: dict[Place, None] = {}
        left = [(target, False)]
        while left:
            place, opened = left.pop()
            if place in order:
                continue
            if opened:
                order[place] = None
            else:
                left.append((place, True))
                left.extend((read, False) for read in self.read_at(place))
        return list(order)
