"""Processes forked while a thread trains: a child has the network, but none of the threads."""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from pathlib import Path

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers

LIMIT = 20.0
#: seconds after which a child hangs
PATIENCE = 20
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
            in_a_child(ACTS[rng.integers(len(ACTS))], net, x, y, trained)
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


def in_a_child(act, *given):
    """A child that fails, or is still there after its patience, is bad."""
    child = os.fork()
    if not child:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(PATIENCE)
            act(*given)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(ended)
    assert code != -signal.SIGALRM, f"a child that would {act.__name__} hangs"
    assert code == 0, f"a child that would {act.__name__} ended with {code}"


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
