"""Keras 3 on JAX, through `fit` and `predict`."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np

from parts import Mean
from peers.keraslike import built
from peers.peer import Peer
from workloads import EPSILON

PACKAGES = ("keras", "jax")
OWN = {Mean: lambda part: keras.layers.GlobalAveragePooling1D()}


class Keras(Peer):
    predicts, compiles = True, True

    def __init__(self, task, threads):
        super().__init__(task, threads)
        of = task.of
        kind = task.x.dtype.name
        self.net = keras.Sequential(
            [keras.Input(of.shape, dtype=kind), *built(of, keras.layers, OWN)]
        )
        make = {
            "adam": lambda rate: keras.optimizers.Adam(rate, epsilon=EPSILON["adam"]),
            "rmsprop": lambda rate: keras.optimizers.RMSprop(rate, epsilon=EPSILON["rmsprop"] ** 2),
            "sgd": lambda rate: keras.optimizers.SGD(rate),
        }[of.optimizer]
        loss = "binary_crossentropy" if of.binary else "sparse_categorical_crossentropy"
        self.net.compile(make(of.rate), loss)

    def start(self):
        self.net.set_weights(self.task.first)
        for variable in self.net.optimizer.variables:
            if variable.name != "learning_rate":
                variable.assign(np.zeros(variable.shape, variable.dtype))

    def train(self, order):
        for rows in order:
            x, y = self.task.x[rows], self.task.y[rows]
            self.net.fit(x, y, self.task.of.batch, verbose=0, shuffle=False)

    def run(self):
        of, task = self.task.of, self.task
        self.net.fit(task.x, task.y, of.batch, of.epochs, verbose=0, shuffle=of.shuffled)

    def weights(self):
        return self.net.get_weights()

    def predictor(self):
        self.start()
        if self.task.of.rows_per_call == 1:
            return self.net.predict_on_batch
        return lambda x: self.net.predict(x, batch_size=1024, verbose=0)


def version():
    return f"{keras.__version__} on JAX {jax.__version__}"


PEERS = {"Keras 3 on JAX": Keras}
