"""The first state: values far off by their biases, and outputs that start off target."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from pellucid import initializers
from pellucid.equations.activations import Sigmoid, Softmax
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.units import revived
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.first import Stage
from pellucid.glass.doctor.goal import is_a
from pellucid.glass.doctor.mending import output_at
from pellucid.glass.doctor.statistics import root_mean_square

#: how many times larger a layer's values may be than what it reads, and how many times smaller
LARGER, SMALLER = 8.0, 0.02
#: the share of the first loss that an output at the base rate would save
SAVED = 0.3
#: by how many deviations the mean of the targets is off what the network says first
OFF = 1.0


class ValuesFarOff(Check):
    """A layer's values before its activation start far too large or far too small.

    Too large, a sigmoid is flat and a ReLU is open or shut for every row, whatever the row says;
    too small, the layers behind see next to nothing of it.
    """

    code = "PL316"
    severity = "error"
    sure = False
    outdoes = False
    after = (
        *("PL204", "PL207", "PL208", "PL301", "PL302", "PL303", "PL304", "PL305", "PL306"),
        "PL315",
    )
    cure = "Usual initializers, for the biases too."
    confused = "Weights that are drawn too large, and inputs in large units: both are told first."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", bias_initializer=initializers.Constant(40.0), input_shape=(3,)),
        layers.Dense(1),
    ]
)
net.compile(optimizers.Adam(0.003), "mse")
x = rng.normal(size=(400, 3))
y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(32, "relu", bias_initializer=initializers.Constant(0.1), input_shape=(3,)),
        layers.Dense(1),
    ]
)
net.compile(optimizers.Adam(0.003), "mse")
x = rng.normal(size=(400, 3))
y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None or evidence.trained:
            return
        for stage in hidden_values(evidence):
            read, size = root_mean_square(first.before(stage)), root_mean_square(stage.value)
            if not read or (size > SMALLER * read and size < LARGER * max(read, 1.0)):
                continue
            far = "large" if size > read else "small"
            yield Suspicion(
                f"the values of {stage.layer} start at size {size:.3g}, too {far} for inputs of "
                f"size {read:.3g}",
                {"size of the values": size, "size of what it reads": read},
                {"layer": stage.layer, "value": stage.name},
                revived(evidence),
            )
            return


def hidden_values(evidence: Evidence) -> list[Stage]:
    """The values of layers before their activation, but for the last layer's."""
    assert evidence.first is not None
    return evidence.first.linear()[:-1]


class BiasOffBaseRate(Check):
    """The last bias could start at the base rate.

    A network that knows nothing says 0.5, or 0, for every row. Where one class is rare, or numbers
    lie about 20, the first epochs go by until the bias has learnt the share or the mean, which is
    known beforehand.
    """

    code = "PL309"
    severity = "note"
    sure = True
    tried = False
    after = ("PL101", "PL103", "PL106", "PL107", "PL108", "PL210", "PL308")
    cure = "`bias_initializer=initializers.Constant(log(p / (1 - p)))`, or the mean of the targets."
    confused = "A first loss that is far off by loud weights: there the outputs differ by row."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.005), "binary_crossentropy")
y = (rng.random(2000) < 0.04).astype(int)
x = rng.normal(size=(2000, 4)) + 2.5 * y[:, None] * np.array([1, 0.5, 0, 0])
fit = {"epochs": 20, "class_weight": {0: 0.52, 1: 12.5}}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.005), "binary_crossentropy")
y = (rng.random(2000) < 0.4).astype(int)
x = rng.normal(size=(2000, 4)) + 2.5 * y[:, None] * np.array([1, 0.5, 0, 0])
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if evidence.trained or evidence.first is None or evidence.ending is None:
            return
        found = (
            self.of_numbers(evidence) if evidence.task == "numbers" else self.of_classes(evidence)
        )
        yield from found

    def of_classes(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, labels = evidence.ending, evidence.labels
        assert end is not None
        if labels is None or not (end.logits or is_a(end.last, Sigmoid, Softmax)):
            return
        shares = np.bincount(labels) / len(labels)
        if shares.min() == 0 or end.width not in (1, len(shares)) or len(shares) < 2:
            return
        entropy = float(-np.sum(shares * np.log(shares)))
        if entropy > (1 - SAVED) * math.log(len(shares)):
            return
        rates = [math.log(shares[1] / shares[0])] if end.width == 1 else np.log(shares).tolist()
        yield Suspicion(
            f"the last bias starts at 0; at the class shares the first loss is {entropy:.3g} "
            f"and not {math.log(len(shares)):.3g}",
            {"share of the rarest class": float(shares.min())},
            {"layer": evidence.last_layer},
            starting_at([round(each, 2) for each in rates]),
        )

    def of_numbers(self, evidence: Evidence) -> Iterator[Suspicion]:
        y, end = evidence.y, evidence.ending
        if y is None or y.ndim > 2 or y.dtype.kind not in "biuf" or not np.isfinite(y).all():
            return
        assert end is not None
        mean, deviation = np.atleast_1d(y.mean(axis=0)), np.atleast_1d(y.std(axis=0))
        if len(mean) != end.width or (end.last is not None and is_a(end.last, Sigmoid, Softmax)):
            return
        if deviation.min() > 0 and np.max(np.abs(mean) / deviation) > OFF:
            yield Suspicion(
                f"the targets lie about {mean[0]:.3g}, and the last bias starts at 0",
                {"mean": float(mean[0]), "deviation": float(deviation[0])},
                {"layer": evidence.last_layer},
                starting_at([float(f"{each:.3g}") for each in mean]),
            )


def starting_at(bias: list[float]) -> Callable[[Case], Case]:
    """A mend: the last bias starts there."""

    def mend(case: Case) -> Case:
        if len(set(bias)) > 1:
            raise LookupError("an initializer of one number cannot start several at their own")
        start = initializers.Constant(bias[0])
        return case.designed(case.net.changed(output_at(case.net), bias_initializer=start))

    return mend
