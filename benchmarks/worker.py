"""A process that holds the peers of one environment, and does what it is told, a line of JSON each.

python worker.py GROUP THREADS FOLDER
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import sizes
from workloads import WORKLOADS, Task

#: single-row calls that are timed together
CALLS = 1000


class Worker:
    """Answers `hello`, `prepare`, `check`, `time` and `costs`."""

    def __init__(self, group: str, threads: int, folder: Path):
        self.threads, self.folder = threads, folder
        self.module = importlib.import_module(f"peers.{group}")
        self.task: Task | None = None
        self.peers: dict[str, Any] = {}

    def hello(self) -> dict[str, Any]:
        peers = self.module.PEERS
        kinds = {
            name: {
                each: getattr(peer, each)
                for each in ("trains", "predicts", "compiles", "compiles_all")
            }
            for name, peer in peers.items()
        }
        return {"version": self.module.version(), "peers": kinds}

    def prepare(self, workload: str, peer: str, short: bool = False) -> dict[str, Any]:
        """Make a peer ready for a workload; whatever another workload left is dropped."""
        if self.task is None or self.task.name != workload:
            self.peers.clear()
            of = WORKLOADS[workload]
            self.task = Task(of.shortened() if short else of, self.folder)
        self.peers[peer] = self.module.PEERS[peer](self.task, self.threads)
        return {}

    def check(self, peer: str) -> dict[str, Any]:
        """The loss after a few steps, or that of predictions."""
        chosen, task = self.peers[peer], self.task
        assert task is not None
        if task.of.rows_per_call:
            return {"loss": task.loss_of(chosen.predictor()(task.x[:2000]))}
        if task.of != task.of.comparable():
            task = Task(task.of.comparable(), self.folder)
            chosen = self.module.PEERS[peer](task, self.threads)
        chosen.start()
        if not chosen.comparable:
            return {"loss": None}
        chosen.train(task.checked_order)
        return {"before": task.loss(task.first), "loss": task.loss(chosen.weights())}

    def time(self, peer: str, seconds: float) -> dict[str, Any]:
        """The median of as many runs as fit into `seconds`, at least one."""
        chosen, task, spent = self.peers[peer], self.task, []
        assert task is not None
        run = self._calls if task.of.rows_per_call else self._training
        while sum(spent) < seconds or not spent:
            spent.append(run(chosen))
        return {"time": statistics.median(spent)}

    def _training(self, peer: Any) -> float:
        peer.start()
        begun = time.perf_counter()
        peer.run()
        return time.perf_counter() - begun

    def _calls(self, peer: Any) -> float:
        """Seconds for all rows at once; or microseconds for one call on one row."""
        assert self.task is not None
        if not hasattr(peer, "predict"):
            peer.predict = peer.predictor()
        x, size = self.task.x, self.task.of.rows_per_call
        rows = [x[i : i + size] for i in range(CALLS)] if size == 1 else [x]
        begun = time.perf_counter()
        for row in rows:
            peer.predict(row)
        spent = time.perf_counter() - begun
        return spent / len(rows) * (1e6 if size == 1 else 1)

    def costs(self, workload: str, peer: str) -> dict[str, Any]:
        """What the first training costs above a later one, and the peak of memory."""
        self.prepare(workload, peer)
        first, *later = (self._training(self.peers[peer]) for _ in range(3))
        return {
            "pause": max(0.0, first - min(later)),
            "peak": sizes.peak_memory(),
            "installed": sizes.installed(self.module.PACKAGES),
        }


def pin(threads: int) -> None:
    """Keep to as many processors as there are threads, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints is kept out of the answers
    group, threads, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    pin(threads)
    worker = Worker(group, threads, folder)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(worker, command.pop("do"))(**command)
        except Exception as error:  # a peer that fails is named, and the others go on
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
