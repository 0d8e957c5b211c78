"""A short measurement of this machine: training steps of two networks, a large and a tiny one."""

from __future__ import annotations

import statistics
import time
from typing import Any, NamedTuple

import numpy as np

import pellucid
from pellucid.executors.choosing import CHOICES
from pellucid.models.builder import classes, multilayer
from pellucid.models.sequential import Sequential


class Workload(NamedTuple):
    """A network and the rows to train it on."""

    name: str
    inputs: int
    widths: tuple[int, ...]
    outputs: int
    batch_size: int
    rows: int


WORKLOADS = (
    Workload("784-128-64-10, batches of 32", 784, (128, 64), 10, 32, 6400),
    Workload("20-10-3, batches of 32", 20, (10,), 3, 32, 6400),
)


def measured(budget: float) -> list[dict[str, Any]]:
    """Rows per second and microseconds per step, for each workload and executor of our own."""
    return [
        {"workload": workload.name, "executor": executor, **found}
        for workload in WORKLOADS
        for executor in CHOICES
        if executor not in ("auto", "jax") and (found := timed(workload, executor, budget))
    ]


def timed(workload: Workload, executor: str, budget: float) -> dict[str, float]:
    """The median over epochs; nothing where the executor is not built here."""
    x, y = drawn(workload)
    net = network(workload)
    try:
        net.compile("adam", "sparse_categorical_crossentropy", executor=executor)
        net.fit(x, y, workload.batch_size, verbose=0)
    except (ImportError, NotImplementedError, RuntimeError):
        return {}
    seconds: list[float] = []
    until = time.perf_counter() + budget
    while time.perf_counter() < until or len(seconds) < 3:
        began = time.perf_counter()
        net.fit(x, y, workload.batch_size, verbose=0)
        seconds.append(time.perf_counter() - began)
    epoch, steps = statistics.median(seconds), workload.rows / workload.batch_size
    return {"rows_per_second": workload.rows / epoch, "microseconds_per_step": epoch / steps * 1e6}


def network(workload: Workload) -> Sequential:
    pellucid.set_random_seed(0)
    return multilayer((workload.inputs,), workload.widths, classes(workload.outputs))


def drawn(workload: Workload) -> tuple[np.ndarray, np.ndarray]:
    """Rows of which four fifths are zero, as those of MNIST, for the large network."""
    rng = np.random.default_rng(0)
    x = rng.random((workload.rows, workload.inputs), dtype=np.float32)
    if workload.inputs > 100:
        x *= rng.random(x.shape) < 0.2
    return x, rng.integers(0, workload.outputs, workload.rows)
