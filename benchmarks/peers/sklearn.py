"""scikit-learn's MLPClassifier."""

from __future__ import annotations

import warnings

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from peers.peer import Peer
from workloads import EPSILON

PACKAGES = ("scikit-learn",)
ACTIVATIONS = {"relu": "relu", "sigmoid": "logistic", "tanh": "tanh"}


class Classifier(Peer):
    """It has no RMSprop: there it trains by SGD, and is timed without being compared."""

    predicts, only_dense = True, True

    def __init__(self, task, threads):
        super().__init__(task, threads)
        self.comparable = task.of.optimizer != "rmsprop"
        warnings.simplefilter("ignore", ConvergenceWarning)

    def model(self, **more):
        of = self.task.of
        adam = of.optimizer == "adam"
        return MLPClassifier(
            of.sizes[1:-1], activation=ACTIVATIONS[of.hidden], solver="adam" if adam else "sgd",
            learning_rate_init=of.rate, batch_size=of.batch, max_iter=of.epochs, alpha=0.0,
            momentum=0.0, shuffle=of.shuffled, tol=0.0, n_iter_no_change=10**6,
            epsilon=EPSILON["adam"], **more,
        )  # fmt: skip

    def start(self):
        """A step makes the arrays; then they are given the first weights, and Adam forgets it."""
        size = min(self.task.of.batch, 64)
        self.net = self.model().set_params(batch_size=size, shuffle=False)
        labels = np.unique(self.task.y)
        rows = np.resize(np.arange(size), size)
        self.net.partial_fit(self.task.x[rows], self.task.y[rows], classes=labels)
        self.net.set_params(batch_size=self.task.of.batch)
        optimizer = self.net._optimizer
        for moments in (getattr(optimizer, "ms", []), getattr(optimizer, "vs", [])):
            for moment in moments:
                moment[...] = 0
        optimizer.t = 0
        for arrays, given in (
            (self.net.coefs_, self.task.first[::2]),
            (self.net.intercepts_, self.task.first[1::2]),
        ):
            for array, value in zip(arrays, given, strict=True):
                array[...] = value

    def train(self, order):
        for rows in order:
            self.net.partial_fit(self.task.x[rows], self.task.y[rows])

    def run(self):
        self.model().fit(self.task.x, self.task.y)

    def weights(self):
        return [
            array
            for pair in zip(self.net.coefs_, self.net.intercepts_, strict=True)
            for array in pair
        ]

    def predictor(self):
        self.start()
        return self.net.predict_proba


def version():
    return sklearn.__version__


PEERS = {"scikit-learn": Classifier}
