"""A job of several processes: each writes what it came to into a file of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np

from pellucid import callbacks, distribution
from pellucid.executors.jax import rows
from pellucid.training.nonfinite import NonFiniteError
from tests.jobs.shared import network, pairs, small, trained

folder, case = Path(sys.argv[1]), sys.argv[2]
distribution.initialize(timeout=10)
number, count = distribution.process_id(), distribution.process_count()
whole = case not in ("own", "nan", "uneven")
distribution.set_distribution(distribution.DataParallel(auto_shard_dataset=whole))
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


def run():
    """Of a training without metrics only its own rows are read, and only the first writes."""
    rows.dense_rows = counted
    net = small()
    watching = [callbacks.CSVLogger(folder / "log.csv")]
    net.fit(*pairs(64), batch_size=16, verbose=0, callbacks=watching)
    net.save(folder / f"model-{number}.safetensors")
    few = sum(read) // 2
    found = trained(network())
    np.savez(folder / f"{number}-of-{count}.npz", few=few, **found)


def own():
    """Each has its own rows: every second batch of eight, or a stream of them."""
    x, y = (each.reshape(4, 2, 8, -1)[:, number] for each in pairs(64))
    net = small(metrics=["mae"])
    flat = [each.reshape(32, -1) for each in (x, y)]
    history = net.fit(*flat, batch_size=8, epochs=3, verbose=0, shuffle=False).history
    streamed = small(metrics=["mae"])
    streamed.fit(list(zip(x, y, strict=True)), epochs=3, verbose=0)
    found = {f"weights {at}": each for at, each in enumerate(net.get_weights())}
    found |= {f"streamed {at}": each for at, each in enumerate(streamed.get_weights())}
    found |= {"output": net.predict(flat[0], verbose=0)}
    np.savez(folder / f"{number}-of-{count}.npz", **found, **history)


def nan():
    """All say where the NaN began that is in the rows of one."""
    x, y = (each.reshape(4, 2, 8, -1)[:, number].reshape(32, -1) for each in pairs(64))
    if number == 1:
        x[20] = np.nan
    try:
        small().fit(x, y, batch_size=8, verbose=0, shuffle=False)
    except NonFiniteError as error:
        np.savez(folder / f"{number}-of-{count}.npz", batch=error.batch, said=str(error))


def uneven():
    """One process has more batches than the other."""
    batches = [tuple(each[:8] for each in pairs(64))] * (3 + number)
    small().fit(batches, epochs=2, verbose=0)


def backed_up(how=None, victim=1):
    watching = [callbacks.BackupAndRestore(folder / "backup", delete_checkpoint=False)]
    if how is not None:
        watching.append(Ended(victim, how))
    net = small()
    net.fit(*pairs(64), batch_size=16, epochs=5, verbose=0, callbacks=watching)
    found = {f"weights {at}": each for at, each in enumerate(net.get_weights())}
    np.savez(folder / f"{number}-of-{count}.npz", epochs=net.epochs_trained, **found)


CASES = {
    "run": run,
    "own": own,
    "nan": nan,
    "uneven": uneven,
    "go on": backed_up,
    "kill 1": lambda: backed_up(signal.SIGKILL),
    "kill 0": lambda: backed_up(signal.SIGKILL, 0),
    "stop 1": lambda: backed_up(signal.SIGSTOP),
    "interrupt 1": lambda: backed_up(signal.SIGINT),
}
CASES[case]()
