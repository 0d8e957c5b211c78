"""What this machine can do at most: arithmetic, and reading from memory and from its caches.

python benchmarks/ceilings.py        on one thread and on two, as JSON; a few seconds

Arithmetic is the product of two matrices that stay in the cache, by NumPy's BLAS on one thread;
reading is the product of two vectors. Two threads do the same, each with numbers of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from environments import environment

THREADS = (1, 2)
ROUNDS = 40
SIDE = 512
#: bytes that a thread reads in a round, so that a round takes some milliseconds
READ = 1 << 28
CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def cache_sizes() -> dict[str, int]:
    """Bytes of a core's own cache, and of the last one, which the cores share."""
    found = {}
    for index in sorted(CACHES.glob("index*")):
        if (index / "type").read_text().strip() != "Instruction":
            level = int((index / "level").read_text())
            found[level] = int((index / "size").read_text().strip().removesuffix("K")) << 10
    return {"core": found.get(2, 1 << 20), "last": found.get(3, 1 << 24)}


def places() -> dict[str, int]:
    """How many bytes a thread reads over and over, so that it reads them from there."""
    sizes = cache_sizes()
    return {"core": sizes["core"] // 2, "last": sizes["last"] // 4, "memory": READ}


def fastest(make: Callable[[], Callable[[], Any]], threads: int) -> float:
    """The least time in which each of so many threads does its work once."""
    together, spent = threading.Barrier(threads), []

    def run() -> None:
        work = make()
        for _ in range(ROUNDS):
            together.wait()
            begun = time.perf_counter()
            work()
            together.wait()
            spent.append(time.perf_counter() - begun)

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return min(spent)


def multiplying() -> Callable[[], Any]:
    a, out = np.ones((SIDE, SIDE), np.float32), np.empty((SIDE, SIDE), np.float32)
    return lambda: np.matmul(a, a, out=out)


def reading(size: int) -> Callable[[], Callable[[], Any]]:
    def make() -> Callable[[], Any]:
        both = np.ones((2, size // 8), np.float32)
        x, y = (np.broadcast_to(half, (READ // size, size // 8)) for half in both)
        return lambda: np.vecdot(x, y)

    return make


def measured() -> dict[str, Any]:
    """FLOP/s, and bytes/s from each place, by the number of threads."""
    flops = {threads: threads * 2 * SIDE**3 / fastest(multiplying, threads) for threads in THREADS}
    bandwidth = {
        place: {threads: threads * READ / fastest(reading(size), threads) for threads in THREADS}
        for place, size in places().items()
    }
    return {"flops": flops, "bandwidth": bandwidth, "caches": cache_sizes()}


def ceilings(level: str = "") -> dict[str, Any]:
    """`measured` in a process of its own, in which NumPy's products keep to one thread."""
    command = [sys.executable, __file__]
    done = subprocess.run(command, check=True, capture_output=True, env=environment(1, level))
    return json.loads(done.stdout)


if __name__ == "__main__":
    print(json.dumps(measured()))
