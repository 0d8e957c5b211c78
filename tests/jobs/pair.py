"""A job of several processes: each writes what it came to, case by case, into a file of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet

from pellucid import callbacks, distribution
from pellucid.distribution import DataParallel, DeviceMesh, LayoutMap, ModelParallel, RowGroups
from pellucid.executors.jax import rows
from pellucid.executors.jax.executor import JaxExecutor
from pellucid.training.nonfinite import NonFiniteError
from tests.jobs.shared import network, pairs, small, trained

folder = Path(sys.argv[1])
distribution.initialize(timeout=10)
number, count = distribution.process_id(), distribution.process_count()
read: list[int] = []
dense = rows.dense_rows


def counted(array, chosen, kind):
    read.append(len(chosen))
    return dense(array, chosen, kind)


class Ended(callbacks.Callback):
    """Ends process `victim` by a signal after three epochs."""

    def __init__(self, victim, how):
        super().__init__()
        self.victim, self.how = victim, how

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2 and number == self.victim:
            os.kill(os.getpid(), self.how)


def weights(net, name="weights"):
    return {f"{name} {at}": each for at, each in enumerate(net.get_weights())}


def whole():
    """Of a training without metrics only its own rows are read, and only the first writes."""
    rows.dense_rows = counted
    net = small()
    watching = [callbacks.CSVLogger(folder / "log.csv")]
    net.fit(*pairs(64), batch_size=16, verbose=0, callbacks=watching)
    net.save(folder / f"model-{number}.safetensors")
    few, rows.dense_rows = sum(read) // 2, dense
    return {"few": few, **trained(network())}


def own():
    """Each has its own rows: every second batch of eight, or a stream of them."""
    x, y = (each.reshape(4, 2, 8, -1)[:, number] for each in pairs(64))
    net = small(metrics=["mae"])
    flat = [each.reshape(32, -1) for each in (x, y)]
    history = net.fit(*flat, batch_size=8, epochs=3, verbose=0, shuffle=False).history
    streamed = small(metrics=["mae"])
    streamed.fit(list(zip(x, y, strict=True)), epochs=3, verbose=0)
    found = weights(net) | weights(streamed, "streamed") | history
    return found | {"output": net.predict(flat[0], verbose=0)}


def groups():
    """Row groups of a Parquet file, of which each reads every second one."""
    taken = []
    reads = parquet.ParquetFile.read_row_group

    def seen(self, at, **named):
        taken.append(at)
        return reads(self, at, **named)

    parquet.ParquetFile.read_row_group = seen
    net = small()
    given = RowGroups(folder / "rows.parquet", ["y0", "y1", "y2"], batch_size=8)
    net.fit(given, verbose=0)
    parquet.ParquetFile.read_row_group = reads
    return {"taken": sorted(set(taken)), **weights(net)}


def nan():
    """All say where the NaN began that is in the rows of one."""
    x, y = (each.reshape(4, 2, 8, -1)[:, number].reshape(32, -1) for each in pairs(64))
    if number == 1:
        x[20] = np.nan
    try:
        small().fit(x, y, batch_size=8, verbose=0, shuffle=False)
    except NonFiniteError as error:
        return {"batch": error.batch, "said": str(error)}


def uneven():
    """One process has more batches than the other."""
    batches = [tuple(each[:8] for each in pairs(64))] * (3 + number)
    small().fit(batches, epochs=2, verbose=0)


def alone():
    """One process saves a network whose weights are in parts."""
    net = parted()
    if number == 0:
        net.save(folder / "alone.safetensors")
    net.fit(*pairs(64), batch_size=16, verbose=0)


def backed_up(how=None, victim=1, net=None):
    watching = [callbacks.BackupAndRestore(folder / "backup", delete_checkpoint=False)]
    if how is not None:
        watching.append(Ended(victim, how))
    net = net or small()
    net.fit(*pairs(64), batch_size=16, epochs=5, verbose=0, callbacks=watching)
    return {"epochs": net.epochs_trained, **weights(net)}


def straight():
    """What was never disturbed, with the weights whole."""
    net = small()
    net.fit(*pairs(64), batch_size=16, epochs=5, verbose=0)
    return weights(net)


def parted():
    """The units of the first layer are cut between the processes."""
    layouts = LayoutMap(DeviceMesh((1, count), ("batch", "model")))
    layouts["first/kernel"] = (None, "model")
    layouts["first/bias"] = ("model",)
    layouts["last/kernel"] = ("model", None)
    with ModelParallel(layouts).scope():
        return small(dtype="float64")


def parts():
    """Weights in parts: what devices hold, what it comes to, and the files."""
    held = []
    keep = JaxExecutor._keep

    def seen(self, moving):
        held.append([each.addressable_shards[0].data.size for each in moving.vectors[0]])
        keep(self, moving)

    JaxExecutor._keep = seen
    net = parted()
    net.fit(*pairs(64), batch_size=16, epochs=5, verbose=0)
    JaxExecutor._keep = keep
    net.save(folder / "parts.safetensors")
    return {"held": held[-1], **weights(net)}


CASES = {
    "whole": whole,
    "own": own,
    "groups": groups,
    "nan": nan,
    "uneven": uneven,
    "alone": alone,
    "straight": straight,
    "parts": parts,
    "go on": backed_up,
    "kill 1": lambda: backed_up(signal.SIGKILL),
    "kill 0": lambda: backed_up(signal.SIGKILL, 0, parted()),
    "stop 1": lambda: backed_up(signal.SIGSTOP),
    "interrupt 1": lambda: backed_up(signal.SIGINT),
}
for case in sys.argv[2:]:
    with DataParallel(auto_shard_dataset=case not in ("own", "nan", "uneven", "groups")).scope():
        found = CASES[case]() or {}
    np.savez(folder / f"{case}-{number}-of-{count}.npz", **found)
