"""Threads that train, predict and save at the same time: each comes to what it would alone."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers

LIMIT = 20.0
CLASSES = 3
ROWS, WIDTH = 300, 12


def case(rng: np.random.Generator, folder: Path) -> str:
    x, y = rng.normal(size=(ROWS, WIDTH)), rng.integers(0, CLASSES, ROWS)
    settings = [(int(rng.integers(99)), int(rng.integers(1, 4))) for _ in range(3)]
    if rng.random() < 0.3:
        return one_network_for_all(network(*settings[0]), x, y)
    alone = [trained(network(*each), x, y, folder / "alone") for each in settings]
    found = {}

    def train(number: int) -> None:
        found[number] = trained(nets[number], x, y, folder / str(number))

    nets = [network(*each) for each in settings]
    at_once([lambda at=at: train(at) for at in range(len(nets))])
    for number, weights in enumerate(alone):
        for one, other in zip(found[number], weights, strict=True):
            np.testing.assert_array_equal(one, other)
    return "as alone"


def network(seed, threads):
    keras.set_random_seed(seed)
    net = Sequential([layers.Dense(20, "relu", input_shape=(WIDTH,)), layers.Dropout(0.2)])
    net.add(layers.Dense(CLASSES, "softmax"))
    net.compile("adam", "sparse_categorical_crossentropy", threads=threads)
    return net


def trained(net, x, y, path):
    net.fit(x, y, batch_size=16, epochs=3, validation_split=0.2, verbose=0)
    net.save(path)
    return [*keras.load(path).get_weights(), net.predict(x, verbose=0)]


def one_network_for_all(net, x, y):
    """Nobody promises what comes out of it; all of it are numbers, and it ends."""
    predict = net.predictor()
    acts = [
        lambda: net.fit(x, y, batch_size=16, epochs=3, verbose=0),
        lambda: net.fit(x, y, batch_size=50, epochs=3, verbose=0),
        lambda: net.predict(x, verbose=0),
        lambda: [predict(x[at]) for at in range(50)],
        lambda: net.evaluate(x, y, verbose=0),
    ]
    at_once(acts)
    assert all(np.isfinite(weights).all() for weights in net.get_weights())
    return "one network for all"


def at_once(acts):
    """All of them in threads; what one raises is raised."""
    raised = []

    def watched(act):
        try:
            act()
        except BaseException as error:
            raised.append(error)

    running = [threading.Thread(target=watched, args=(act,)) for act in acts]
    for each in running:
        each.start()
    for each in running:
        each.join()
    if raised:
        raise raised[0]
