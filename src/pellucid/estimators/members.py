"""Training the members of an estimator for tables side by side, to the best epoch of all."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from pellucid.estimators.protocol import Following
from pellucid.estimators.turns import Turn
from pellucid.models import Model, preparing
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.epochs import WHOLE, predict, whole_batches
from pellucid.training.loop import Interrupt, run_epoch


class Course(NamedTuple):
    """How networks are trained: epochs of so many steps, each on `batch` rows.

    `measure` is how bad predictions of the rows held out are. With `patience` it ends after epoch
    2·b + patience for the best epoch b, for a schedule of waves that are twice as long each.
    """

    epochs: int
    batch: int
    measure: Callable[[np.ndarray], float]
    patience: int | None = None
    until: float = np.inf

    def steps(self, rows: int) -> int:
        """The steps of an epoch, in which rows that fill no batch are left out."""
        return whole_batches(rows, self.batch)


class Best(NamedTuple):
    """The curves of a training, its best epoch, and what was predicted then of rows held out."""

    loss: list[float]
    validation: list[float]
    epoch: int
    predicted: np.ndarray


class Member:
    """A network, and the rows that it goes over: those to train on, and those held out for it."""

    def __init__(self, net: Model, turn: Turn, course: Course):
        self.net, self.at = net, turn.at
        self.asked = preparing.course(
            net, turn.rows, batch_size=course.batch, steps_per_epoch=WHOLE
        )
        self.held = preparing.prediction(net, turn.held)
        self.callbacks = CallbackList()

    def one_epoch(self, epoch: int, interrupt: Interrupt) -> float:
        """One epoch, in an order of its own; its loss.

        A step on the few rows that are left over would move as far as any other: there is none.
        """
        logs = run_epoch(self.net, self.asked, epoch, self.callbacks, interrupt)
        return logs.get("loss", np.nan)

    def predicted(self) -> np.ndarray:
        """What the network gives now for the rows that are held out for it."""
        (found,) = predict(self.held, self.callbacks)
        return found


def train(
    networks: Sequence[Model],
    turns: Sequence[Turn],
    course: Course,
    following: Following,
    interrupt: Interrupt,
) -> Best:
    """Train the networks; each is left as it was after the epoch at which they were best together.

    Of a row speaks the mean of the networks that it is held out for. The last of equally good
    epochs is taken. An interrupt ends training at the best epoch until then.
    """
    each = [Member(net, turn, course) for net, turn in zip(networks, turns, strict=True)]
    losses: list[float] = []
    found: list[float] = []
    best, kept, predicted = 0, list[list[np.ndarray]](), np.empty(0)
    for epoch in range(course.epochs):
        following.begin_epoch()
        loss = np.mean([member.one_epoch(epoch, interrupt) for member in each])
        if interrupt.asked:
            break
        now = of_held(each)
        losses.append(float(loss))
        found.append(course.measure(now))
        if found[-1] <= found[best] or not np.isfinite(found[best]):
            best, predicted = epoch, now
            kept = [net.get_weights() for net in networks]
        idle = course.patience is not None and epoch > 2 * best + course.patience
        ends = following.end_epoch(lambda: {"networks_": copy.deepcopy(networks)})
        if ends or idle or interrupt.asked or time.perf_counter() > course.until:
            break
    if not found:
        raise KeyboardInterrupt
    for net, weights in zip(networks, kept, strict=True):
        net.set_weights(weights)
    return Best(losses, found, best, predicted)


def mean_of(networks: Sequence[Model], inputs: Sequence[np.ndarray]) -> np.ndarray:
    """The mean of what the networks predict."""
    total = sum(net.predict(inputs, verbose=0).astype(np.float64) for net in networks)
    return np.asarray(total) / len(networks)


def of_held(members: Sequence[Member]) -> np.ndarray:
    """The mean of what the networks predict of each row that is held out for them."""
    predicted = [member.predicted() for member in members]
    count = 1 + max(int(member.at.max()) for member in members)
    total, times = np.zeros((count, predicted[0].shape[1])), np.zeros((count, 1))
    for member, found in zip(members, predicted, strict=True):
        total[member.at] += found
        times[member.at] += 1
    return total / times
