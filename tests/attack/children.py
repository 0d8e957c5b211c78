"""Children of the process of an attack, forked: a training in one costs no start of Python."""

from __future__ import annotations

import os
import signal
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: seconds after which a child hangs
PATIENCE = 30


def forked(act: Callable[..., Any], *given: Any) -> int:
    """The number of a child that does this, and ends."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        act(*given)
        status = 0
    except BaseException:
        last_words(os.getpid()).write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(status)


def ended(child: int) -> int:
    """How a child ended: 0, or minus the number of the signal that killed it. None may fail."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code != -signal.SIGALRM, "a child hangs"
    if code > 0:
        words = last_words(child).read_text(encoding="utf-8")
        last_words(child).unlink()
        raise AssertionError(f"a child failed: {words}")
    return code


def last_words(child: int) -> Path:
    return Path(tempfile.gettempdir()) / f"attack-child-{child}.txt"
