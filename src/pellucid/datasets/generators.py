"""Points drawn around known shapes, for networks small enough to watch.

Every generator gives `(x, y)`: points as float32, (samples, features), and classes as int64, or
numbers as float32. The same seed gives the same points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from ..randomness import generator
from ..wording import tell

Points = tuple[np.ndarray, np.ndarray]
_STREAM = 0x706F696E7473


def moons(samples: int = 200, noise: float = 0.1, seed: int | None = 0) -> Points:
    """Two half circles, one inside the other's bend."""

    def half_circle(label: int, t: np.ndarray) -> np.ndarray:
        if label == 0:
            return np.stack([np.cos(math.pi * t), np.sin(math.pi * t)], axis=1)
        return np.stack([1 - np.cos(math.pi * t), 0.5 - np.sin(math.pi * t)], axis=1)

    return _along_curves(half_circle, samples, 2, noise, seed)


def circles(
    samples: int = 200, noise: float = 0.05, factor: float = 0.5, seed: int | None = 0
) -> Points:
    """A circle of radius 1, and one of radius `factor` inside it."""
    if not 0 < factor < 1:
        raise ValueError(f"factor is {factor!r}; expected the inner radius, between 0 and 1")

    def circle(label: int, t: np.ndarray) -> np.ndarray:
        radius = factor if label else 1.0
        return radius * np.stack([np.cos(2 * math.pi * t), np.sin(2 * math.pi * t)], axis=1)

    return _along_curves(circle, samples, 2, noise, seed)


def spirals(
    samples: int = 300,
    noise: float = 0.02,
    classes: int = 3,
    turns: float = 0.75,
    seed: int | None = 0,
) -> Points:
    """Spiral arms from the origin to radius 1, one for each class."""

    def arm(label: int, t: np.ndarray) -> np.ndarray:
        angle = 2 * math.pi * (turns * t + label / classes)
        return np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1)

    return _along_curves(arm, samples, classes, noise, seed)


def blobs(
    samples: int = 300,
    centers: int | Sequence[Sequence[float]] = 3,
    features: int = 2,
    spread: float = 1.0,
    seed: int | None = 0,
) -> Points:
    """Round clouds: around the given `centers`, or around so many drawn in [−10, 10]."""
    random = generator(seed, _STREAM)
    if isinstance(centers, int):
        _check_count("centers", centers, 1)
        _check_count("features", features, 1)
        places = random.uniform(-10, 10, (centers, features))
    else:
        places = np.asarray(centers, dtype=np.float64)
        if places.ndim != 2:
            raise ValueError(f"centers has shape {places.shape}; expected (centers, features)")
    labels = _labels(samples, len(places))
    return _finished(places[labels], labels, spread, random)


def xor(samples: int = 200, noise: float = 0.0, seed: int | None = 0) -> Points:
    """Points in the square [−1, 1]²: class 1 where the signs of the two features differ."""
    _check_count("samples", samples, 1)
    random = generator(seed, _STREAM)
    points = random.uniform(-1, 1, (samples, 2))
    labels = (points[:, 0] > 0) ^ (points[:, 1] > 0)
    return _finished(points, labels, noise, random)


def plane(samples: int = 200, noise: float = 0.0, seed: int | None = 0) -> Points:
    """Points in the square [−1, 1]², and y = (x1 + x2) / 2, a number to predict, with noise."""
    _check_count("samples", samples, 1)
    random = generator(seed, _STREAM)
    points = random.uniform(-1, 1, (samples, 2))
    moved = points.mean(axis=1) + _deviation(noise) * random.standard_normal(samples)
    return points.astype(np.float32), moved.astype(np.float32)


def _along_curves(
    curve: Callable[[int, np.ndarray], np.ndarray],
    samples: int,
    classes: int,
    noise: float,
    seed: int | None,
) -> Points:
    labels = _labels(samples, classes)
    sizes = np.bincount(labels)
    points = [curve(label, np.linspace(0, 1, size)) for label, size in enumerate(sizes)]
    return _finished(np.concatenate(points), labels, noise, generator(seed, _STREAM))


def _labels(samples: int, classes: int) -> np.ndarray:
    """0, …, 0, 1, …, 1, …: classes of equal size, the first ones larger by one where need be."""
    _check_count("classes", classes, 1)
    _check_count("samples", samples, classes)
    return np.sort(np.arange(samples) % classes)


def _finished(
    points: np.ndarray, labels: np.ndarray, noise: float, random: np.random.Generator
) -> Points:
    moved = points + _deviation(noise) * random.standard_normal(points.shape)
    order = random.permutation(len(points))
    return moved[order].astype(np.float32), labels[order].astype(np.int64)


def _deviation(noise: float) -> float:
    if not noise >= 0:
        raise ValueError(f"the noise is {noise!r}; expected a standard deviation of 0 or more")
    return noise


def _check_count(name: str, count: int, least: int) -> None:
    whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool)
    if not whole or count < least:
        raise ValueError(f"{name} is {count!r}; expected a whole number of {least} or more")


tell(globals(), "datasets")
