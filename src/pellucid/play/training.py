"""Training in pieces: the very steps of `fit`, as many at a time as are asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.data import ArrayData
from pellucid.executors.native.shuffling import permutation
from pellucid.foreign import brief
from pellucid.models.sequential import Sequential
from pellucid.play.asking import RefusedError
from pellucid.play.network import Wired
from pellucid.play.ring import Event, Losses, Ring, Snapshot, put_back, snapshot
from pellucid.play.rows import Data, Part
from pellucid.training.nonfinite import NonFiniteError
from pellucid.training.passes import Pass

#: rows of each part that losses are measured on
MEASURED = 4096
#: rows that are measured in the time in which one is trained on, with what is around a step
CHEAPER = 24
#: what may be done to a network by hand
CHANGES = 2000
#: a parameter by its name, a place in it, and the number to put there
Change = tuple[str, tuple[int, ...], float]


def interval(data: Data, batch: int) -> int:
    """So many updates, a power of 2, that measuring the losses takes no longer than they do."""
    measured = sum(min(MEASURED, len(part)) for part in (data.train, data.test))
    return 1 << max(0, math.ceil(math.log2(measured / (CHEAPER * batch))))


class Course:
    """A network on its way through the data: where it is, and where it has been."""

    def __init__(self, net: Sequential, data: Data, batch: int):
        self.net, self.data = net, data
        #: a number, or for a network from a file the schedule that it has
        self.rate = net.optimizer.learning_rate
        self.wired = Wired(net)
        self.memory = net.engine.memory
        rows = ArrayData((data.train.x,), (data.train.y,))
        self.rows, self.batch = Pass(net.engine, "train", rows, batch), batch
        self.steps = -(-len(data.train) // batch)
        #: what was done, each before the update of its number; and why it can go no further
        self.events: tuple[Event, ...] = ()
        self.stopped: str | None = None
        self.measured: tuple[Any, Losses] | None = None
        #: the rows in turn, of a seed and an epoch
        self.turned: tuple[Any, np.ndarray] | None = None
        states = 1 + sum(np.ndim(each) > 0 for each in self.memory.optimizer.values())
        self.first = self.now()
        size = states * self.memory.parameters.vector.nbytes
        self.ring = Ring(self.first, size, interval(data, batch))

    @property
    def update(self) -> int:
        """How many updates were done."""
        return self.memory.steps

    @property
    def eta(self) -> float:
        """The learning rate of the next step."""
        return float(self.net.optimizer.rate(self.update))

    @property
    def within(self) -> int:
        """How many of them belong to an epoch that is not done."""
        return self.update % self.steps

    def run(self, updates: int) -> None:
        """So many steps more, unless one of them is not finite: its sentence is `stopped`."""
        self.stopped = None
        self.ring.forget_after(self.update)
        end = self.update + updates
        try:
            while self.update < end:
                self.stretch(min(end - self.update, self.ring.left(self.update)))
                self.keep()
        except NonFiniteError as error:
            self.stopped = brief(error, 600)

    def stretch(self, count: int) -> None:
        """Steps within one epoch, up to so many."""
        self.rows.order = self.order()
        first = self.within * self.batch
        last = min(first + count * self.batch, len(self.data.train))
        self.rows.epoch = self.memory.epochs
        self.rows.run(first, last)
        self.memory.epochs = self.update // self.steps

    def order(self) -> np.ndarray:
        """The rows of this epoch in turn: as `fit` shuffles them, once an epoch."""
        key = self.memory.seed, self.memory.epochs
        if self.turned is None or self.turned[0] != key:
            self.turned = key, permutation(key[0], 0, key[1], len(self.data.train))
        return self.turned[1]

    def next_rows(self) -> np.ndarray:
        """The numbers of the rows of the next step."""
        first = self.within * self.batch
        return self.order()[first : first + self.batch]

    def keep(self) -> None:
        if self.ring.wants(self.update):
            self.ring.add(self.now())

    def now(self) -> Snapshot:
        return snapshot(self.memory, self.update, self.rate, self.events, self.losses())

    def losses(self) -> Losses:
        """The loss and the metric now."""
        key = (self.update, self.events)
        if self.measured is None or self.measured[0] != key:
            train, test = self.measure(self.data.train), self.measure(self.data.test)
            self.measured = key, Losses(train[0], test[0], train[1], test[1])
        return self.measured[1]

    def measure(self, part: Part) -> tuple[float, float]:
        if not len(part):
            return math.nan, math.nan
        rows = part.x[:MEASURED], part.y[:MEASURED]
        found = list(self.net.evaluate(*rows, verbose=0, return_dict=True).values())
        return float(found[0]), float(found[1]) if len(found) > 1 else math.nan

    def go_to(self, update: int) -> None:
        """Back, or forth again, to the nearest place that was kept."""
        here = self.ring.kept.get(self.update)
        if here is None or here.events != self.events:
            self.ring.kept[self.update] = self.now()
        self.put_back(self.ring.nearest(update))

    def put_back(self, kept: Snapshot) -> None:
        put_back(self.memory, kept, self.steps)
        self.events, self.stopped = kept.events, None
        self.turn(kept.rate)

    def rewind(self) -> None:
        """To the initial weights, with the rate of now; what came after them is forgotten."""
        self.first = self.first._replace(rate=self.rate)
        self.put_back(self.first)
        self.ring.start(self.first)

    def turn(self, rate: Any) -> None:
        """Another learning rate from here on."""
        self.rate = self.net.optimizer.learning_rate = rate

    def set_rate(self, rate: float) -> None:
        if rate != self.rate:
            if self.events and self.events[-1][:2] == ("rate", self.update):
                self.events = self.events[:-1]
            self.check_changes(1)
            self.note(("rate", self.update, rate))
            self.turn(rate)

    def set_numbers(self, changes: Sequence[Change]) -> None:
        """Other numbers in parameters from here on."""
        self.check_changes(len(changes))
        for name, index, value in changes:
            self.set_number(name, index, value)

    def set_number(self, name: str, index: tuple[int, ...], value: float) -> None:
        before, rounded = self.wired.number(name, index), float(np.float32(value))
        if rounded == before:
            return
        if self.events and self.events[-1][:4] == ("weight", self.update, name, index):
            before, self.events = self.events[-1][-1], self.events[:-1]
        self.note(("weight", self.update, name, index, rounded, before))
        self.wired.weight(name).value[index] = rounded

    def check_changes(self, more: int) -> None:
        if len(self.events) + more > CHANGES:
            raise RefusedError(f"{CHANGES:,} changes by hand are the most: rewind first")

    def note(self, event: Event) -> None:
        self.events = (*self.events, event)
        self.ring.forget_after(self.update)
        self.stopped = None

    def edits(self) -> list[dict[str, Any]]:
        """Numbers that were changed: what each was when it was first, and what it is now."""
        found: dict[Any, dict[str, Any]] = {}
        for kind, update, *event in self.events:
            if kind == "weight":
                name, index, value, before = event
                first = {"name": name, "index": list(index), "from": before, "update": update}
                found.setdefault((name, index), first)["to"] = value
        return list(found.values())
