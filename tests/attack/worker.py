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
import tempfile
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
PATIENCE = 10


def main(name: str, seed: int, first: int, last: int, until: float) -> None:
    say = talk()
    faulthandler.enable()
    warnings.simplefilter("ignore")
    attack = importlib.import_module(f"tests.attack.{name}")
    with tempfile.TemporaryDirectory(prefix=f"attack-{name}-") as home:
        for number in range(first, last):
            if time.time() > until:
                break
            say({"begun": number})
            say(outcome(attack, np.random.default_rng([seed, number]), Path(home) / "case"))


def talk() -> Callable[[dict[str, Any]], None]:
    """What tells the runner; all that is printed otherwise goes nowhere."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return lambda news: print(json.dumps(news), file=lines, flush=True)


def outcome(attack: ModuleType, rng: np.random.Generator, folder: Path) -> dict[str, str]:
    """The word of a case, or what was bad about it."""
    limit = getattr(attack, "LIMIT", LIMIT)
    faulthandler.dump_traceback_later(limit * PATIENCE, exit=True)
    folder.mkdir()
    begun = time.process_time()
    try:
        word = attack.case(rng, folder)
    except Exception:
        return {"bad": traceback.format_exc()}
    finally:
        spent = time.process_time() - begun
        faulthandler.cancel_dump_traceback_later()
        shutil.rmtree(folder, ignore_errors=True)
    return {"bad": f"it took {spent:.1f} s"} if spent > limit else {"word": word}


if __name__ == "__main__":
    name, *numbers, until = sys.argv[1:]
    main(name, *map(int, numbers), float(until))
