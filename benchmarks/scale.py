"""An epoch by executor="jax" beside the scan that one would write by hand, in one process.

python benchmarks/scale.py [WORKLOAD …] [--rounds N] [--quick]

They take turns, and what is compared is the time of the processor, on one thread. JAX must be
installed beside pellucid.
"""

from __future__ import annotations

import argparse
import statistics
import time
from importlib import import_module

import numpy as np

import data
from environments import CACHE
from peers.peer import MissingError
from peers.pellucid import Numpy
from worker import pin
from workloads import WORKLOADS, Task

ASKED = ("W1", "W2", "W5", "C1", "R1")
SCANS = ("JAX scan", "JAX scan, gathered first", "JAX scan, unrolled")
OURS = "pellucid jax"


class Jax(Numpy):
    """Through `fit`, as the other executors."""

    executor = "jax"

    def start(self):
        """From the first weights, by the programs that are compiled already."""
        if hasattr(self, "net"):
            self.net.set_weights(self.task.first)
        else:
            super().start()


def compared(name: str, rounds: int, quick: bool) -> dict[str, list[float]]:
    """Seconds of the processor for each training, those of all peers in turn."""
    folder = CACHE / "data" / data.source()
    data.write(WORKLOADS[name].data, folder)
    of = WORKLOADS[name].shortened() if quick else WORKLOADS[name]
    task = Task(of, folder)
    peers, by_hand = {OURS: Jax(task, 1)}, import_module("peers.jax")
    for scan in SCANS:
        try:
            peers[scan] = by_hand.PEERS[scan](task, 1)
        except MissingError:
            continue
    check(task, peers)
    spent: dict[str, list[float]] = {peer: [] for peer in peers}
    for peer in peers.values():
        peer.start()
        peer.run()  # compiles
    for _ in range(rounds):
        for peer, each in peers.items():
            each.start()
            begun = time.process_time()
            each.run()
            spent[peer].append(time.process_time() - begun)
    return spent


def check(task: Task, peers: dict[str, object]) -> None:
    """All come to the same loss after the same steps."""
    if task.of != task.of.comparable():
        return
    losses = []
    for peer in peers.values():
        peer.start()
        peer.train(task.checked_order)
        losses.append(task.loss(peer.weights()))
    if np.ptp(losses) > task.of.tolerance * max(losses):
        raise SystemExit(f"{task.name}: the losses differ: {losses}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", nargs="*", default=ASKED)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="few rows and epochs")
    asked = parser.parse_args()
    pin(1)  # JAX makes as many threads as there are processors when it is loaded
    print(f"JAX {import_module('jax').__version__}, one thread; seconds of the processor, median")
    for name in asked.workload:
        spent = compared(name, asked.rounds, asked.quick)
        middle = {peer: statistics.median(times) for peer, times in spent.items()}
        best = min((peer for peer in middle if peer != OURS), key=middle.__getitem__)
        ratio = statistics.median(a / b for a, b in zip(spent[OURS], spent[best], strict=True))
        print(f"{name}  {middle[OURS]:8.3f} s  {best} {middle[best]:.3f} s  ratio {ratio:.2f}",
              *(f"{peer} {each:.3f}" for peer, each in middle.items() if peer in SCANS),
              sep="  ", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
