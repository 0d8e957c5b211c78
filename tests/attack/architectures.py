"""Random networks: each is built and trained, or refused in a sentence; by all executors alike.

A run has the same bits each time, on any number of threads, and after saving and loading; how near
the runs of two executors have to be is said in `nearness.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from scipy import sparse

import pellucid as keras
from pellucid.executors.native import executor as native_executor
from tests.attack.drawing import Drawn, architecture
from tests.attack.executing import (
    Came,
    Runs,
    assert_same_bits,
    attempt,
    held,
    snapshot,
)
from tests.attack.judging import assert_refused
from tests.attack.mutating import pick
from tests.attack.nearness import compared

#: how the refusal of a network begins that has no native form
NOT_NATIVE = "executor='native' cannot run"


def case(rng: np.random.Generator, folder: Path) -> str:
    seed = int(rng.integers(2**62))
    try:
        made = architecture(np.random.default_rng(seed))
        runs = Runs(made)
    except Exception as error:
        assert_refused(error)
        return "refused"
    numpy, native = runs.numpy(trained), runs.native(trained)
    if rng.random() < 0.08:
        assert_same_bits(runs.numpy(trained), numpy, "NumPy, twice")
    if native.refused.startswith(NOT_NATIVE):
        return "no native form"
    word = compared(runs, trained, numpy, native)
    if word == "refused":
        return word
    if rng.random() < 0.3:
        with mock.patch.object(native_executor, "CHOOSES", bool(rng.random() < 0.5)):
            threads = int(rng.integers(1, 4))
            assert_same_bits(runs.native(trained, threads), native, f"{threads} threads")
    for check, share in CHECKS.items():
        if rng.random() < share:
            check(runs, seed, rng, folder)
    return word if native.stopped is None else "not finite"


def trained(net: Any, made: Drawn) -> dict[str, Any]:
    x, y = as_given(made)
    history = net.fit(x, y, sample_weight=made.weight, verbose=0, **made.fit).history
    return {f"history {name}": np.array(values) for name, values in history.items()}


def looked(net: Any, made: Drawn) -> dict[str, Any]:
    """What the network says of rows, many at once and one alone."""
    x, y = as_given(made)
    size = made.fit["batch_size"]
    logs = net.evaluate(x, y, size, sample_weight=made.weight, verbose=0, return_dict=True)
    found = {f"evaluate {name}": np.array(value) for name, value in logs.items()}
    outputs = net.predict(x, verbose=0)
    for at, each in enumerate(outputs if isinstance(outputs, list) else [outputs]):
        found[f"output {at}"] = each
    if len(made.x) == len(made.y) == 1 and made.rows:
        found["one row"] = np.array(net.predictor()(x[:1] if sparse.issparse(x) else x[0]))
    return found


def on_batches(net: Any, made: Drawn) -> dict[str, Any]:
    """Steps on batches that are given one by one, of several sizes."""
    found, count = {}, made.fit["batch_size"]
    for number, last in enumerate((count, count, 1 + count // 2)):
        part = replace(made, x=[x[:last] for x in made.x], y=[y[:last] for y in made.y])
        weight = None if made.weight is None else made.weight[:last]
        found[f"batch {number}"] = np.array(net.train_on_batch(*as_given(part), weight))
    return found


def as_given(made: Drawn) -> tuple[Any, Any]:
    x, y = made.x, made.y
    return x[0] if len(x) == 1 else tuple(x), y[0] if len(y) == 1 else tuple(y)


def both_look(runs: Runs, seed: int, rng: np.random.Generator, folder: Path) -> None:
    """The trained network says the same of rows by each executor, and trains on with them."""
    before, runs.start = runs.start, snapshot(runs.engine)
    act = looked if rng.random() < 0.7 else on_batches
    compared(runs, act, runs.numpy(act), runs.native(act))
    runs.start = before


def saves(runs: Runs, seed: int, rng: np.random.Generator, folder: Path) -> None:
    """A file holds all of a network: what is loaded trains on to the same bits."""
    path, net = folder / "net.safetensors", runs.made.net
    runs.native(trained)
    net.save(path)
    loaded = replace(runs.made, net=keras.load(path))
    assert str(loaded.net.plan) == str(net.plan)
    assert_same_bits(Came(held(loaded.net.engine)), Came(held(net.engine)), "loaded")
    assert_same_bits(attempt(trained, loaded), attempt(trained, runs.made), "loaded, trained on")


def printed(runs: Runs, seed: int, rng: np.random.Generator, folder: Path) -> None:
    """All that reads the plan can read it."""
    net = runs.made.net
    lines: list[str] = []
    net.summary(lines.append)
    assert all([lines, str(net.plan), net.plan.latex(), net.executor_report()])
    json.dumps(net.plan.as_data(), allow_nan=False)


def anew(runs: Runs, seed: int, rng: np.random.Generator, folder: Path) -> None:
    """A network made again, for one executor from the start, comes to the same bits."""
    executor = pick(rng, ["numpy", "native", "auto"])
    again = architecture(np.random.default_rng(seed))
    again.net.compile(**again.net._asked, executor=executor, threads=pick(rng, [None, 1, 2]))
    again.net.engine.memory.seed = runs.engine.memory.seed
    came = runs.numpy(trained) if executor == "numpy" else runs.native(trained)
    assert_same_bits(attempt(trained, again), came, f"made anew, {executor}")


CHECKS = {both_look: 0.08, saves: 0.03, printed: 0.03, anew: 0.03}
