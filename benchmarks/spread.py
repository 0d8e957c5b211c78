"""What many devices cost: steps on one, on eight simulated ones, in two processes; and a model.

python benchmarks/spread.py [--width N] [--batch N]

The model is of a cluster: each host has as many rows as the one device here, and between them goes
what the compiled program's own collectives send. Simulated devices share the processor, so that
they show what cutting costs, and cannot be faster. JAX must be installed beside pellucid.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import time

import numpy as np

import pellucid
from pellucid import Sequential, distribution, layers
from pellucid.distribution.launching import launch
from pellucid.executors.jax.stretch import Stretch

KINDS = {"pred": 1, "s8": 1, "u8": 1, "bf16": 2, "f16": 2, "s32": 4, "u32": 4, "f32": 4, "s64": 8,
         "u64": 8, "f64": 8}  # fmt: skip
COLLECTIVES = ("all-reduce", "all-gather", "reduce-scatter", "all-to-all", "collective-permute")
#: bytes a second, and seconds until the first of them arrives
NETWORKS = {"10 Gb/s": (1.25e9, 30e-6), "100 Gb/s": (12.5e9, 5e-6), "400 Gb/s": (50e9, 3e-6)}
STEPS = 60


def sent(text: str) -> dict[str, int]:
    """Bytes of what each kind of collective in a program works on, once."""
    found: dict[str, int] = {}
    for shapes, kind in re.findall(rf"= (.*?) ({'|'.join(COLLECTIVES)})(?:-start)?\(", text):
        for dtype, extents in re.findall(r"(\w+)\[([\d,]*)\]", shapes):
            count = math.prod(int(each) for each in extents.split(",") if each)
            found[kind] = found.get(kind, 0) + count * KINDS[dtype]
    return found


def network(width: int) -> Sequential:
    pellucid.set_random_seed(0)
    hidden = [layers.Dense(width, "relu") for _ in range(2)]
    net = Sequential([layers.Input((784,)), *hidden, layers.Dense(10, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy", executor="jax")
    return net


def measured(width: int, batch: int) -> dict[str, object]:
    """Seconds of a step by the clock, and what its program sends."""
    texts: list[str] = []
    make = Stretch.program

    def program(self, *key):
        made = make(self, *key)

        def call(*given):
            if not texts:
                texts.append(made.lower(*given).compile().as_text())
            return made(*given)

        return made if distribution.process_count() > 1 else call

    Stretch.program = program
    rng = np.random.default_rng(0)
    x = rng.random((batch * STEPS, 784), np.float32)
    y, net = rng.integers(0, 10, len(x)), network(width)
    net.fit(x, y, batch_size=batch, verbose=0)
    begun = time.perf_counter()
    net.fit(x, y, batch_size=batch, verbose=0)
    step = (time.perf_counter() - begun) / STEPS
    return {"step": step, "sent": sent(texts[0]) if texts else {}}


def arriving(size: int, hosts: int, rate: float, delay: float) -> float:
    """Seconds until every host has the sum of what all have: by a ring, or by a tree."""
    turns = math.ceil(math.log2(hosts))
    ring = 2 * (hosts - 1) * (size / hosts / rate + delay)
    return min(ring, 2 * turns * (size / rate + delay))


def modelled(step: float, size: int) -> None:
    """The share of its time that a host computes, where no sum is sent while it computes."""
    print(
        f"\n{size:,} bytes a step to be added up; a host's own part of a step {step * 1e3:.2f} ms"
    )
    print("hosts    " + "".join(f"{name:>12}" for name in NETWORKS))
    for hosts in (2**power for power in range(1, 11)):
        shares = [step / (step + arriving(size, hosts, *each)) for each in NETWORKS.values()]
        print(f"{hosts:<9}" + "".join(f"{share:>12.0%}" for share in shares))


def in_process(kind: str, asked: argparse.Namespace) -> dict[str, object]:
    """The same in a process of its own, since JAX counts its devices when it is loaded."""
    flags = "--xla_force_host_platform_device_count=8" if kind == "eight" else ""
    command = [sys.executable, __file__, "--as", kind, "--width", str(asked.width),
               "--batch", str(asked.batch)]  # fmt: skip
    environment = os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--as", dest="kind", choices=["one", "eight", "pair", "two"])
    asked = parser.parse_args()
    if asked.kind == "pair":
        sizes = ["--width", str(asked.width), "--batch", str(asked.batch)]
        launch([sys.executable, __file__, "--as", "two", *sizes], 2)
        return
    if asked.kind is not None:
        if asked.kind == "two":
            distribution.initialize()
        if asked.kind != "one":
            distribution.set_distribution(distribution.DataParallel())
        found = measured(asked.width, asked.batch)
        if distribution.process_id() == 0:
            print(json.dumps(found))
        return
    found = {kind: in_process(kind, asked) for kind in ("one", "eight", "pair")}
    print(f"784-{asked.width}-{asked.width}-10, batches of {asked.batch}, by the clock")
    for kind, each in found.items():
        print(f"{kind:6} {each['step'] * 1e3:8.2f} ms a step  {each['sent']}")
    modelled(found["one"]["step"], sum(found["eight"]["sent"].values()))


if __name__ == "__main__":
    main()
