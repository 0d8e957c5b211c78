"""Fits, predictions, saves and loads by the thousand in one process: nothing of them may stay.

A case does one of them many times, and looks at memory, objects, open files and threads after a
few of them and at the end.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pellucid as keras
from pellucid import Sequential, layers
from pellucid.callbacks import BackupAndRestore, CSVLogger, EarlyStopping, ModelCheckpoint
from tests.attack.judging import peak

LIMIT = 60.0
CLASSES, WIDTH, ROWS = 3, 10, 120
#: of how many acts the first few fill caches and the allocator's shelves
WARM = 4
#: KiB that a case may add to the process: what the allocator keeps, not what an act leaves
MOST_GROWTH = 8 << 10


class Found(NamedTuple):
    """What a process holds."""

    memory: int
    objects: int
    files: int
    threads: int


def case(rng: np.random.Generator, folder: Path) -> str:
    act, times = ACTS[rng.integers(len(ACTS))]
    again = act(rng, folder)
    for _ in range(times // WARM):
        again()
    before = found()
    for _ in range(times):
        again()
    after = found()
    gone = Found(*(now - then for now, then in zip(after, before, strict=True)))
    what = f"{times} {act.__name__.replace('_', ' ')} leave {gone}"
    assert max(gone.files, gone.threads) <= 0, what
    assert gone.objects < times // 2, what
    assert gone.memory < MOST_GROWTH, what
    return f"{times} {act.__name__} +{max(0, gone.memory) >> 10} MiB"


def found() -> Found:
    gc.collect()
    here = Path("/proc/self")
    if not here.exists():
        return Found(peak(), len(gc.get_objects()), 0, threading.active_count())
    pages = int((here / "statm").read_text().split()[1])
    memory = pages * os.sysconf("SC_PAGE_SIZE") >> 10
    count = [len(os.listdir(here / name)) for name in ("fd", "task")]
    return Found(memory, len(gc.get_objects()), *count)


def data(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=(ROWS, WIDTH)).astype("float32"), rng.integers(0, CLASSES, ROWS)


def network(rng: np.random.Generator) -> Any:
    keras.set_random_seed(int(rng.integers(1000)))
    net = Sequential([layers.Dense(12, "relu", input_shape=(WIDTH,)), layers.Dropout(0.2)])
    net.add(layers.Dense(CLASSES, "softmax"))
    executor, threads = rng.choice(["auto", "auto", "numpy"]), int(rng.integers(1, 4))
    optimizer = str(rng.choice(["sgd", "adam"]))
    net.compile(
        optimizer,
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        executor=str(executor),
        threads=threads,
    )
    return net


def fits(rng: np.random.Generator, folder: Path) -> Callable[[], Any]:
    """One network is trained again and again, by arrays or batches, watched by callbacks."""
    net, (x, y) = network(rng), data(rng)
    batches = [(x[at : at + 20], y[at : at + 20]) for at in range(0, ROWS, 20)]
    watching = [
        [],
        [EarlyStopping("loss")],
        [CSVLogger(folder / "log.csv")],
        [ModelCheckpoint(folder / "net.safetensors"), BackupAndRestore(folder / "backups")],
    ]
    chosen: Any = watching[rng.integers(len(watching))]
    given = [{"x": x, "y": y, "validation_split": 0.2}, {"x": batches}, {"x": lambda: batches}]
    which: dict[str, Any] = given[rng.integers(len(given))]
    return lambda: net.fit(**which, epochs=2, callbacks=chosen, verbose=0)


def new_networks(rng: np.random.Generator, folder: Path) -> Callable[[], Any]:
    """A network is made, compiled, trained and forgotten."""
    x, y = data(rng)
    return lambda: network(rng).fit(x, y, verbose=0)


def predictions(rng: np.random.Generator, folder: Path) -> Callable[[], Any]:
    net, (x, y) = network(rng), data(rng)
    row, rows = net.predictor(), int(rng.choice([1, 7, ROWS]))
    acts = [
        lambda: net.predict(x[:rows], verbose=0),
        lambda: row(x[0]),
        lambda: row(x[:rows].tolist()),
        lambda: net.predict_on_batch(x[:rows]),
        lambda: net.evaluate(x[:rows], y[:rows], verbose=0),
    ]
    return acts[rng.integers(len(acts))]


def saves(rng: np.random.Generator, folder: Path) -> Callable[[], Any]:
    net, (x, y) = network(rng), data(rng)
    net.fit(x, y, verbose=0)
    path = folder / "net.safetensors"
    return [lambda: net.save(path), lambda: net.save_weights(path)][rng.integers(2)]


def loads(rng: np.random.Generator, folder: Path) -> Callable[[], Any]:
    net, path = network(rng), folder / "net.safetensors"
    net.save(path)
    return [lambda: keras.load(path), lambda: net.load_weights(path)][rng.integers(2)]


def refusals(rng: np.random.Generator, folder: Path) -> Callable[[], Any]:
    """What fails holds on to nothing: a step that is not finite, rows that do not fit, a file."""
    net, (x, y) = network(rng), data(rng)
    wrong = np.full_like(x, np.nan)
    (folder / "no.safetensors").write_bytes(b"nothing")
    acts = [
        lambda: net.fit(wrong, y, verbose=0),
        lambda: net.fit(x[:, 1:], y, verbose=0),
        lambda: net.fit(iter([(x, y), (x[:, 1:], y)]), verbose=0),
        lambda: keras.load(folder / "no.safetensors"),
        lambda: net.save(folder),
    ]
    act = acts[rng.integers(len(acts))]

    def refused() -> None:
        try:
            act()
        except (ValueError, ArithmeticError, OSError):
            return
        raise AssertionError("nothing was refused")

    return refused


ACTS: list[tuple[Callable[..., Callable[[], Any]], int]] = [
    (fits, 100),
    (fits, 100),
    (new_networks, 60),
    (predictions, 2500),
    (predictions, 2500),
    (saves, 250),
    (saves, 250),
    (loads, 100),
    (refusals, 100),
]
