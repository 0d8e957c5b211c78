"""Fits in processes and threads side by side, by joblib, multiprocessing and futures.

Each must come to the bits that it comes to alone.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers

LIMIT = 60.0
CLASSES, WIDTH = 3, 8
#: how many work side by side
WORKERS = 2


class Setting(NamedTuple):
    """A training."""

    seed: int
    rows: int
    units: int
    batch_size: int
    optimizer: str
    executor: str
    threads: int
    streamed: bool


def case(rng: np.random.Generator, folder: Path) -> str:
    settings = [chosen(rng) for _ in range(int(rng.integers(2, 6)))]
    alone = [trained(each) for each in settings]
    way = WAYS[rng.integers(len(WAYS))]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(float(rng.choice([usual, 1e-5])))
    try:
        together = way(settings)
    except ImportError:
        return f"no {way.__name__} here"
    finally:
        sys.setswitchinterval(usual)
    assert together == alone, f"{way.__name__}: {settings}: {together} instead of {alone}"
    return way.__name__


def chosen(rng: np.random.Generator) -> Setting:
    return Setting(
        seed=int(rng.integers(1000)),
        rows=int(rng.integers(20, 300)),
        units=int(rng.choice([4, 16, 200])),
        batch_size=int(rng.choice([1, 7, 32, 1000])),
        optimizer=str(rng.choice(["sgd", "adam", "nadam"])),
        executor=str(rng.choice(["auto", "auto", "numpy"])),
        threads=int(rng.integers(1, 5)),
        streamed=bool(rng.random() < 0.2),
    )


def trained(setting: Setting) -> str:
    """The bits that a training comes to: of weights, history and predictions."""
    rng = np.random.default_rng(setting.seed)
    x = rng.normal(size=(setting.rows, WIDTH)).astype("float32")
    y = rng.integers(0, CLASSES, len(x))
    net = network(setting)
    rows: dict[str, Any] = {"x": x, "y": y, "batch_size": setting.batch_size}
    if setting.streamed:
        size = setting.batch_size
        rows = {"x": [(x[at : at + size], y[at : at + size]) for at in range(0, len(x), size)]}
    history = net.fit(**rows, epochs=2, verbose=0)
    numbers = [*net.get_weights(), net.predict(x, verbose=0), np.array(history.history["loss"])]
    return hashlib.sha256(b"".join(each.tobytes() for each in numbers)).hexdigest()


def network(setting: Setting) -> Any:
    keras.set_random_seed(setting.seed)
    net = Sequential([layers.Dense(setting.units, "relu", input_shape=(WIDTH,))])
    net.add(layers.Dropout(0.3))
    net.add(layers.Dense(CLASSES, "softmax"))
    net.compile(
        setting.optimizer,
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        executor=setting.executor,
        threads=setting.threads,
    )
    return net


def thread_pool(settings: list[Setting]) -> list[str]:
    with ThreadPool(WORKERS) as pool:
        return pool.map(trained, settings)


def futures_of_threads(settings: list[Setting]) -> list[str]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(trained, settings))


def joblib_threads(settings: list[Setting]) -> list[str]:
    from joblib import Parallel, delayed

    return Parallel(WORKERS, backend="threading")(delayed(trained)(each) for each in settings)


def joblib_processes(settings: list[Setting]) -> list[str]:
    from joblib import Parallel, delayed

    return Parallel(WORKERS, backend="loky")(delayed(trained)(each) for each in settings)


def forked_pool(settings: list[Setting]) -> list[str]:
    return in_processes("fork", settings)


def spawned_pool(settings: list[Setting]) -> list[str]:
    return in_processes("spawn", settings)


def served_pool(settings: list[Setting]) -> list[str]:
    return in_processes("forkserver", settings)


def in_processes(method: str, settings: list[Setting]) -> list[str]:
    if method not in multiprocessing.get_all_start_methods():
        raise ImportError
    with multiprocessing.get_context(method).Pool(WORKERS) as pool:
        return pool.map(trained, settings)


def forked_futures_beside_threads(settings: list[Setting]) -> list[str]:
    """Half of them in forked processes while the others are trained in threads."""
    if "fork" not in multiprocessing.get_all_start_methods():
        raise ImportError
    context, half = multiprocessing.get_context("fork"), len(settings) // 2
    with ThreadPoolExecutor(WORKERS) as threads:
        later = [threads.submit(trained, each) for each in settings[:half]]
        with ProcessPoolExecutor(WORKERS, context) as processes:
            found = list(processes.map(trained, settings[half:]))
        return [each.result() for each in later] + found


#: those that start no Python are quick, and tried more often
WAYS: list[Callable[[list[Setting]], list[str]]] = [
    *[thread_pool, futures_of_threads, joblib_threads, forked_pool] * 3,
    *[forked_futures_beside_threads] * 3,
    joblib_processes,
    spawned_pool,
    served_pool,
]
