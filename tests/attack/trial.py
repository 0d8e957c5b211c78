"""Every way for a case to end, to see that the runner sees it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

LIMIT = 0.05


def case(rng: np.random.Generator, folder: Path) -> str:
    print("what is printed goes nowhere")
    match rng.integers(5):
        case 0:
            raise ValueError("a reason")
        case 1:
            os.kill(os.getpid(), signal.SIGSEGV)
        case 2:
            time.sleep(60)
        case 3:
            begun = time.process_time()
            while time.process_time() < begun + 1.2 * LIMIT:
                pass
    return "well"
