"""Small data for the cases: x, y and a held-out pair of the same kind, by a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import datasets
from pellucid.utils import to_categorical

Rows = tuple[Any, Any, tuple[Any, Any]]
HELD = 400


def cut(x: Any, y: Any, held: int = HELD) -> Rows:
    """The last rows are held out."""
    return x[:-held], y[:-held], (x[-held:], y[-held:])


def changed(rows: Rows, x: Any = None, y: Any = None, held: bool = True) -> Rows:
    """The rows with a function on x, and one on y; `held`: on those held out as well."""
    by_x, by_y = x or (lambda a: a), y or (lambda a: a)
    kept = (by_x(rows[2][0]), by_y(rows[2][1])) if held else rows[2]
    return by_x(rows[0]), by_y(rows[1]), kept


def onehot(rows: Rows, count: int) -> Rows:
    return changed(rows, y=lambda y: to_categorical(y, count))


def scaled(rows: Rows) -> Rows:
    """Columns of mean 0 and deviation 1, by the rows to train on."""
    mean, deviation = rows[0].mean(0), rows[0].std(0)
    return changed(rows, x=lambda x: (x - mean) / np.where(deviation > 0, deviation, 1))


def unit_targets(rows: Rows) -> Rows:
    mean, deviation = rows[1].mean(0), rows[1].std(0)
    return changed(rows, y=lambda y: (y - mean) / deviation)


def moons(n: int = 600, noise: float = 0.15, seed: int = 0) -> Rows:
    return cut(*datasets.moons(n + HELD, noise=noise, seed=seed))


def rings(n: int = 600, noise: float = 0.08, seed: int = 0) -> Rows:
    return cut(*datasets.circles(n + HELD, noise=noise, seed=seed))


def arms(n: int = 900, classes: int = 3, seed: int = 0) -> Rows:
    return cut(*datasets.spirals(n + HELD, noise=0.03, classes=classes, turns=0.5, seed=seed))


def clouds(
    n: int = 600, classes: int = 3, features: int = 6, apart: float = 1.6, seed: int = 0
) -> Rows:
    """Round clouds of which neighbours touch."""
    rng = np.random.default_rng([seed, classes, features])
    places = apart * rng.normal(size=(classes, features))
    y = rng.integers(0, classes, n + HELD)
    return cut((places[y] + rng.normal(size=(n + HELD, features))).astype("float32"), y)


def bent(n: int = 800, features: int = 5, noise: float = 0.1, seed: int = 0) -> Rows:
    """A curved function of five columns; targets near mean 0 and unit size."""
    rng = np.random.default_rng([seed, features])
    x = rng.normal(size=(n + HELD, features))
    y = np.sin(2 * x[:, 0]) + 0.6 * x[:, 1] * x[:, 2] - 0.5 * x[:, 3] + 0.5 * np.abs(x[:, 4])
    y = y - 0.4 + noise * rng.normal(size=len(y))
    return cut(x.astype("float32"), y.astype("float32"))


def line(n: int = 400, features: int = 4, noise: float = 0.3, seed: int = 0) -> Rows:
    """A linear function with noise."""
    rng = np.random.default_rng([seed, features])
    x = rng.normal(size=(n + HELD, features))
    y = x @ np.linspace(-1, 1.5, features) + 0.5 + noise * rng.normal(size=len(x))
    return cut(x.astype("float32"), y.astype("float32"))


def flat_digits(n: int = 1000, scale: float = 1 / 16) -> Rows:
    """The bundled digits as 64 columns, times `scale` (as they are, they go from 0 to 16)."""
    x, y, held = digits(n, scale)
    return x.reshape(len(x), 64), y, (held[0].reshape(-1, 64), held[1])


def digits(n: int = 1000, scale: float = 1 / 16) -> Rows:
    """The bundled digits as 8 by 8 pictures with one channel."""
    (x, y), (x_test, y_test) = datasets.digits.load_data()
    x, x_test = (scale * each[..., None].astype("float32") for each in (x, x_test))
    return x[:n], y[:n], (x_test, y_test)


def several(n: int = 800, labels: int = 5, seed: int = 0) -> Rows:
    """Rows that have any number of labels, none to all."""
    rng = np.random.default_rng([seed, labels])
    x = rng.normal(size=(n + HELD, 8))
    y = (x @ rng.normal(size=(8, labels)) + 0.5 > 0).astype("float32")
    return cut(x.astype("float32"), y)


def rare(n: int = 1500, share: float = 0.05, seed: int = 0, apart: float = 1.6) -> Rows:
    """Two overlapping clouds, of which one is rare; held-out rows have the same shares."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n + 2 * HELD) < share).astype(int)
    x = rng.normal(size=(len(y), 4)) + apart * y[:, None] * np.array([1, 0.5, 0, 0])
    return cut(x.astype("float32"), y, 2 * HELD)


