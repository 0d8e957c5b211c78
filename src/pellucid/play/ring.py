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
    states: np.ndarray
    rate: Any
    events: tuple[Event, ...]
    losses: Losses


def snapshot(
    memory: Memory, update: int, rate: Any, events: tuple[Event, ...], losses: Losses
) -> Snapshot:
    states = {name: np.array(array) for name, array in memory.optimizer.items()}
    theta, others = memory.parameters.vector.copy(), memory.states.vector.copy()
    return Snapshot(update, theta, states, others, rate, events, losses)


def put_back(memory: Memory, kept: Snapshot, steps: int) -> None:
    """The numbers of a network as they were; an epoch has so many `steps`."""
    memory.parameters.vector[...], memory.states.vector[...] = kept.theta, kept.states
    for name, array in kept.optimizer.items():
        memory.optimizer[name][...] = array
    memory.steps, memory.epochs = kept.update, kept.update // steps


class Ring:
    """Snapshots at the multiples of an interval, which doubles when there are too many.

    They are counted from the first, and the interval is never below the `least`. What is kept
    depends on how far the training has come, not on how it was cut into runs.
    """

    def __init__(self, first: Snapshot, size: int, least: int):
        self.most, self.least = max(3, min(MOST, BYTES // max(1, size))), least
        self.start(first)

    def start(self, first: Snapshot) -> None:
        """From the beginning."""
        self.first, self.interval = first.update, self.least
        self.kept = {first.update: first}

    def left(self, update: int) -> int:
        """How many updates until the next snapshot."""
        return self.interval - (update - self.first) % self.interval

    def wants(self, update: int) -> bool:
        return self.has_place(update) and update not in self.kept

    def has_place(self, update: int) -> bool:
        return (update - self.first) % self.interval == 0

    def add(self, found: Snapshot) -> None:
        self.kept[found.update] = found
        if len(self.kept) > self.most:
            self.interval *= 2
            self.kept = {at: each for at, each in self.kept.items() if self.has_place(at)}

    def forget_after(self, update: int) -> None:
        """Leave out what came later: the training goes another way from here."""
        kept = self.kept.items()
        self.kept = {at: each for at, each in kept if at <= update and self.has_place(at)}

    def nearest(self, update: int) -> Snapshot:
        return self.kept[min(self.kept, key=lambda at: (abs(at - update), at))]

    def updates(self) -> np.ndarray:
        return np.array(sorted(self.kept), np.int32)

    def losses(self) -> np.ndarray:
        """A column for each quantity, a row for each snapshot."""
        return np.array([self.kept[at].losses for at in sorted(self.kept)], np.float32)
