"""A run: a trained network with the data held out from it, and everything that led to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.preprocessing import Classes, Preparation
from pellucid.report.sizes import Sizes


@dataclass(eq=False)
class Run:
    """What a report tells of. `outputs` are the network's for the rows `raw`, held out."""

    name: str
    net: Any
    history: Any
    preparation: Preparation
    raw: Any
    truth: np.ndarray
    outputs: np.ndarray
    sizes: Sizes | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    sha256: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    #: what a search before the training tried: rows with round, epochs, score and settings
    tried: list[dict[str, Any]] = field(default_factory=list)

    @property
    def classes(self) -> list[str] | None:
        target = self.preparation.target
        return target.names if isinstance(target, Classes) else None

    @property
    def probabilities(self) -> np.ndarray:
        """One column for each class."""
        target = self.preparation.target
        assert isinstance(target, Classes)
        return target.probabilities(self.outputs)

    @property
    def guess(self) -> np.ndarray:
        """The class numbers, or the numbers, that the network predicts."""
        if self.classes is not None:
            return self.probabilities.argmax(axis=1)
        return self.preparation.target.decode(self.outputs)

    @property
    def scores(self) -> dict[str, float]:
        """How good the predictions are on the rows held out, and what guessing would give."""
        if self.classes is not None:
            return class_scores(self.truth, self.probabilities)
        return number_scores(self.truth, self.guess)


def class_scores(truth: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    right = probabilities.argmax(axis=1) == truth
    given = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    most = np.bincount(truth).max() / len(truth)
    return {
        "accuracy": float(right.mean()),
        "log_loss": float(-np.log(np.maximum(given, 1e-12)).mean()),
        "accuracy_of_the_commonest_class": float(most),
    }


def number_scores(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    from pellucid.metrics import R2Score

    error = guess - truth
    return {
        "r2": float(R2Score()(truth, guess)),
        "mean_absolute_error": float(np.abs(error).mean()),
        "root_mean_squared_error": float(np.sqrt((error**2).mean())),
        "mean_absolute_error_of_the_median": float(np.abs(truth - np.median(truth)).mean()),
    }
