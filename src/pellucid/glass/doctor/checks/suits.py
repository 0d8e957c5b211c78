"""Losses that suit neither the targets nor what the network is judged by."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.checks.memory import FIRST
from pellucid.glass.doctor.checks.probabilities import suited_loss
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import Ending
from pellucid.glass.doctor.mending import ending_with

#: losses that do for most targets of a kind
USUAL = {
    "numbers": ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh"),
    "classes": (
        *("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"),
        *("mean_squared_error", "mean_absolute_error"),
    ),
}
#: settings by which a usual loss is none, from these numbers on
ODD = {"label_smoothing": 0.3}


class LossDoesNotSuit(Check):
    """A plainer loss does far better.

    The loss asks for something else than is meant: directions where sizes count, shares of targets
    that are nearly 0, margins, overlaps of regions. What it makes small leaves the outputs far from
    the targets.
    """

    code = "PL123"
    severity = "warning"
    sure = False
    guessed = True
    outdoes = False
    share = 0.25
    errors = (1.0, 3.0)
    after = (*FIRST, "PL413")
    cure = 'The loss "mse" for numbers, a cross-entropy for classes.'
    confused = "A loss that is chosen for what it asks, by which the network is to be judged."
    example = """
net = Sequential([layers.Dense(24, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mean_absolute_percentage_error")
x = rng.normal(size=(500, 3))
y = x[:, 0] * x[:, 1] + 0.5 * x[:, 2]
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mean_absolute_percentage_error")
x = rng.normal(size=(500, 3))
y = 5 + x[:, 0] * x[:, 1] + 0.5 * x[:, 2]
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is None or end.loss is None or y is None or evidence.task not in USUAL:
            return
        name, settings = end.loss.registered_name(), end.loss.settings()
        odd = [each for each, least in ODD.items() if (settings.get(each) or 0) >= least]
        if name in USUAL[evidence.task] and not odd:
            return
        loss, mend = self.plainer(evidence, end)
        name += "".join(f", {each}={settings[each]}" for each in odd)
        where = {"layer": evidence.last_layer}
        if evidence.error is not None and end.loss.expects == "positive" and np.min(y) < 0:
            title = f"{name} takes no targets below 0, and the least is {np.min(y):.3g}"
            yield Suspicion(title, {"loss": name}, where, mend, "error", sure=True)
            return
        yield Suspicion(f"{loss} does better than {name}", {"loss": name}, where, mend)

    def plainer(self, evidence: Evidence, end: Ending) -> tuple[str, Mend]:
        if evidence.task == "numbers":
            return "mean_squared_error", ending_with(None, "mse")
        if end.width == 1:
            return "binary_crossentropy", ending_with("sigmoid", "binary_crossentropy")
        return suited_loss(evidence), ending_with("softmax", suited_loss(evidence))
