"""The NumPy executor beside the same network written by hand: one epoch on MNIST.

PELLUCID_DATA=… python benchmarks/readable.py
"""

from __future__ import annotations

import statistics
import time

import numpy as np

import pellucid
from by_hand import ByHand
from pellucid import datasets, layers, models
from pellucid.randomness import generator

BATCH, ROUNDS = 32, 7


def network():
    pellucid.set_random_seed(1)
    net = models.Sequential([
        layers.Dense(128, "relu", input_shape=(784,)),
        layers.Dense(64, "relu"),
        layers.Dense(10, "softmax"),
    ])  # fmt: skip
    net.compile("adam", "sparse_categorical_crossentropy", executor="numpy")
    return net


def main():
    (x, y), _ = datasets.mnist.load_data()
    x = x.reshape(len(x), -1).astype(np.float32) / 255
    net = network()
    seed = net._ready().memory.seed
    hand = ByHand(net.get_weights(), BATCH)
    first = generator(seed, 0, 0).permutation(len(x))
    ours = net.fit(x, y, batch_size=BATCH, verbose=0).history["loss"][0]
    theirs = hand.epoch(x, y, first)
    assert abs(ours - theirs) < 1e-3 * theirs, (ours, theirs)
    print(f"equal: loss after an epoch {ours:.6f} and {theirs:.6f}")
    times: dict[str, list[float]] = {"executor": [], "by hand": []}
    for _ in range(ROUNDS):
        for name, run in {
            "executor": lambda: net.fit(x, y, batch_size=BATCH, verbose=0),
            "by hand": lambda: hand.epoch(x, y, first),
        }.items():
            begun = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - begun)
    ratio = statistics.median(a / b for a, b in zip(*times.values(), strict=True))
    for name, found in times.items():
        print(f"{name:<9} {statistics.median(found):.3f} s")
    print(f"ratio     {ratio:.2f}")


if __name__ == "__main__":
    main()
