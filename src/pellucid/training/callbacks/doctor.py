"""A doctor who watches a training, and speaks once of what it sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pellucid.training.callbacks.base import Callback, Logs

if TYPE_CHECKING:
    from pellucid.glass.doctor.finding import Finding


class Doctor(Callback):
    """Looks at the losses after each epoch and says what is wrong, each finding once.

    `findings` holds what was said. It reads numbers that training has anyway; `net.diagnose` looks
    at the network and the data too, and tries mends. With verbose=0 it only takes note.
    """

    verbose: int = 1

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.findings: list[Finding] = []
        self.curves: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        from pellucid.glass.doctor.watching import watched

        for name, value in (logs or {}).items():
            self.curves.setdefault(name, []).append(float(value))
        self.say(watched(self.curves))

    def on_train_end(self, logs: Any = None) -> None:
        from pellucid.glass.doctor.watching import ended

        self.say(ended(self.curves))

    def say(self, found: Iterable[Finding]) -> None:
        known = {each.code for each in self.findings}
        for each in found:
            if each.code not in known:
                self.findings.append(each)
                if self.verbose:
                    print(each, flush=True)
