"""Time of an epoch and peak memory as the work grows: batch size, width, depth, rows.

python benchmarks/growth.py [--executor native] [--quick]     growth.json and growth.svg
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

import data
import sizes
from environments import CACHE
from workloads import data_files

HERE = Path(__file__).parent
#: rows of an epoch where it is not the rows that grow
ROWS = 10_000
PIXELS = 784
GROWTHS: dict[str, tuple[str, list[int]]] = {
    "batch": ("batch size", [1, 4, 16, 64, 256, 1024, 4096]),
    "width": ("width of the hidden layer", [16, 64, 256, 1024, 4096]),
    "depth": ("hidden layers of 64", [1, 2, 4, 8, 16, 32]),
    "rows": ("rows, memory-mapped", [1_000, 10_000, 100_000, 1_000_000]),
}


def settings(kind: str, value: int) -> dict[str, Any]:
    """What one point of a curve trains."""
    hidden = {"width": [value], "depth": [64] * value}.get(kind, [128, 64])
    batch = value if kind == "batch" else 128
    return {"hidden": hidden, "batch": batch, "rows": value if kind == "rows" else ROWS}


def measure(executor: str, hidden: list[int], batch: int, rows: int) -> dict[str, float]:
    """The better of two epochs, and the memory held while they ran, in this process."""
    from pellucid import layers, models

    x, y = (np.load(path, mmap_mode="r")[:rows] for path in mapped())
    net = models.Sequential(
        [layers.Input((PIXELS,))]
        + [layers.Dense(width, "relu") for width in hidden]
        + [layers.Dense(10, "softmax")]
    )
    net.compile("adam", "sparse_categorical_crossentropy", executor=executor)
    spent = []
    with Watch() as watch:
        for _ in range(2):
            begun = time.perf_counter()
            net.fit(x, y, batch, verbose=0)
            spent.append(time.perf_counter() - begun)
    return {"seconds": min(spent), "peak": watch.peak}


class Watch:
    """The most memory that is not a file's: pages of a mapped file come and go as there is room."""

    def __enter__(self) -> Watch:
        self.peak, self.done = self._now(), threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def _look(self) -> None:
        while not self.done.wait(0.01):
            self.peak = max(self.peak, self._now())

    @staticmethod
    def _now() -> int:
        status = Path("/proc/self/status")
        found = re.search(r"RssAnon:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return int(found[1]) * 1024 if found else sizes.peak_memory()

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()


def mapped() -> tuple[Path, Path]:
    return data_files("growth", CACHE / "data" / "growth")


def write_rows(rows: int, part: int = 50_000) -> None:
    """A file of that many pictures or more, written part by part."""
    x_file, y_file = mapped()
    if x_file.exists() and len(np.load(x_file, mmap_mode="r")) >= rows:
        return
    x_file.parent.mkdir(parents=True, exist_ok=True)
    draw, y = np.random.default_rng(0), np.empty(rows, np.int64)
    x = np.lib.format.open_memmap(x_file, "w+", np.float32, (rows, PIXELS))
    for start in range(0, rows, part):
        stop = min(start + part, rows)
        x[start:stop], y[start:stop] = data.drawn(stop - start, draw)
    x.flush()
    np.save(y_file, y)


def point(executor: str, kind: str, value: int) -> dict[str, float]:
    """`measure` in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--executor", executor, "--point", f"{kind}={value}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return {"at": value} | json.loads(done.stdout)


def draw(found: dict[str, list[dict[str, float]]], path: Path) -> None:
    """Time above, memory below; a column for each thing that grows."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shape = {"figsize": (11, 5), "sharex": "col", "layout": "constrained"}
    figure, axes = pyplot.subplots(2, len(found), squeeze=False, **shape)
    for (kind, points), (above, below) in zip(found.items(), axes.T, strict=True):
        at = [each["at"] for each in points]
        above.loglog(at, [each["seconds"] for each in points], "o-", color="#0072B2")
        below.semilogx(at, [each["peak"] / 1e6 for each in points], "o-", color="#D55E00")
        below.set_ylim(bottom=0)
        below.set_xlabel(GROWTHS[kind][0])
        for axis in (above, below):
            axis.grid(alpha=0.3)
    axes[0, 0].set_ylabel("seconds an epoch")
    axes[1, 0].set_ylabel("peak memory [MB]")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executor", default="native", choices=["native", "numpy", "auto"])
    parser.add_argument("--quick", action="store_true", help="half of each curve, no files")
    parser.add_argument("--point", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.point:
        kind, value = asked.point.split("=")
        print(json.dumps(measure(asked.executor, **settings(kind, int(value)))))
        return
    found: dict[str, list[dict[str, float]]] = {}
    for kind, (title, values) in GROWTHS.items():
        chosen = values[: (len(values) + 1) // 2] if asked.quick else values
        write_rows(max(ROWS, *(settings(kind, value)["rows"] for value in chosen)))
        found[kind] = []
        for value in chosen:
            found[kind].append(point(asked.executor, kind, value))
            seconds, peak = found[kind][-1]["seconds"], found[kind][-1]["peak"] / 1e6
            print(f"{title:<26} {value:>9,}  {seconds:8.3f} s  {peak:6.0f} MB", flush=True)
    if not asked.quick:
        (HERE / "growth.json").write_text(json.dumps(found, indent=1))
        draw(found, HERE / "growth.svg")


if __name__ == "__main__":
    main()
