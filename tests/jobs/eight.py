"""Eight devices that one process has: the same numbers as one, however rows and weights are cut."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import pellucid as pl
from pellucid import Sequential, layers
from pellucid.distribution import (
    DataParallel,
    DeviceMesh,
    LayoutMap,
    ModelParallel,
    list_devices,
)
from pellucid.executors.jax.executor import JaxExecutor
from tests.jobs.shared import apart, network, pairs, small, trained

WIDE = 65_536


def layouts(mesh):
    found = LayoutMap(mesh)
    found["first/kernel"] = (None, "model")
    found["first/bias"] = ("model",)
    found["last/kernel"] = ("model", None)
    return found


def same():
    """Rows alone are cut, with what takes g as a whole; and weights as well."""
    groups = DeviceMesh((2, 4), ("batch", "model"))
    both = ModelParallel(layouts(groups))
    for each, settings in ((DataParallel(), {"global_clipnorm": 0.5}), (both, {})):
        expected = trained(network("numpy", **settings))
        with each.scope():
            off = apart(trained(network(**settings)), expected)
        assert off <= 1e-10, f"{each} {settings}: {off:.1e} apart"


def wide_network(executor):
    pl.set_random_seed(1)
    net = Sequential(
        [
            layers.Input((4,)),
            layers.Dense(WIDE, "tanh", name="first"),
            layers.Dense(2, name="last"),
        ],
        dtype="float64",
    )
    net.compile("adam", "mse", executor=executor)
    return net


def wide():
    """No device holds a layer whole, nor what Adam keeps for it."""
    sizes = []
    keep = JaxExecutor._keep

    def seen(self, moving):
        for vector in moving.vectors:
            sizes.append(
                [[shard.data.size for shard in each.addressable_shards] for each in vector]
            )
        keep(self, moving)

    JaxExecutor._keep = seen
    folder = Path(sys.argv[1])
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 4)), rng.normal(size=(16, 2))
    expected = wide_network("numpy")
    expected.fit(x, y, batch_size=8, epochs=2, verbose=0)
    with ModelParallel(layouts(DeviceMesh((1, 8), ("batch", "model")))).scope():
        net = wide_network("jax")
    net.fit(x, y, batch_size=8, epochs=2, verbose=0)
    net.save(folder / "wide.safetensors")
    found = {f"weights {at}": each for at, each in enumerate(net.get_weights())}
    np.savez(folder / "wide.npz", **found)
    pairs = zip(net.get_weights(), expected.get_weights(), strict=True)
    assert max(float(np.abs(one - other).max()) for one, other in pairs) <= 1e-10
    assert len(sizes) >= 3
    for kernel, bias, last, _ in sizes:
        assert kernel == [4 * WIDE // 8] * 8, kernel
        assert bias == [WIDE // 8] * 8, bias
        assert last == [2 * WIDE // 8] * 8, last


def said():
    """What cannot be is refused in a sentence."""
    for make, sentence in (
        (lambda: DeviceMesh((3,), ("batch",)), "needs 3 devices, got 8"),
        (lambda: DataParallel(devices=["cpu:77"]), "no device 'cpu:77'"),
        (lambda: ModelParallel(wrong(("firts/kernel", (None, "model")))), "did you mean 'first/k"),
        (lambda: ModelParallel(wrong(("last/kernel", (None, "model")))), "3 does not divide"),
        (lambda: ModelParallel(wrong(("last/kernel", ("model",)))), "its layout"),
        (lambda: ModelParallel(wrong(("last", (None, "modle")))), "did you mean 'model'"),
        (lambda: DataParallel(devices=list_devices()[:3]), "give batch_size=18"),
    ):
        with pytest.raises(ValueError, match=re.escape(sentence)), make().scope():
            small().fit(*pairs(16), batch_size=16, verbose=0)
    with pytest.raises(ValueError, match="set_distribution"), DataParallel().scope():
        small("auto")


def wrong(layout):
    found = LayoutMap(DeviceMesh((2, 4), ("batch", "model")))
    found[layout[0]] = layout[1]
    return found


if __name__ == "__main__":
    for case in (same, wide, said):
        case()
        print(case.__name__, flush=True)
