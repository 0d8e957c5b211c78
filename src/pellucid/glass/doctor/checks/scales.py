"""The scale of the data: inputs and targets that are not about 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.checks.finite import LARGE, SMALL
from pellucid.glass.doctor.checks.several import of_several
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import WEIGHTED, rescaled, standardised

#: how many times larger the deviation of one column may be than that of another
APART = 100.0
#: from so many columns on, a tenth of them may be as they like
MANY = 20
#: for targets: deviations that are not about 1, and means many deviations from 0
FAR_TARGET, NEAR_TARGET, OFF_TARGET = 8.0, 0.05, 3.0


class UnscaledInputs(Check):
    """The inputs are far from unit size.

    The first layer's values are as many times too large or too small: activations saturate, steps
    overshoot, or nothing moves. Initializers and rates are made for inputs of about 1.
    """

    code = "PL207"
    severity = "error"
    sure = False
    after = ("PL211", "PL212")
    cure = "Begin with `layers.Rescaling(1 / 255)` for pixels, `layers.Normalization` for columns."
    confused = "A rate that is too high: it helps to lower it, but less than to scale."
    example = """
net = Sequential([layers.Dense(32, "sigmoid", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = digits(600)
x = 255 * x
fit = {"epochs": 10}
"""
    near_miss = """
net = Sequential(
    [
        layers.Rescaling(1 / 255, input_shape=(64,)),
        layers.Dense(32, "sigmoid"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = digits(600)
x = 255 * x
fit = {"epochs": 10}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        read = evidence.usually_read
        if read is None or evidence.bad_x:
            return
        sizes = spreads(read)
        if not sizes.any():
            return
        size = float(np.sqrt(np.mean(np.square(sizes[sizes > 0]))))
        if size <= LARGE and not 0 < size < SMALL:
            return
        if differing(read) or normalised_next(evidence):
            return
        low, high = float(evidence.columns.low.min()), float(evidence.columns.high.max())
        pixels = low == 0 and 1 < high <= 255 and not fractions(evidence)
        yield Suspicion(
            f"what the first layer reads has size {size:.3g}, where about 1 is expected",
            {"root of the mean square": size, "least": low, "largest": high},
            {"layer": evidence.net.layers[0].layer_name},
            rescaled(1 / high, high) if pixels else unscaled(evidence) or standardised,
        )


def unscaled(evidence: Evidence) -> Mend | None:
    """A mend, where what is of unit size as it comes is scaled in front: without that layer."""
    parts, flat = evidence.case.net.parts, evidence.columns.x
    weighted = next((at for at, each in enumerate(parts) if each.kind in WEIGHTED), len(parts))
    scaling = [at for at, each in enumerate(parts[:weighted]) if each.kind is layers.Rescaling]
    size = float(np.sqrt(np.mean(np.square(flat, dtype=np.float64))))
    if not scaling or not evidence.case.net.chain or not SMALL <= size <= LARGE:
        return None
    return lambda case: case.designed(case.net.without(*scaling))


def normalised_next(evidence: Evidence) -> bool:
    """Whether what the first layer makes of the inputs is normalised, so that it has any scale."""
    parts = evidence.case.net.parts
    first = next((at for at, each in enumerate(parts) if each.kind in WEIGHTED), len(parts))
    after = parts[first + 1 : first + 2]
    return evidence.case.net.chain and bool(after) and after[0].kind is layers.BatchNormalization


def fractions(evidence: Evidence) -> bool:
    x = evidence.columns.x
    return not bool(np.array_equal(x, np.round(x)))


def spreads(read: np.ndarray) -> np.ndarray:
    """The size of each column that differs from row to row; 0 of the others."""
    flat = read.astype(np.float64)
    return np.sqrt(np.mean(flat**2, axis=0)) * (np.ptp(flat, axis=0) > 0)


def differing(read: np.ndarray) -> bool:
    """Whether columns differ in scale: of many, nine in ten of them, so that rare pixels do not."""
    flat = np.abs(read)
    sizes = flat.max(axis=0)[np.ptp(flat, axis=0) > 0]
    if len(sizes) < 2:
        return False
    low, high = np.quantile(sizes, (0.1, 0.9)) if len(sizes) > MANY else (sizes.min(), sizes.max())
    return bool(high / max(low, 1e-30) > APART)


class DifferentScales(Check):
    """Columns on very different scales.

    The largest column makes the values and the gradient; the others hardly count, and no rate suits
    all of them.
    """

    code = "PL208"
    severity = "error"
    sure = False
    after = ("PL211", "PL212", "PL213")
    cure = "Begin with `layers.Normalization`, adapted to the rows to train on."
    confused = "Pixels from 0 to 255, which are all on one scale."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(400, 4, 3, apart=1.5)
x = x * np.array([1, 1, 1e6, 100])
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(400, 4, 3, apart=1.5)
x = x * np.array([1, 1, 2, 0.5])
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        yield from of_several(evidence)
        read = evidence.usually_read
        if read is None or evidence.bad_x or not differing(read):
            return
        sizes = spreads(read)
        large = int(np.argmax(sizes))
        small = int(np.argmin(np.where(sizes > 0, sizes, np.inf)))
        yield Suspicion(
            f"column {large} is about {sizes[large] / sizes[small]:,.0f} times as large as "
            f"column {small}",
            {
                f"size of column {large}": float(sizes[large]),
                f"of column {small}": float(sizes[small]),
            },
            {"columns": [large, small]},
            standardised,
        )


class TargetsNotUnit(Check):
    """The targets are far from 0 or far from unit size.

    The first predictions are about 0 and move by the rate at each step: targets in thousands are
    out of reach for long with Adam, and blow the gradient up with SGD.
    """

    code = "PL210"
    severity = "error"
    sure = False
    after = ("PL106", "PL107", "PL108", "PL317")
    cure = "Train on (y − mean)/deviation, and undo that in what is predicted."
    confused = "Inputs in other units, which the first layer suffers from."
    example = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", "mse")
x = rng.normal(size=(400, 3))
y = 150000 + 40000 * (x[:, 0] + np.sin(2 * x[:, 1]))
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(400, 3))
y = x[:, 0] + np.sin(2 * x[:, 1])
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        y, end = evidence.y, evidence.ending
        if evidence.task != "numbers" or y is None or end is None or end.of_classes:
            return
        if y.dtype.kind not in "biuf" or y.ndim > 2 or not np.isfinite(y).all():
            return
        deviation, mean = float(y.std()), float(y.mean())
        if deviation == 0:
            return
        far = not NEAR_TARGET < deviation < FAR_TARGET
        if not far and abs(mean) < OFF_TARGET * max(deviation, 1.0):
            return
        yield Suspicion(
            f"the targets have mean {mean:.4g} and deviation {deviation:.4g}, far from 0 and 1",
            {"mean": mean, "deviation": deviation},
            {},
            unit_targets,
        )


def unit_targets(case: Case) -> Case:
    """Targets of mean 0 and deviation 1."""
    y = np.asarray(case.y, dtype=np.float64)
    mean, deviation = float(f"{y.mean():.4g}"), float(f"{y.std():.4g}")
    return case.with_y(
        f"({{0}} - {mean!r}) / {deviation!r}", lambda y: (np.asarray(y) - mean) / deviation
    )
