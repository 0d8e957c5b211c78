"""The workloads: networks, data and trainings that every peer of the benchmark is given alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

#: added to the root that a gradient is divided by; where ε stands inside the root, its square is.
#: RMSprop's is small, so that both kinds of library take the same steps
EPSILON = {"adam": 1e-7, "rmsprop": 1e-10}


@dataclass(frozen=True)
class Workload:
    """A training (or prediction) task. The output is softmax, or sigmoid where it has one unit."""

    name: str
    sizes: tuple[int, ...]
    hidden: str
    optimizer: str
    rate: float
    batch: int
    data: str
    rows: int
    epochs: int = 1
    shuffled: bool = True
    checked_steps: int = 20
    tolerance: float = 1e-3
    rows_per_call: int = 0  # above 0: predict so many rows at a time, train nothing

    @property
    def unit(self) -> str:
        return "µs" if self.rows_per_call == 1 else "s"

    @property
    def binary(self) -> bool:
        return self.sizes[-1] == 1

    def shortened(self) -> Workload:
        """Few rows and epochs: enough to see that all goes well."""
        rows = min(self.rows, max(2000, self.checked_steps * self.batch))
        return replace(self, rows=rows, epochs=min(self.epochs, self.checked_steps))

    @property
    def title(self) -> str:
        shape = "-".join(map(str, self.sizes))
        data = "sparse X" if self.data == "images" else "dense X"
        if self.rows_per_call:
            return f"{shape} {self.hidden}, predict, {self.rows_per_call:,} row(s) a call"
        steps = -(-self.rows // self.batch) * self.epochs
        training = f"{self.optimizer}, batch {self.batch:,}, {steps:,} steps"
        return f"{shape} {self.hidden}, {training}, {data}"


_MLP = (784, 128, 64, 10)
WORKLOADS = {
    each.name: each
    for each in (
        Workload("W1", _MLP, "relu", "adam", 1e-3, 32, "images", 60_000),
        Workload("W2", (784, 512, 10), "relu", "rmsprop", 1e-3, 128, "images", 60_000),
        Workload(
            "W3", _MLP, "sigmoid", "sgd", 0.1, 1, "images", 10_000, checked_steps=500,
            tolerance=1e-5,
        ),
        Workload("W4", (20, 10, 1), "tanh", "sgd", 0.5, 100, "points", 4_000, 100, tolerance=1e-5),
        Workload(
            "W5", (784, 64, 10), "sigmoid", "sgd", 1.0, 60_000, "images", 60_000, 20,
            shuffled=False, checked_steps=5, tolerance=1e-5,
        ),
        Workload("W6", (54, 256, 128, 7), "relu", "adam", 1e-3, 256, "table", 500_000),
        Workload("W1d", _MLP, "relu", "adam", 1e-3, 32, "dense images", 60_000),
        Workload(
            "P1", _MLP, "relu", "sgd", 0.1, 1, "images", 60_000, tolerance=1e-5, rows_per_call=1
        ),
        Workload(
            "P2", _MLP, "relu", "sgd", 0.1, 1, "images", 60_000, tolerance=1e-5,
            rows_per_call=60_000,
        ),
    )
}  # fmt: skip


class Task:
    """A workload with its numbers: X, labels, first weights (W, b, W, b, …), and row order."""

    def __init__(self, workload: Workload, folder: Path):
        self.of, self.name = workload, workload.name
        x, y = data_files(workload.data, folder)
        self.x, self.y = np.load(x)[: workload.rows], np.load(y)[: workload.rows]
        draw = np.random.default_rng(1)
        self.first = first_weights(workload.sizes, draw)
        self.order = self._order(draw)

    def _order(self, draw: np.random.Generator) -> np.ndarray:
        """(epochs, rows): the rows of each epoch in turn."""
        rows, epochs = self.of.rows, self.of.epochs
        if not self.of.shuffled:
            return np.tile(np.arange(rows), (epochs, 1))
        return np.stack([draw.permutation(rows) for _ in range(epochs)])

    @property
    def checked_order(self) -> np.ndarray:
        """The rows of the steps after which the losses are compared."""
        if self.of.batch >= self.of.rows:
            return self.order[: self.of.checked_steps]
        return self.order[:1, : self.of.checked_steps * self.of.batch]

    def loss(self, weights: list[np.ndarray]) -> float:
        """The mean loss over the first rows, in float64."""
        return self.loss_of(self.predict(weights, self.x[:2000]))

    def loss_of(self, P: np.ndarray) -> float:
        """−log of the probability of the true class, on average."""
        P, y = np.asarray(P, np.float64), self.y[: len(P)]
        likely = np.abs(1 - y - P[:, 0]) if self.of.binary else P[np.arange(len(P)), y]
        return float(-np.log(likely).mean())

    def predict(self, weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
        A = x.astype(np.float64)
        last = len(weights) // 2 - 1
        for k, (W, b) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
            A = A @ W + b
            if k < last:
                A = FUNCTIONS[self.of.hidden](A)
        return FUNCTIONS["sigmoid" if self.of.binary else "softmax"](A)


FUNCTIONS = {
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "softmax": lambda z: (
        np.exp(z - z.max(1, keepdims=True))
        / np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True)
    ),
}


def first_weights(sizes: tuple[int, ...], draw: np.random.Generator) -> list[np.ndarray]:
    """Glorot's uniform weights, and biases of 0."""
    weights = []
    for n, m in pairwise(sizes):
        limit = (6 / (n + m)) ** 0.5
        weights.append(draw.uniform(-limit, limit, (n, m)).astype(np.float32))
        weights.append(np.zeros(m, np.float32))
    return weights


def data_files(kind: str, folder: Path) -> tuple[Path, Path]:
    stem = kind.replace(" ", "-")
    return folder / f"{stem}-x.npy", folder / f"{stem}-y.npy"
