"""pellucid, by each of its executors, through `fit` and `predict`."""

from __future__ import annotations

import pellucid
from parts import Mean
from peers.keraslike import built
from peers.peer import MissingError, Peer
from pellucid import layers, models, ops, optimizers
from workloads import EPSILON

PACKAGES = ("pellucid",)


class MeanOfWords(layers.Layer):
    """The mean over the words of a row."""

    def call(self, x):
        return ops.mean(x, axis=1)


OWN = {Mean: lambda part: MeanOfWords()}


class Numpy(Peer):
    predicts = True
    executor = "numpy"

    def options(self):
        return {"executor": self.executor}

    def start(self):
        of = self.task.of
        kind = self.task.x.dtype.name
        self.net = models.Sequential([layers.Input(of.shape, dtype=kind), *built(of, layers, OWN)])
        epsilon = {"epsilon": EPSILON["rmsprop"] ** 2} if of.optimizer == "rmsprop" else {}
        optimizer = optimizers.Optimizer.find(of.optimizer)(learning_rate=of.rate, **epsilon)
        loss = "binary_crossentropy" if of.binary else "sparse_categorical_crossentropy"
        self.net.compile(optimizer, loss, **self.options())
        self.net.set_weights(self.task.first)
        self.net.executor_report()

    def train(self, order):
        for rows in order:
            x, y = self.task.x[rows], self.task.y[rows]
            self.net.fit(x, y, self.task.of.batch, verbose=0, shuffle=False)

    def run(self):
        of = self.task.of
        self.net.fit(self.task.x, self.task.y, of.batch, of.epochs, verbose=0, shuffle=of.shuffled)

    def weights(self):
        return self.net.get_weights()

    def predictor(self):
        self.start()
        return lambda x: self.net.predict(x, verbose=0)


class Native(Numpy):
    executor = "native"

    def options(self):
        return super().options() | {"threads": self.threads}

    def start(self):
        try:
            super().start()
        except (TypeError, ValueError, RuntimeError) as error:
            raise MissingError(str(error).partition(" (")[0]) from error

    def predictor(self):
        self.start()
        return self.net.predictor()


def version():
    return pellucid.__version__


PEERS = {"pellucid native": Native, "pellucid numpy": Numpy}
