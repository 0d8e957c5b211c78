"""What a pass that trains collects on its way through the layers."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable

from pellucid.tensor import Tensor, setting
from pellucid.weights import Weight


class Training:
    """What a pass that trains collects: new values for state, and streams of random numbers."""

    def __init__(self, seed: Tensor | None = None, step: Tensor | None = None) -> None:
        self.assignments: dict[Tensor, Tensor] = {}
        self.seed = seed if seed is not None else Tensor((), "seed", role="setting")
        self.step = step if step is not None else Tensor((), "step", role="setting")
        self.frozen = False
        self._streams = itertools.count(1)
        self._made: dict[tuple[object, str], Tensor] = {}

    def for_frozen(self) -> Training:
        """The same pass, for layers whose network is frozen: their state stays as it is."""
        frozen = copy.copy(self)
        frozen.frozen = True
        return frozen

    def for_steps(self) -> Training:
        """The same pass, for a walk through the steps of a sequence, which share their masks."""
        walking = copy.copy(self)
        walking._made = {}
        return walking

    def once(self, owner: object, name: str, make: Callable[[], Tensor]) -> Tensor:
        """What is made for `owner` when it first asks, and given to it again."""
        if (owner, name) not in self._made:
            self._made[owner, name] = make()
        return self._made[owner, name]

    def assign(self, weight: Weight, value: Tensor) -> None:
        """After the step, weight ← value."""
        self.assignments[weight.tensor] = value

    def draws_by(self, seed: int | None) -> tuple[Tensor, Tensor]:
        """What draws depend on: a seed of one's own or the network's, and the step."""
        return (self.seed if seed is None else setting(seed)), self.step

    def stream(self) -> int:
        """The number of a stream of random numbers that nobody else draws from."""
        return next(self._streams)


class Unsettled:
    """`training` as a traced `call` has it: handed on to layers, neither true nor false."""

    def __bool__(self) -> bool:
        raise TypeError(
            "whether the network trains is not known while `call` is traced: hand `training` on to "
            "the layers, as in self.dropout(x, training=training)"
        )

    def __repr__(self) -> str:
        return "training"


UNSETTLED = Unsettled()