def houses(n: int = 600, seed: int = 0) -> Rows:
    """A table as people have it: area, rooms, year, tax and distance, each in its own unit."""
    rng = np.random.default_rng(seed)
    area, rooms = rng.uniform(30, 300, n + HELD), rng.integers(1, 9, n + HELD)
    year, tax = rng.integers(1900, 2020, n + HELD), rng.lognormal(8, 0.6, n + HELD)
    metres = rng.uniform(100, 30000, n + HELD)
    x = np.stack([area, rooms, year, tax, metres], axis=1).astype("float32")
    price = 1500 * area + 9000 * rooms + 600 * (year - 1900) - 4 * metres + 40000
    return cut(x, (price + 20000 * rng.normal(size=len(x))).astype("float32"))


def patients(n: int = 700, seed: int = 0) -> Rows:
    """Columns in their own units, and whether a disease was found (a curved rule)."""
    rng = np.random.default_rng(seed)
    age, pressure = rng.uniform(20, 80, n + HELD), rng.normal(120, 15, n + HELD)
    cells, sugar = rng.normal(250_000, 60_000, n + HELD), rng.normal(5.5, 1.2, n + HELD)
    z = np.stack([(age - 50) / 17, (pressure - 120) / 15, (cells - 250_000) / 60_000, sugar - 5.5])
    risk = z[0] + z[1] * z[2] + 0.8 * z[3] + 0.2 * rng.normal(size=n + HELD)
    return cut(np.stack([age, pressure, cells, sugar], 1).astype("float32"), (risk > 0).astype(int))


def waves(n: int = 500, steps: int = 16, seed: int = 0) -> Rows:
    """Pieces of sine waves, and whether the wave is fast: (n, steps, 1)."""
    rng = np.random.default_rng([seed, steps])
    y = rng.integers(0, 2, n + HELD)
    pace = np.where(y, 0.9, 0.6) + 0.08 * rng.normal(size=len(y))
    turn = pace[:, None] * np.arange(steps) + rng.uniform(0, 6, (len(y), 1))
    return cut((np.sin(turn) + 0.1 * rng.normal(size=turn.shape))[..., None].astype("float32"), y)


def sums(n: int = 600, steps: int = 10, seed: int = 0) -> Rows:
    """Sequences of numbers and their mean, times 3."""
    rng = np.random.default_rng([seed, steps])
    x = rng.uniform(-1, 1, (n + HELD, steps, 1))
    return cut(x.astype("float32"), (3 * x.mean((1, 2))).astype("float32"))


def words(n: int = 800, length: int = 12, vocabulary: int = 50, seed: int = 0) -> Rows:
    """Rows of word numbers, and whether good words (below 10) outnumber bad ones (10 to 19)."""
    rng = np.random.default_rng([seed, length])
    x = rng.integers(0, vocabulary, (n + HELD, length))
    x[:, :4] = rng.integers(0, 20, (n + HELD, 4))
    y = ((x < 10).sum(1) > ((x >= 10) & (x < 20)).sum(1)).astype(int)
    return cut(x, y)
