"""What a peer is: something that trains, or predicts, as a task says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workloads import Task


class MissingError(Exception):
    """Why a peer has no part in a workload."""


class Peer:
    """One way to train. `start` goes back to the first weights; its time does not count."""

    #: whether it can begin at given weights and follow a given order of rows
    comparable = True
    trains, predicts = True, False
    #: whether it compiles a step for each size of a batch, or a whole training at once
    compiles, compiles_all = False, False
    #: whether it has dense layers alone
    only_dense = False

    def __init__(self, task: Task, threads: int):
        if self.only_dense and not task.of.dense:
            raise MissingError("it is written for dense layers")
        self.task, self.threads = task, threads

    def start(self) -> None:
        raise NotImplementedError

    def train(self, order: np.ndarray) -> None:
        """Train on these rows, (epochs, rows), in this order."""
        raise NotImplementedError

    def run(self) -> None:
        """The whole training, which is what is timed."""
        self.train(self.task.order)

    def weights(self) -> list[np.ndarray]:
        """W, b, W, b, …"""
        raise NotImplementedError

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        raise NotImplementedError
