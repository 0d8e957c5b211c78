"""Threads that train, predict and save at the same time: each comes to what it would alone."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers

LIMIT = 20.0
CLASSES = 3
#: with wide ones a step is shared out; the others are over before another thread wakes
WIDTHS = [12, 12, 400]
ROWS = 300
#: whether races are reported; of weights that move while others read them they are the caller's
RACES = os.environ.get("WATCHED") == "thread"


class Setting(NamedTuple):
    """A network, and how many threads train it, if they pay."""

    seed: int
    threads: int
    width: int
    units: int
    batch_size: int


def case(rng: np.random.Generator, folder: Path) -> str:
    width = int(rng.choice(WIDTHS))
    x, y = rng.normal(size=(ROWS, width)), rng.integers(0, CLASSES, ROWS)
    settings = [chosen(rng, width) for _ in range(3)]
    if rng.random() < 0.3:
        return one_network_for_all(network(settings[0]), x, y)
    alone = [trained(network(each), each, x, y, folder / "alone") for each in settings]
    nets, found = [network(each) for each in settings], {}

    def train(number: int) -> None:
        found[number] = trained(nets[number], settings[number], x, y, folder / str(number))

    at_once([lambda at=at: train(at) for at in range(len(settings))])
    for number, weights in enumerate(alone):
        for one, other in zip(found[number], weights, strict=True):
            np.testing.assert_array_equal(one, other)
    return "as alone"


def chosen(rng: np.random.Generator, width: int) -> Setting:
    return Setting(
        seed=int(rng.integers(99)),
        threads=int(rng.integers(1, 4)),
        width=width,
        units=int(rng.choice([20, 20, 500])),
        batch_size=int(rng.choice([1, 16, 50, ROWS])),
    )


def network(setting: Setting):
    keras.set_random_seed(setting.seed)
    hidden = layers.Dense(setting.units, "relu", input_shape=(setting.width,))
    net = Sequential([hidden, layers.Dropout(0.2), layers.Dense(CLASSES, "softmax")])
    loss = "sparse_categorical_crossentropy"
    net.compile("adam", loss, threads=setting.threads)
    return net


def trained(net, setting: Setting, x, y, path):
    size = setting.batch_size
    net.fit(x, y, batch_size=size, epochs=3, validation_split=0.2, verbose=0)
    net.save(path)
    return [*keras.load(path).get_weights(), net.predict(x, verbose=0)]


def one_network_for_all(net, x, y):
    """Nobody promises what comes out of it; all of it are numbers, and it ends."""
    predict = net.predictor()
    fits = [
        lambda: net.fit(x, y, batch_size=16, epochs=3, verbose=0),
        lambda: net.fit(x, y, batch_size=50, epochs=3, verbose=0),
    ]
    acts = [
        *(() if RACES else fits),
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
