"""The running numbers of an epoch: the mean loss, and the metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.training.compiled import Reported


class Meters:
    """Means over the rows seen since the last reset, whatever the sizes of the batches."""

    def __init__(self, metrics: Sequence[Reported], loss_names: Sequence[str] = ()):
        self.metrics = list(metrics)
        self.loss_names = ["loss", *(loss_names if len(loss_names) > 1 else ())]
        #: the sums of the losses over the rows: of the whole, then of every output
        self.totals = np.zeros(1 + len(loss_names))
        self.reset()

    def reset(self) -> None:
        self.rows = 0
        self.totals.fill(0.0)
        for each in self.metrics:
            each.metric.reset_state()

    def add_metrics(
        self,
        targets: Sequence[np.ndarray | None],
        outputs: Sequence[np.ndarray],
        weight: np.ndarray | None,
    ) -> None:
        """Take the rows of one batch or more into the metrics."""
        for metric, output, _, weighted in self.metrics:
            target = targets[output]
            if target is not None:
                metric.update_state(target, outputs[output], weight if weighted else None)

    def record(self) -> dict[str, Any]:
        """The numbers so far as plain data, which `load` takes back."""
        metrics = [each.metric.record() for each in self.metrics]
        return {"rows": self.rows, "totals": self.totals.tolist(), "metrics": metrics}

    def load(self, record: dict[str, Any]) -> None:
        """Go on from earlier numbers."""
        self.rows, self.totals[:] = int(record["rows"]), record["totals"]
        for each, seen in zip(self.metrics, record["metrics"], strict=True):
            each.metric.load(seen)

    def logs(self) -> dict[str, float]:
        """The numbers by name: loss, the loss of each output where there are several, metrics."""
        rows = max(self.rows, 1)
        totals = zip(self.loss_names, self.totals.tolist(), strict=False)
        found = {name: total / rows for name, total in totals}
        return found | {each.name: each.metric.result() for each in self.metrics}
