"""Time of the native executor beside the readable one, over batch, width, depth, density and dtype.

python benchmarks/sweep.py [--points 60] [--seed 0] [--level avx2] [--worst 10]

The points are drawn from a grid, those with too much work left out. Prints for each level how the
ratios native / NumPy spread along each axis, and the points with the largest; SWEEP.md holds a run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import levels

EXECUTORS = ("native", "numpy")
INPUTS, CLASSES = 256, 10
AXES: dict[str, list[Any]] = {
    "batch": [1, 4, 16, 64, 256, 1024, 4096],
    "width": [4, 16, 64, 256, 1024, 4096],
    "depth": [1, 4, 16],
    "density": [0.01, 0.1, 0.3, 1.0],
    "dtype": ["float32", "float64"],
}
MOST_WORK = 4e9  # multiplications of a step
MOST_WEIGHTS = 4e7
ROUNDS, SECONDS = 3, 0.03
REST = 0.15  # seconds in which threads that wait by spinning go to sleep


class Point(NamedTuple):
    """What is trained: hidden layers of one width, rows of which a share is not 0."""

    batch: int
    width: int
    depth: int
    density: float
    dtype: str

    @property
    def weights(self) -> int:
        """How many there are, but for biases."""
        return INPUTS * self.width + self.width**2 * (self.depth - 1) + self.width * CLASSES

    @property
    def fits(self) -> bool:
        """Whether it is done in a moment."""
        return self.weights < MOST_WEIGHTS and 3 * self.batch * self.weights < MOST_WORK

    def __str__(self) -> str:
        return (
            f"batch {self.batch:5,}  width {self.width:5,}  depth {self.depth:2}"
            f"  density {self.density:4}  {self.dtype}"
        )


def points(count: int, seed: int) -> list[Point]:
    """So many of the grid."""
    fitting = [point for point in map(Point._make, itertools.product(*AXES.values())) if point.fits]
    return random.Random(seed).sample(fitting, min(count, len(fitting)))


def ratio(point: Point) -> float:
    """The time of native steps by that of the readable ones, in turn."""
    passes = {executor: training(point, executor) for executor in EXECUTORS}
    spent = {executor: [each() for _ in range(2)][1] for executor, each in passes.items()}
    repeats = {executor: max(1, round(SECONDS / spent[executor])) for executor in EXECUTORS}
    ratios = []
    for _ in range(ROUNDS):
        times = {}
        for executor in EXECUTORS:
            time.sleep(REST)
            times[executor] = min(passes[executor]() for _ in range(repeats[executor]))
        ratios.append(times["native"] / times["numpy"])
    return statistics.median(ratios)


def training(point: Point, executor: str) -> Callable[[], float]:
    """Train for a few steps; returns the time of it."""
    from pellucid import layers, models

    rng = np.random.default_rng(0)
    steps = max(2, min(64, 2048 // point.batch))
    rows = steps * point.batch
    x = rng.normal(size=(rows, INPUTS)) * (rng.random((rows, INPUTS)) < point.density)
    x, y = x.astype(point.dtype), rng.integers(0, CLASSES, rows)
    hidden = [layers.Dense(point.width, "relu") for _ in range(point.depth)]
    stack = [layers.Input((INPUTS,)), *hidden, layers.Dense(CLASSES, "softmax")]
    net = models.Sequential(stack, dtype=point.dtype)
    net.compile("adam", "sparse_categorical_crossentropy", executor=executor)

    def run() -> float:
        begun = time.perf_counter()
        net.fit(x, y, point.batch, shuffle=False, verbose=0)
        return time.perf_counter() - begun

    return run


def measured(level: str, count: int, seed: int) -> Iterator[tuple[Point, float]]:
    """Each point with its ratio, from a process that keeps to `level`, and NumPy in it too."""
    command = [sys.executable, __file__, "--points", str(count), "--seed", str(seed), "--measure"]
    environment = os.environ | levels.settings(level, sys.executable)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            *point, found = json.loads(line)
            yield Point(*point), found


def table(found: dict[Point, float]) -> Iterator[str]:
    """For each value on each axis: points, the middle ratio, the largest, how many are above 1."""
    yield f"{'':18}points  median  largest  slower"
    for axis, values in AXES.items():
        for value in values:
            ratios = [ratio for point, ratio in found.items() if getattr(point, axis) == value]
            if not ratios:
                continue
            slower = sum(each > 1 for each in ratios)
            middle = statistics.median(ratios)
            yield f"{axis:8} {value!s:8}{len(ratios):7}{middle:8.2f}{max(ratios):9.2f}{slower:8}"


def report(level: str, found: dict[Point, float], worst: int) -> None:
    print(f"\n{level}: native / NumPy, seconds by seconds")
    print(*table(found), sep="\n")
    print("\nthe largest:")
    for point in sorted(found, key=found.__getitem__, reverse=True)[:worst]:
        print(f"{found[point]:6.2f}  {point}")


def arguments() -> argparse.Namespace:
    from pellucid.executors.native import _kernels

    here = _kernels.levels()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=60, help="how many of the grid")
    parser.add_argument("--seed", type=int, default=0, help="which of them")
    parser.add_argument("--level", choices=here, action="append", help="default: each there is")
    parser.add_argument("--worst", type=int, default=10, help="how many of the largest to print")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.level = asked.level or here
    return asked


def main() -> None:
    asked = arguments()
    if asked.measure:
        for point in points(asked.points, asked.seed):
            print(json.dumps([*point, ratio(point)]), flush=True)
        return
    for level in asked.level:
        report(level, dict(measured(level, asked.points, asked.seed)), asked.worst)


if __name__ == "__main__":
    main()
