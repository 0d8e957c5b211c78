"""The numbers of a network while it trains: parameters, state, optimizer state, and counters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from pellucid.capacity import in_words
from pellucid.optimizers.base import Optimizer, Step
from pellucid.optimizers.constraining import Bound
from pellucid.randomness import next_seed
from pellucid.tensor import Tensor
from pellucid.weights import Weight

#: what θ was when training ended and left the network with an average; NaN while it is θ itself
RESTING = "θ"


class Memory:
    """Where every tensor that outlives a step has its array.

    `parameters` are the trainable weights as one vector θ, `states` the others. `steps` and
    `epochs` count what has been trained so far; with `seed` they decide every random draw.
    """

    def __init__(self, trainable: Sequence[Weight], others: Sequence[Weight], dtype: str):
        self.parameters, self.states = Flat(trainable, dtype), Flat(others, dtype)
        self.dtype = np.dtype(dtype)
        self.seed = next_seed()
        self.steps = self.epochs = 0
        self.step: Step | None = None
        self.optimizer: dict[str, Any] = {}
        self._woken = 0

    def prepare(self, optimizer: Optimizer) -> Step:
        """Write the optimizer's rule, and make its state."""
        self.gather()
        weights = self.parameters.weights
        step = Step(
            [weight.size for weight in weights],
            [weight.rate for weight in weights],
            [optimizer.decay_of(weight) for weight in weights],
            [Bound(weight.shape, weight.constraint) for weight in weights],
        )
        optimizer.write(step)
        self.step = step
        self.optimizer = {name: self._initial(name) for name in step.states}
        if optimizer.average is not None:
            self.optimizer[RESTING] = np.full_like(self.parameters.vector, np.nan)
        return step

    def gather(self) -> None:
        """Make sure that the weights live here, also after another network has held them."""
        self.parameters.gather()
        self.states.gather()

    def arrays(self) -> dict[Tensor, Any]:
        """The array (or plain number) of each tensor that outlives a step."""
        found: dict[Tensor, Any] = {
            weight.tensor: view
            for flat in (self.parameters, self.states)
            for weight, view in zip(flat.weights, flat.views, strict=True)
        }
        if self.step is not None:
            found[self.step.theta] = self.parameters.vector
            found |= {tensor: self.optimizer[name] for name, tensor in self.step.states.items()}
        return found

    def vectors(self) -> set[Tensor]:
        """θ, and what the optimizer keeps for each of its numbers."""
        states = [] if self.step is None else [self.step.theta, *self.step.states.values()]
        return {tensor for tensor in states if not tensor.is_setting}

    def awake(self, average: str | None) -> np.ndarray:
        """θ from which training goes on: as it was left, unless the weights were set meanwhile."""
        theta = self.parameters.vector
        if average is None or not np.array_equal(theta, self.optimizer[average]):
            return theta
        resting = self.optimizer[RESTING]
        return resting if np.isfinite(resting).all() else theta

    def wake(self, average: str | None) -> None:
        """Training begins."""
        theta, shown = self.awake(average), self.parameters.vector
        self._woken = self.steps if theta is shown else -1
        if theta is not shown:
            shown[...] = theta
        if average is not None:
            self.optimizer[RESTING].fill(np.nan)

    def rest(self, average: str | None) -> None:
        """Training ends: where weights are averaged, the network is left with the average."""
        if average is None or np.isfinite(self.optimizer[RESTING]).all():
            return  # there is none, or it rests already
        if self.steps > self._woken:
            self.optimizer[RESTING][...] = self.parameters.vector
            self.parameters.vector[...] = self.optimizer[average]

    def _initial(self, name: str) -> Any:
        assert self.step is not None
        initial = self.step.initial[name]
        if self.step.states[name].is_setting:
            return np.full((), initial, dtype=np.float64)
        if isinstance(initial, str):
            return self.parameters.vector.copy()
        if isinstance(initial, np.ndarray):
            return initial.astype(self.dtype)
        return np.full_like(self.parameters.vector, initial)


def empty(count: int, dtype: np.dtype) -> np.ndarray:
    try:
        return np.empty(count, dtype)
    except MemoryError:
        raise MemoryError(
            f"the {count:,} weights of the network need {in_words(count * dtype.itemsize)} of "
            "memory, more than is free here; give smaller sizes"
        ) from None


class Flat:
    """Weights laid end to end in one vector, each of them a view of it."""

    def __init__(self, weights: Sequence[Weight], dtype: DTypeLike):
        self.weights = list(weights)
        self.vector = empty(sum(weight.size for weight in weights), np.dtype(dtype))
        self.views = views(self.vector, [weight.shape for weight in weights])
        self.gather()

    def __getstate__(self) -> dict[str, Any]:
        return {"weights": self.weights, "vector": self.vector}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy has views of its own vector, which can be written to."""
        self.weights, self.vector = state["weights"], state["vector"]
        if not self.vector.flags.writeable:
            self.vector = self.vector.copy()
        self.views = views(self.vector, [weight.shape for weight in self.weights])

    def gather(self) -> None:
        """Make every weight a view of the vector, also one that has come to live elsewhere."""
        for weight, view in zip(self.weights, self.views, strict=True):
            if weight._value is not view:
                weight.live_in(view)


def views(vector: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """Consecutive parts of a vector, each in its shape."""
    parts, start = [], 0
    for shape in shapes:
        stop = start + int(np.prod(shape, dtype=np.int64))
        parts.append(vector[start:stop].reshape(shape))
        start = stop
    return parts
