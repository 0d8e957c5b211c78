"""The data of the workloads: MNIST, or pictures drawn in its likeness; tables of normal numbers."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from workloads import data_files

ROWS = 60_000
SIDE, CLASSES = 28, 10
#: the share of pixels of MNIST that are not 0
INKED = 0.19


def write(kind: str, folder: Path) -> None:
    """Make the data of a kind, unless they are there."""
    x_file, y_file = data_files(kind, folder)
    if x_file.exists() and y_file.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    x, y = KINDS[kind](np.random.default_rng(0))
    np.save(x_file, np.ascontiguousarray(x, np.int32 if x.dtype.kind == "i" else np.float32))
    np.save(y_file, y.astype(np.int64))


def source() -> str:
    """Where the pictures come from; also the name of their folder."""
    return "MNIST" if os.environ.get("PELLUCID_DATA") else "synthetic"


def images(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if source() == "MNIST":
        from pellucid.datasets import mnist

        (x, y), _ = mnist.load_data()
        return x.reshape(len(x), -1).astype(np.float32) / 255, y
    return drawn(ROWS, draw)


def drawn(rows: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Blots in the middle of the picture: some styles for each class, shifted and speckled."""
    styles = 8
    prototypes = blots(CLASSES * styles, draw)
    y = draw.integers(0, CLASSES, rows)
    x = np.empty((rows, SIDE * SIDE), np.float32)
    chosen = y * styles + draw.integers(0, styles, rows)
    for which in range(len(prototypes)):
        mine = np.flatnonzero(chosen == which)
        for part, shift in zip(np.array_split(mine, 9), np.ndindex(3, 3), strict=True):
            moved = np.roll(prototypes[which], (shift[0] - 1, shift[1] - 1), axis=(0, 1)).ravel()
            speckles = draw.random((len(part), SIDE * SIDE), dtype=np.float32) * 0.6 + 0.4
            x[part] = np.ceil(moved * speckles * 255) / 255
    wrong = draw.random(rows) < 0.05
    return x, np.where(wrong, draw.integers(0, CLASSES, rows), y)


def blots(count: int, draw: np.random.Generator) -> np.ndarray:
    """Smooth fields, higher in the middle, of which the highest fifth is kept."""
    field = draw.normal(size=(count, SIDE, SIDE))
    for axis in (1, 2) * 3:
        field = sum(np.roll(field, step, axis) for step in (-1, 0, 1)) / 3
    away = (np.arange(SIDE) - (SIDE - 1) / 2) ** 2
    field = field / field.std() - (away[:, None] + away) / 40
    level = np.quantile(field, 1 - INKED, axis=(1, 2), keepdims=True)
    return np.clip(field - level, 0, 1) ** 0.5


def dense_images(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The same pictures on paper that is nowhere white."""
    x, y = images(draw)
    return 0.5 * x + 0.5 * draw.random(x.shape, dtype=np.float32), y


def table(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x = draw.standard_normal((500_000, 54), dtype=np.float32)
    return x, (np.tanh(x @ draw.normal(size=(54, 32))) @ draw.normal(size=(32, 7))).argmax(1)


def points(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x = draw.standard_normal((4_000, 20), dtype=np.float32)
    return x, (x[:, 0] * x[:, 1] + x[:, 2] > 0).astype(np.int64)


def series(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """200 steps of 8 numbers; the class is in how the first moves."""
    x = draw.standard_normal((6_400, 200, 8), dtype=np.float32)
    y = draw.integers(0, 4, len(x))
    x[:, :, 0] += np.sin(np.arange(200) * (0.05 + 0.05 * y[:, None]))
    return x, y


def texts(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """100 words of 10,000, rare ones rarer; each class prefers a tenth of them."""
    y = draw.integers(0, 10, 25_600)
    words = (10_000 * draw.random((len(y), 100)) ** 3).astype(np.int32)
    own = draw.random(words.shape) < 0.2
    return np.where(own, words // 10 * 10 + y[:, None], words), y


KINDS = {"images": images, "dense images": dense_images, "table": table, "points": points,
    "series": series, "texts": texts,
}  # fmt: skip
