"""Runs attacks in processes of their own, and counts what happened."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent
#: NumPy's product waits for ever for threads of its own if another thread forks meanwhile
ALONE = {"OPENBLAS_NUM_THREADS": "1"}
#: bytes that the files of a case may take, for a moment, where they are held in memory
ROOM = 1 << 30


def attacks() -> list[str]:
    """The names of all attacks: the modules here that have cases."""
    files = sorted(HERE.glob("*.py"))
    names = [path.stem for path in files if "\ndef case(" in path.read_text(encoding="utf-8")]
    return [name for name in names if name != "trial"]


@dataclass
class Tally:
    """How often each word was said, and the cases that were bad: number and reason."""

    words: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[int, str]] = field(default_factory=list)


def attacked(name: str, cases: int, seed: int = 0, first: int = 0, seconds: float = 1e9) -> Tally:
    """The cases of an attack from number `first` on, for so many seconds at most."""
    tally, last, until = Tally(), first + cases, time.time() + seconds
    while first < last and time.time() < until:
        numbers = map(str, (seed, first, last, until))
        site = ["-S"] if sys.flags.no_site else []
        command = [sys.executable, *site, "-m", "tests.attack.worker", name]
        with tempfile.TemporaryFile("w+") as errors, emptied(name) as home:
            begun, code = listened([*command, home, *numbers], errors, tally)
            if code:
                errors.seek(0)
                why = f"{how_it_ended(code)}\n{errors.read()[-4000:]}"
                if begun < first:
                    raise RuntimeError(f"the attack {name} does not begin: {why}")
                tally.bad.append((begun, why))
        first = begun + 1 if code else last
    return tally


def emptied(name: str) -> tempfile.TemporaryDirectory[str]:
    """A folder for the files of cases, gone with what a worker that was killed has left."""
    shared = "/dev/shm"
    roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM
    return tempfile.TemporaryDirectory(
        prefix=f"attack-{name}-", dir=shared if roomy else None, ignore_cleanup_errors=True
    )


def listened(command: list[str], errors: IO[str], tally: Tally) -> tuple[int, int]:
    """Take down what a worker says; the number of the case that it began last, and how it ended."""
    number = -1
    here, environment = HERE.parent.parent, os.environ | ALONE
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=here, env=environment
    ) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            news = json.loads(line)
            if "word" in news:
                tally.words[news["word"]] += 1
            if "bad" in news:
                tally.bad.append((number, news["bad"]))
            number = news.get("begun", number)
    return number, worker.returncode


def how_it_ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else "it hangs, or ended itself"
