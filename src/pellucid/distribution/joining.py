"""Processes that join in a job, come to an agreement, and notice when one of them is lost."""

from __future__ import annotations

import atexit
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import numpy as np

from pellucid.executors.jax.library import need
from pellucid.processes import HERE
from pellucid.randomness import drawn_so_far, set_random_seed

#: what `pellucid launch` tells each process: where the first is, how many there are, its number
COORDINATOR, COUNT, NUMBER = "PELLUCID_COORDINATOR", "PELLUCID_PROCESSES", "PELLUCID_PROCESS"
#: what launchers tell a process that JAX understands, and how many processes that are
ANNOUNCED = {
    "SLURM_STEP_NODELIST": "SLURM_NTASKS",
    "OMPI_COMM_WORLD_SIZE": "OMPI_COMM_WORLD_SIZE",
}
#: seconds that processes wait for one that lives, but does something else
PATIENCE = 3600
#: what a process says that has come to the end of its script, or has written its parts of a model,
#: and how many numbers it says
END, WROTE, WIDTH = -1, -2, 10


class ProcessLostError(RuntimeError):
    """Another process of the job has ended too early, or does not answer."""


def process_count() -> int:
    """How many processes train together."""
    return HERE.count


def process_id() -> int:
    """The number of this process; the first, 0, is the one that writes files."""
    return HERE.number


def announced(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process was started as one of several, by a launcher that says so."""
    counts = [COUNT, *(count for sign, count in ANNOUNCED.items() if sign in environment)]
    return any(environment.get(each, "1") != "1" for each in counts)


def initialize(
    job_addresses: str | None = None,
    num_processes: int | None = None,
    process_id: int | None = None,
    *,
    timeout: int = 100,
) -> None:
    """Join the other processes of a job; called once, in each of them, before anything else.

    `job_addresses` is the address of the first process, "10.0.0.1:1234" (of several, separated by
    commas, the first is taken). What is not given is what `pellucid launch` or JAX's own look at
    SLURM, Open MPI, Kubernetes and cloud TPUs finds. A process that has not answered for `timeout`
    seconds is lost, which ends all others.
    """
    need("pellucid.distribution")
    import jax

    if HERE.count > 1:
        raise RuntimeError("initialize() is called once in a process, and has been called already")
    address, count, number = told(job_addresses, num_processes, process_id)
    limit = max(1, int(timeout))
    try:
        jax.distributed.initialize(
            address,
            count,
            number,
            initialization_timeout=max(limit, 30),
            heartbeat_timeout_seconds=limit,
            shutdown_timeout_seconds=limit,
        )
    except ValueError as error:
        raise ValueError(
            f"nothing says which processes train together ({error}): start the script with "
            "`pellucid launch -n 2 script.py`, srun or mpirun, or give initialize() the address of "
            "the first process, num_processes and process_id"
        ) from error
    HERE.number, HERE.count = jax.process_index(), jax.process_count()
    if HERE.count > 1:
        share_seed()
        atexit.register(leave)
        sys.excepthook = failing


def told(address: str | None, count: int | None, number: int | None) -> tuple[Any, Any, Any]:
    """What is given, or what `pellucid launch` says."""
    known = os.environ
    if address is None and COORDINATOR in known:
        return known[COORDINATOR], int(known[COUNT]), int(known[NUMBER])
    return None if address is None else address.split(",")[0].strip(), count, number


def share_seed() -> None:
    """Draw the same weights in each process: from the seed of the first."""
    halves = divmod(drawn_so_far()[0], 1 << 32)
    high, low = agreed(halves)[0].tolist()
    if (high, low) != halves:
        set_random_seed(high << 32 | low)


class _Meetings:
    """How often the processes have met; all of them count alike."""

    count = 0


def meet() -> None:
    """Wait until all processes are here, or one of them is lost."""
    if HERE.count > 1:
        from jax._src.distributed import global_state

        _Meetings.count += 1
        client: Any = global_state.client
        client.wait_at_barrier(f"pellucid {_Meetings.count}", PATIENCE * 1000)


def agreed(numbers: Sequence[int]) -> np.ndarray:
    """What each process says, a row for each."""
    return joined(np.array([numbers], np.int64))


def told_by_all(digest: bytes) -> list[bytes]:
    """The 32 bytes that each process says while it writes its parts of a model."""
    if HERE.count == 1:
        return [digest]
    numbers = np.frombuffer(digest, np.int64).tolist()
    said = agreed([WROTE, *numbers, *[0] * (WIDTH - 1 - len(numbers))])
    check_same(said[:, 0].tolist())
    return [row.tobytes() for row in said[:, 1 : 1 + len(numbers)]]


def check_same(doing: Sequence[int]) -> None:
    """Whether no process has ended, or saves, while another one goes on."""
    ended, wrote = ([each == known for each in doing] for known in (END, WROTE))
    if any(ended):
        raise RuntimeError(too_early(ended))
    if any(wrote) and not all(wrote):
        raise RuntimeError(
            f"process {wrote.index(True)} saves a network whose weights are in parts, and process "
            f"{wrote.index(False)} does not: each process writes its own, so let all of them save"
        )


def joined(rows: np.ndarray) -> np.ndarray:
    """The rows of all processes, as many of each, in their order."""
    if HERE.count == 1:
        return rows
    import jax
    from jax.experimental import multihost_utils

    with attended(), jax.enable_x64(True):
        meet()
        return np.asarray(multihost_utils.process_allgather(rows, tiled=True))


@contextmanager
def attended() -> Iterator[None]:
    """Say in a sentence that another process was lost, where that is why JAX has failed."""
    import jax

    try:
        yield
    except (jax.errors.JaxRuntimeError, ValueError) as error:
        reason = str(error)
        if HERE.count == 1 or not re.search("gloo|barrier|coordination", reason, re.IGNORECASE):
            raise
        raise ProcessLostError(sentence(reason)) from error


def sentence(reason: str) -> str:
    """What has happened, and what to do."""
    named = {int(each) for each in re.findall(r"(?i)task[: ]+(\d+)", reason)} - {HERE.number}
    if not named and "leader" in reason:
        named = {0}
    who = " and ".join(f"process {each}" for each in sorted(named)) or "another process"
    return (
        f"{who} of {HERE.count} has ended or does not answer, so process {HERE.number} ends too. "
        f"Look at what it wrote last, and start the job again: with BackupAndRestore it goes on "
        "from the last backup"
    )


def failing(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error that ends this process: shown, in a sentence where another one was lost."""
    HERE.lost = True
    if isinstance(error, ProcessLostError):
        print(f"pellucid: {error}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def leave() -> None:
    """Wait for the others at the end; after an error end at once, for JAX would wait for them."""
    if not HERE.lost:
        try:
            ended = agreed([END] * WIDTH)[:, 0] == END
            HERE.lost = not ended.all()
            if HERE.lost:
                print(f"pellucid: {too_early(ended.tolist())}", file=sys.stderr)
        except ProcessLostError as error:
            failing(type(error), error, None)
    sys.stdout.flush()
    sys.stderr.flush()
    if HERE.lost:
        os._exit(1)


def too_early(ended: Sequence[bool]) -> str:
    """Which processes have come to their end, and which have not."""
    first, other = ended.index(True), ended.index(False)
    return (
        f"process {first} has come to the end of its script, while process {other} goes on to "
        "train: give all of them the same arguments and as many rows or batches"
    )
