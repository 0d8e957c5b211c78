"""The workloads: networks, data and trainings that every peer of the benchmark is given alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from parts import (
    GRU,
    LSTM,
    Conv,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Mean,
    Part,
    Pool,
    Shape,
    along,
    first_weights,
    scores,
    sigmoid,
    softmax,
)  # fmt: skip

#: added to the root that a gradient is divided by; where ε stands inside the root, its square is.
#: RMSprop's is small, so that both kinds of library take the same steps
EPSILON = {"adam": 1e-7, "rmsprop": 1e-10}


@dataclass(frozen=True)
class Workload:
    """A training (or prediction) task. The output is softmax, or sigmoid where it has one unit."""

    name: str
    network: str
    shape: Shape
    parts: tuple[Part, ...]
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
    def outputs(self) -> int:
        """The width of the last part."""
        return [part.shape(given)[0] for part, given in along(self.parts, self.shape)][-1]

    @property
    def binary(self) -> bool:
        return self.outputs == 1

    @property
    def dense(self) -> bool:
        """Whether it is dense layers alone, all hidden ones with the same activation."""
        return all(isinstance(part, Dense) for part in self.parts)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The widths of dense layers, the input first."""
        assert self.dense
        return (*self.shape, *(part.units for part in self.parts))

    @property
    def hidden(self) -> str:
        """The activation of the hidden layers of a dense network."""
        return self.parts[0].activation

    def comparable(self) -> Workload:
        """The same without what every library draws in its own way."""
        kept = tuple(part for part in self.parts if not isinstance(part, Dropout))
        return replace(self, parts=kept)

    def shortened(self) -> Workload:
        """Few rows and epochs: enough to see that all goes well."""
        rows = min(self.rows, max(2000, self.checked_steps * self.batch))
        return replace(self, rows=rows, epochs=min(self.epochs, self.checked_steps))

    @property
    def title(self) -> str:
        if self.rows_per_call:
            return f"{self.network}, predict, {self.rows_per_call:,} row(s) a call"
        steps = -(-self.rows // self.batch) * self.epochs
        training = f"{self.optimizer}, batch {self.batch:,}, {steps:,} steps"
        data = ", sparse X" if self.data == "images" else ", dense X" if self.dense else ""
        return f"{self.network}, {training}{data}"


def mlp(name: str, sizes: tuple[int, ...], hidden: str, *more: object, **named: object) -> Workload:
    """Dense layers, each with `hidden` but the last."""
    first, *widths, last = sizes
    parts = (*(Dense(width, hidden) for width in widths), Dense(last))
    title = f"{'-'.join(map(str, sizes))} {hidden}"
    return Workload(name, title, (first,), parts, *more, **named)  # type: ignore[arg-type]


_MLP = (784, 128, 64, 10)
_PICTURE = (28, 28, 1)
_LENET = (
    Conv(6, 5), Pool(), Conv(16, 5), Pool(), Flatten(), Dense(120, "relu"), Dense(84, "relu"),
    Dense(10),
)  # fmt: skip
_CNN = (
    Conv(32, 3), Pool(), Conv(64, 3), Pool(), Flatten(), Dropout(0.25), Dense(128, "relu"),
    Dropout(0.5), Dense(10),
)  # fmt: skip
WORKLOADS = {
    each.name: each
    for each in (
        mlp("W1", _MLP, "relu", "adam", 1e-3, 32, "images", 60_000),
        mlp("W2", (784, 512, 10), "relu", "rmsprop", 1e-3, 128, "images", 60_000),
        mlp("W3", _MLP, "sigmoid", "sgd", 0.1, 1, "images", 10_000, checked_steps=500,
            tolerance=1e-5),
        mlp("W4", (20, 10, 1), "tanh", "sgd", 0.5, 100, "points", 4_000, 100, tolerance=1e-5),
        mlp("W5", (784, 64, 10), "sigmoid", "sgd", 1.0, 60_000, "images", 60_000, 20,
            shuffled=False, checked_steps=5, tolerance=1e-5),
        mlp("W6", (54, 256, 128, 7), "relu", "adam", 1e-3, 256, "table", 500_000),
        mlp("W1d", _MLP, "relu", "adam", 1e-3, 32, "dense images", 60_000),
        Workload("C1", "LeNet", _PICTURE, _LENET, "adam", 1e-3, 64, "images", 12_800,
                 tolerance=5e-3),
        Workload("C2", "3×3 convolutions 32-64, dense 128, dropout", _PICTURE, _CNN, "adam", 1e-3,
                 128, "images", 1_280, checked_steps=8, tolerance=5e-3),
        Workload("R1", "LSTM 64 over 28 rows", (28, 28), (LSTM(64), Dense(10)), "adam", 3e-3, 128,
                 "images", 12_800, checked_steps=40, tolerance=1e-2),
        Workload("R2", "GRU 32 over 200 steps of 8", (200, 8), (GRU(32), Dense(4)), "adam", 3e-3,
                 64, "series", 6_400, checked_steps=40, tolerance=5e-3),
        Workload("E1", "embedding 10,000 × 32, mean, dense 64", (100,),
                 (Embedding(10_000, 32), Mean(), Dense(64, "relu"), Dense(10)), "adam", 1e-2, 128,
                 "texts", 25_600, tolerance=5e-3),
        mlp("P1", _MLP, "relu", "sgd", 0.1, 1, "images", 60_000, tolerance=1e-5, rows_per_call=1),
        mlp("P2", _MLP, "relu", "sgd", 0.1, 1, "images", 60_000, tolerance=1e-5,
            rows_per_call=60_000),
    )
}  # fmt: skip


class Task:
    """A workload with its numbers: X, labels, first weights (W, b, W, b, …), and row order."""

    def __init__(self, workload: Workload, folder: Path):
        self.of, self.name = workload, workload.name
        x, y = data_files(workload.data, folder)
        self.x, self.y = np.load(x)[: workload.rows], np.load(y)[: workload.rows]
        self.x = self.x.reshape(len(self.x), *workload.shape)
        draw = np.random.default_rng(1)
        self.first = first_weights(workload.parts, workload.shape, draw)
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
        Z = scores(self.of.parts, weights, x)
        return sigmoid(Z) if self.of.binary else softmax(Z)


def data_files(kind: str, folder: Path) -> tuple[Path, Path]:
    stem = kind.replace(" ", "-")
    return folder / f"{stem}-x.npy", folder / f"{stem}-y.npy"
