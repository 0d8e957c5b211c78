"""Watching one quantity of the logs: its value, and whether it got better."""

from __future__ import annotations

from pellucid.settings import nearest
from pellucid.training.callbacks.base import Logs

#: Parts of names, by which "auto" tells what is better; the first that occurs decides.
LOWER = (
    "loss",
    "error",
    "entropy",
    "mse",
    "mae",
    "divergence",
    "hinge",
    "poisson",
    "huber",
    "cosh",
    "false_positives",
    "false_negatives",
)
HIGHER = (
    "acc",
    "auc",
    "precision",
    "recall",
    "f1",
    "r2",
    "score",
    "true_positives",
    "true_negatives",
    "sensitivity",
    "specificity",
    "io_u",
    "iou",
    "similarity",
    "correlation",
)
DIRECTIONS = {**dict.fromkeys(LOWER, "min"), **dict.fromkeys(HIGHER, "max")}


class Monitor:
    """One quantity, and what it means that it got better."""

    def __init__(self, owner: str, quantity: str, mode: str = "auto", min_delta: float = 0.0):
        self.owner, self.quantity, self.min_delta = owner, quantity, abs(min_delta)
        self.sign = 1.0 if self._direction(mode) == "max" else -1.0

    def _direction(self, mode: str) -> str:
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"{self.owner} got mode={mode!r}, expected 'auto', 'min' or 'max'")
        name = self.quantity.lower()
        known = next((DIRECTIONS[part] for part in DIRECTIONS if part in name), None)
        if mode == "auto" and known is None:
            raise ValueError(
                f"{self.owner} cannot tell whether a higher {self.quantity!r} is better: "
                "say mode='max' or mode='min'"
            )
        return mode if mode != "auto" else str(known)

    def value(self, logs: Logs | None, sometimes: bool = False) -> float | None:
        """The watched quantity; None where validation is only `sometimes` and was not due."""
        logs = logs or {}
        if self.quantity not in logs:
            if sometimes and self.quantity.startswith("val_") and not _validated(logs):
                return None
            raise ValueError(f"{self.owner} watches {self.quantity!r}, {self._absent(logs)}")
        return float(logs[self.quantity])

    def _absent(self, logs: Logs) -> str:
        if self.quantity.startswith("val_") and not _validated(logs):
            return (
                "and there is no validation data: give fit validation_split=0.2 or "
                f"validation_data=(x, y), or watch monitor={self.quantity[4:]!r}"
            )
        return f"which is not measured; {nearest(self.quantity, logs)}"

    def improves(self, value: float, on: float | None) -> bool:
        """Whether it is better than `on` by more than min_delta, or the first; NaN never is."""
        if on is None:
            return value == value
        return self.sign * (value - on) > self.min_delta


def _validated(logs: Logs) -> bool:
    return any(name.startswith("val_") for name in logs)
