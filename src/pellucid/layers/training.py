"""What a pass that trains collects on its way through the layers."""

from __future__ import annotations

import copy
import itertools

from pellucid.tensor import Tensor
from pellucid.weights import Weight


class Training:
    """What a pass that trains collects: new values for state, and streams of random numbers."""

    def __init__(self, seed: Tensor | None = None, step: Tensor | None = None) -> None:
        self.assignments: dict[Tensor, Tensor] = {}
        self.seed = seed if seed is not None else Tensor((), "seed", role="setting")
        self.step = step if step is not None else Tensor((), "step", role="setting")
        self.frozen = False
        self._streams = itertools.count(1)

    def for_frozen(self) -> Training:
        """The same pass, for layers whose network is frozen: their state stays as it is."""
        frozen = copy.copy(self)
        frozen.frozen = True
        return frozen

    def assign(self, weight: Weight, value: Tensor) -> None:
        """After the step, weight ← value."""
        self.assignments[weight.tensor] = value

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
