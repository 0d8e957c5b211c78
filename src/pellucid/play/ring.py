"""Where a training has been: states to which one can go back, spread evenly over all of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid.executors.memory import Memory

#: states that are kept, and bytes of all of them
MOST, BYTES = 200, 1 << 26
#: something that was done to a network while it trained: what, before which update, and with what
Event = tuple[Any, ...]


class Losses(NamedTuple):
    """The loss and the metric on rows to train on and on rows to test on; NaN where none are."""

    train: float
    test: float
    metric: float
    test_metric: float


class Snapshot(NamedTuple):
    """All that a training goes on from, after `update` steps."""

    update: int
    theta: np.ndarray
    optimizer: dict[str, np.ndarray]
    rate: float
    events: tuple[Event, ...]
    losses: Losses


def snapshot(
    memory: Memory, update: int, rate: float, events: tuple[Event, ...], losses: Losses
) -> Snapshot:
    states = {name: np.array(array) for name, array in memory.optimizer.items()}
    return Snapshot(update, memory.parameters.vector.copy(), states, rate, events, losses)


def put_back(memory: Memory, kept: Snapshot, steps: int) -> None:
    """The numbers of a network as they were; an epoch has so many `steps`."""
    memory.parameters.vector[...] = kept.theta
    for name, array in kept.optimizer.items():
        memory.optimizer[name][...] = array
    memory.steps, memory.epochs = kept.update, kept.update // steps


class Ring:
    """Snapshots at the multiples of an interval, which doubles when there are too many.

    What is kept depends on how far the training has come, not on how it was cut into runs.
    """

    def __init__(self, size: int):
        self.most = max(3, min(MOST, BYTES // max(1, size)))
        self.interval = 1
        self.kept: dict[int, Snapshot] = {}

    def start(self, first: Snapshot) -> None:
        """From the beginning."""
        self.interval, self.kept = 1, {first.update: first}

    def left(self, update: int) -> int:
        """How many updates until the next snapshot."""
        return self.interval - update % self.interval

    def wants(self, update: int) -> bool:
        return update % self.interval == 0 and update not in self.kept

    def add(self, found: Snapshot) -> None:
        self.kept[found.update] = found
        if len(self.kept) > self.most:
            self.interval *= 2
            self.kept = {at: each for at, each in self.kept.items() if at % self.interval == 0}

    def forget_after(self, update: int) -> None:
        """Leave out what came later: the training goes another way from here."""
        kept = self.kept.items()
        self.kept = {at: each for at, each in kept if at <= update and at % self.interval == 0}

    def nearest(self, update: int) -> Snapshot:
        return self.kept[min(self.kept, key=lambda at: (abs(at - update), at))]

    def updates(self) -> np.ndarray:
        return np.array(sorted(self.kept), np.int32)

    def losses(self) -> np.ndarray:
        """A column for each quantity, a row for each snapshot."""
        return np.array([self.kept[at].losses for at in sorted(self.kept)], np.float32)
