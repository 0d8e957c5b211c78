"""NumPy, tuned by hand."""

from __future__ import annotations

import numpy as np

from by_hand import ByHand
from peers.peer import Peer
from workloads import EPSILON

PACKAGES = ("numpy",)


class Hand(Peer):
    predicts, only_dense = True, True

    def start(self):
        of = self.task.of
        epsilon = EPSILON.get(of.optimizer, 0.0)
        self.net = ByHand(self.task.first, of.batch, of.hidden, of.optimizer, of.rate, epsilon)

    def train(self, order):
        for rows in order:
            self.net.epoch(self.task.x, self.task.y, rows if self.task.of.shuffled else None)

    def weights(self):
        return self.net.weights()

    def predictor(self):
        self.start()
        return self.net.predict


def version():
    return np.__version__


PEERS = {"NumPy by hand": Hand}
