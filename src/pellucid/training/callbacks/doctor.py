"""A doctor who watches a training, and speaks once of what it sees."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pellucid.training.callbacks.base import Callback, Logs

if TYPE_CHECKING:
    from pellucid.glass.doctor.finding import Finding

#: seconds between two looks, so that short epochs cost nothing
LOOK_EVERY = 0.05


class Doctor(Callback):
    """Looks at the losses while it trains, and says what is wrong, each finding once.

    It looks after an epoch, now and then, and at the end. `findings` holds what was said. It reads
    numbers that training has anyway; `net.diagnose` looks at the network and the data too, and
    tries mends. With verbose=0 it only takes note.
    """

    verbose: int = 1

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.findings: list[Finding] = []
        self.curves: dict[str, list[float]] = {}
        self.looked = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        for name, value in (logs or {}).items():
            self.curves.setdefault(name, []).append(value)
        now = time.perf_counter()
        if now - self.looked > LOOK_EVERY:
            self.look()
            self.looked = now

    def look(self) -> None:
        from pellucid.glass.doctor.watching import watched

        self.say(watched(self.curves))

    def on_train_end(self, logs: Any = None) -> None:
        from pellucid.glass.doctor.watching import ended

        self.look()
        self.say(ended(self.curves))

    def say(self, found: Iterable[Finding]) -> None:
        known = {each.code for each in self.findings}
        for each in found:
            if each.code not in known:
                self.findings.append(each)
                if self.verbose:
                    print(each, flush=True)
