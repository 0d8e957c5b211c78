"""The command line: `pellucid train`, `evaluate`, `predict`, `show`, and more."""

from __future__ import annotations

import signal
import sys
from typing import Any


def main() -> None:
    """Run the command line. Ctrl-C and SIGTERM end it tidily, a second one at once."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, _end)
    try:
        from pellucid.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _end(number: int, frame: Any) -> None:
    signal.signal(number, signal.SIG_DFL)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)
