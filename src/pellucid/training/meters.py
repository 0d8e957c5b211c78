"""The running numbers of an epoch: the mean loss, and the metrics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pellucid.training.compiled import Reported


class Meters:
    """Means over the rows seen since the last reset, whatever the sizes of the batches."""

    def __init__(self, metrics: Sequence[Reported], loss_names: Sequence[str] = ()):
        self.metrics = list(metrics)
        self.loss_names = list(loss_names) if len(loss_names) > 1 else []
        self.reset()

    def reset(self) -> None:
        self.rows = 0
        self.loss = 0.0
        self.losses = [0.0] * len(self.loss_names)
        for each in self.metrics:
            each.metric.reset_state()

    def update(
        self,
        rows: int,
        loss: float,
        losses: Sequence[float],
        targets: Sequence[np.ndarray | None],
        outputs: Sequence[np.ndarray],
        weight: np.ndarray | None,
    ) -> None:
        """Take in one batch."""
        self.rows += rows
        self.loss += loss * rows
        parts = zip(self.losses, losses, strict=False)
        self.losses = [total + part * rows for total, part in parts]
        self.add_metrics(targets, outputs, weight)

    def add_losses(self, rows: np.ndarray, losses: np.ndarray) -> None:
        """Take in the losses of batches: of each the whole, then that of every output."""
        before = [[self.loss, *self.losses]]
        used = losses[:, : len(before[0])] * rows[:, None]
        self.loss, *self.losses = np.cumsum(np.concatenate([before, used]), axis=0)[-1].tolist()
        self.rows += int(rows.sum())

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

    def logs(self) -> dict[str, float]:
        """The numbers by name: loss, the loss of each output where there are several, metrics."""
        rows = max(self.rows, 1)
        parts = zip(["loss", *self.loss_names], [self.loss, *self.losses], strict=True)
        found = {name: total / rows for name, total in parts}
        return found | {each.name: each.metric.result() for each in self.metrics}
