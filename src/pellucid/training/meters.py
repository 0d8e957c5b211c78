"""What is measured of the rows as they go by: means of losses, and metrics."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.metrics import MeanMetricWrapper, Metric
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
        batch: int,
    ) -> None:
        """Take the rows of one batch or more into the metrics.

        How many batches come at once may depend on the time they took: who measures batches, not
        rows, is given one after the other.
        """
        for metric, output, _, weighted in self.metrics:
            target = targets[output]
            if target is not None:
                w = weight if weighted else None
                size = len(target) if metric.any_cut else batch
                for first in range(0, len(target), size):
                    rows = slice(first, first + size)
                    part = None if w is None else w[rows]
                    metric.update_state(target[rows], outputs[output][rows], part)

    def check(self, targets: Sequence[np.ndarray | None], outputs: Sequence[np.ndarray]) -> None:
        """Whether the metrics can be given such rows; those of users may not take any."""
        for metric, output, *_ in self.metrics:
            target = targets[output]
            if target is not None and is_ours(metric):
                with np.errstate(all="ignore"):
                    tried = copy.deepcopy(metric)
                    tried.update_state(target, outputs[output])
                    tried.result()

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
        """The numbers by name: loss, the loss of each output where there are several, metrics.

        Of a metric that gives several numbers each has a name: f1_score_0, f1_score_1, …
        """
        rows = max(self.rows, 1)
        totals = zip(self.loss_names, self.totals.tolist(), strict=False)
        found = {name: total / rows for name, total in totals}
        for each in self.metrics:
            found |= by_number(each.name, each.metric.result())
        return found


def by_number(name: str, result: Any) -> dict[str, float]:
    """A number by its name; of several, by the name and their place."""
    if np.ndim(result) == 0:
        return {name: result}
    return {f"{name}_{at}": float(value) for at, value in enumerate(np.ravel(result))}


def is_ours(metric: Metric) -> bool:
    """Whether nothing of it is a user's, who may count how often it is called."""
    parts = (type(metric), metric.fn if isinstance(metric, MeanMetricWrapper) else None)
    return all(each is None or module_of(each).startswith("pellucid") for each in parts)


def module_of(thing: object) -> str:
    return getattr(thing, "__module__", None) or ""
