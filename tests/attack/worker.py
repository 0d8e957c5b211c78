"""Runs the cases of one attack, and says of each that it begins and how it ended.

The process may end in any way: killed by a signal, or by its own watch where a case hangs.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import shutil
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

#: seconds of work that a case may take, unless its module names a LIMIT
LIMIT = 2.0
#: how much longer it may wait for a machine that is busy
PATIENCE = 20


def main(name: str, home: Path, seed: int, first: int, last: int, until: float) -> None:
    say = talk()
    faulthandler.enable()
    warnings.simplefilter("ignore")
    attack = importlib.import_module(f"tests.attack.{name}")
    watch = Watch(getattr(attack, "LIMIT", LIMIT) * float(os.environ.get("SLOWER", 1)))
    ended: dict[str, Any] = {}
    for number in range(first, last):
        if time.time() > until:
            break
        say(ended | {"begun": number})
        ended = outcome(attack, np.random.default_rng([seed, number]), home, watch)
    say(ended)
    watch.end()


def talk() -> Callable[[dict[str, Any]], None]:
    """What tells the runner; all that is printed otherwise goes nowhere."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return lambda news: print(json.dumps(news), file=lines, flush=True)


class Watch:
    """Ends the process if a case hangs. A thread for each case would cost more than the case."""

    def __init__(self, limit: float):
        self.limit, self.wound = limit, 0.0

    def wind(self) -> None:
        now = time.monotonic()
        if now > self.wound + self.limit:
            faulthandler.dump_traceback_later(self.limit * (PATIENCE + 1), exit=True)
            self.wound = now

    def end(self) -> None:
        faulthandler.cancel_dump_traceback_later()


def outcome(
    attack: ModuleType, rng: np.random.Generator, folder: Path, watch: Watch
) -> dict[str, str]:
    """The word of a case, or what was bad about it."""
    watch.wind()
    begun = time.process_time()
    try:
        word = attack.case(rng, folder)
    except Exception:
        return {"bad": traceback.format_exc()}
    finally:
        spent = time.process_time() - begun
        empty(folder)
    return {"bad": f"it took {spent:.1f} s"} if spent > watch.limit else {"word": word}


def empty(folder: Path) -> None:
    with os.scandir(folder) as found:
        for each in found:
            if each.is_dir(follow_symlinks=False):
                shutil.rmtree(each, ignore_errors=True)
            else:
                os.unlink(each)


if __name__ == "__main__":
    name, home, *numbers, until = sys.argv[1:]
    main(name, Path(home), *map(int, numbers), float(until))
