"""A script in several processes of this machine, which train together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from pellucid.distribution.joining import COORDINATOR, COUNT, NUMBER

#: seconds between two looks at whether processes have ended
LOOK = 0.1


class JobError(RuntimeError):
    """A process of a job has failed, or was killed."""


def launch(command: Sequence[str], count: int, timeout: float = 30.0) -> None:
    """Run `command` in `count` processes, and wait for them.

    When one fails, the others have `timeout` seconds to end by themselves, and are then ended.
    """
    address = f"127.0.0.1:{free_port()}"
    known = os.environ | {COORDINATOR: address, COUNT: str(count)}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(count):
            processes.append(subprocess.Popen(command, env=known | {NUMBER: str(number)}))
        failed = watched(processes)
        if failed is not None:
            end(processes, timeout)
            raise JobError(fault(failed, processes[failed].returncode, count))
    except KeyboardInterrupt:
        end(processes, timeout)  # they were told as well, and stop after the running step
        raise
    finally:
        end(processes, 0)


def python(script: str, arguments: Sequence[str]) -> list[str]:
    """What runs a script by this Python."""
    return [sys.executable, script, *arguments]


def watched(processes: Sequence[subprocess.Popen[bytes]]) -> int | None:
    """The number of the first that has failed, when one has; None when all have ended well."""
    while True:
        codes = [each.poll() for each in processes]
        for number, code in enumerate(codes):
            if code:
                return number
        if None not in codes:
            return None
        time.sleep(LOOK)


def end(processes: Sequence[subprocess.Popen[bytes]], timeout: float) -> None:
    """Wait so long for those that still run, then end them."""
    until = time.monotonic() + timeout
    for each in processes:
        try:
            each.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            each.kill()
            each.wait()


def fault(number: int, code: int, count: int) -> str:
    """What has become of a process."""
    how = f"was ended by {signal_name(-code)}" if code < 0 else f"ended with code {code}"
    return f"process {number} of {count} {how}, and the others with it"


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
