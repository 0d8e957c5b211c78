"""Children of the process of an attack, forked: a training in one costs no start of Python."""

from __future__ import annotations

import faulthandler
import os
import select
import signal
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: a child hangs if in so many seconds it does less than some work; or if it does too much in all
PATIENCE, LEAST, MOST = 30, 0.05, 100


def forked(act: Callable[..., Any], *given: Any) -> int:
    """The number of a child that does this, and ends."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        where = last_words(os.getpid()).open("w", encoding="utf-8")
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        faulthandler.register(signal.SIGALRM, where, chain=True)
        act(*given)
        status = 0
    except BaseException:
        print(traceback.format_exc(), file=where, flush=True)
    finally:
        os._exit(status)


def ended(child: int) -> int:
    """How a child ended: 0, or minus the number of the signal that killed it. None may fail."""
    hangs = not in_time(child)
    if hangs:
        os.kill(child, signal.SIGALRM)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    words = last_words(child).read_text(encoding="utf-8") if last_words(child).exists() else ""
    last_words(child).unlink(missing_ok=True)
    assert not hangs, f"a child hangs: {words}"
    assert code <= 0, f"a child failed: {words}"
    return code


def in_time(child: int) -> bool:
    """Whether a child ends. One that waits for a core may take any time, any other may not."""
    if not hasattr(os, "pidfd_open"):
        return True
    file, before = os.pidfd_open(child), 0.0
    try:
        while not select.select([file], [], [], PATIENCE)[0]:
            now = work_of(child)
            if now - before < LEAST or now > MOST:
                return False
            before = now
    finally:
        os.close(file)
    return True


def work_of(child: int) -> float:
    """The seconds of work that a process has had."""
    told = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def last_words(child: int) -> Path:
    return Path(tempfile.gettempdir()) / f"attack-child-{child}.txt"
