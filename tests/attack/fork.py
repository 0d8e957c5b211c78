"""Processes forked while a thread trains: a child has the network, but none of the threads."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers
from tests.attack.children import ended, forked

LIMIT = 20.0
CLASSES = 3


def case(rng: np.random.Generator, folder: Path) -> str:
    net, x, y = network(rng), rng.normal(size=(2000, 30)).astype("float32"), None
    y = rng.integers(0, CLASSES, len(x))
    net.fit(x, y, verbose=0)
    trained, over = folder / "net.safetensors", threading.Event()
    net.save(trained)

    def train() -> None:
        while not over.is_set():
            net.fit(x, y, batch_size=64, verbose=0)
            net.predict(x, verbose=0)

    trainer = threading.Thread(target=train)
    trainer.start()
    try:
        for _ in range(5):
            time.sleep(rng.random() * 0.01)
            assert ended(forked(ACTS[rng.integers(len(ACTS))], net, x, y, trained)) == 0
    finally:
        over.set()
        trainer.join()
    return "children went their way"


def network(rng):
    keras.set_random_seed(0)
    net = Sequential([layers.Dense(50, "relu", input_shape=(30,)), layers.Dense(CLASSES)])
    executor, threads = ("auto" if rng.random() < 0.8 else "numpy"), int(rng.integers(1, 4))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile("adam", loss, metrics=["accuracy"], executor=executor, threads=threads)
    return net


def predict(net, x, y, path):
    assert np.isfinite(net.predict(x, verbose=0)).all()


def predict_a_row(net, x, y, path):
    assert np.isfinite(net.predictor()(x[0])).all()


def evaluate(net, x, y, path):
    assert 0 <= net.evaluate(x, y, verbose=0)[1] <= 1


def train_on(net, x, y, path):
    net.fit(x, y, epochs=2, verbose=0)


def train_another(net, x, y, path):
    """The network of the file comes to the same weights in a child as anywhere else."""
    net = keras.load(path)
    net.fit(x[:200], y[:200], verbose=0)


def save(net, x, y, path):
    net.save(path.with_name(f"{os.getpid()}.safetensors"))
    keras.load(path.with_name(f"{os.getpid()}.safetensors"))


ACTS = [predict, predict_a_row, evaluate, train_on, train_another, save]
