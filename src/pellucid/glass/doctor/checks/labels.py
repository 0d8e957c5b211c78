"""Labels: whether they number the classes as the outputs do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.checks.targets import NUMBERED, numbered, with_units
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import ended, output_at

#: by which share steps may differ that are even
EVEN = 1e-2


class TooFewOutputs(Check):
    """There are more classes than outputs.

    fit refuses the labels that have no output.
    """

    code = "PL112"
    of_output = True
    severity = "error"
    sure = True
    after = ("PL114", "PL111", "PL110")
    cure = "Give the last layer a unit for each class."
    confused = "Labels that start at 1, or have gaps: there are enough outputs, numbered otherwise."
    example = """
net = Sequential([layers.Dense(2, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is None or end.loss is None or y is None or not end.of_classes:
            return
        if evidence.kind == "one-hot" and not end.loss.sparse and y.shape[-1] > end.width:
            yield self.seen(end.width, int(y.shape[-1]), with_units(int(y.shape[-1])))
        if evidence.kind != "classes" or y.min() < 0:
            return
        values = np.unique(y)
        if end.loss.sparse and len(values) > end.width:
            yield self.seen(end.width, len(values), with_units(int(values[-1]) + 1))
        elif end.width == 1 and not end.loss.sparse and len(values) > 2:
            yield self.seen(1, len(values), of_all(int(values[-1]) + 1))

    def seen(self, width: int, classes: int, mend: Mend) -> Suspicion:
        title = (
            f"there are {classes} classes, but the last layer has {width} output{'s' * (width > 1)}"
        )
        return Suspicion(title, {"classes": classes, "outputs": width}, {}, mend)


def of_all(classes: int) -> Callable[[Case], Case]:
    """An output for each class, and the loss that takes class numbers."""

    def mend(case: Case) -> Case:
        net = ended(case.net, "softmax", classes).aimed(loss="sparse_categorical_crossentropy")
        return case.designed(net)

    return mend


class TooManyOutputs(Check):
    """There are more outputs than classes in the targets.

    The units of classes that never come learn to stay silent; they cost time, and hide labels that
    were lost.
    """

    code = "PL113"
    sure = True
    tried = False
    after = ("PL114",)
    cure = "Give the last layer a unit for each class, or look for the labels that are missing."
    confused = "A class that is missing in one part of the data only."
    example = """
net = Sequential([layers.Dense(20, "softmax", input_shape=(4,))])
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is None or end.loss is None or not end.loss.sparse or y is None:
            return
        if evidence.kind != "classes" or y.min() < 0 or y.max() >= end.width:
            return
        validated = evidence.validation
        highest = int(max(y.max(), validated.y[0].max() if validated is not None else 0))
        if highest + 1 < end.width and len(np.unique(y)) == y.max() - y.min() + 1:
            classes = len(np.unique(y))
            yield Suspicion(
                f"the last layer has {end.width} outputs for {classes} classes",
                {"classes": classes, "outputs": end.width},
                {"layer": evidence.last_layer},
                with_units(highest + 1),
            )


class LabelsNotFromZero(Check):
    """The class numbers do not start at 0, or leave gaps.

    Class k is the output number k: with labels from 1 the first output stands for no class and the
    last label has no output.
    """

    code = "PL114"
    of_output = True
    severity = "error"
    sure = True
    cure = "Number the classes anew: `y = np.unique(y, return_inverse=True)[1]`."
    confused = "Too few outputs, where the labels do start at 0."
    example = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
y = y + 1
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is not None and end.loss is not None and end.loss.sparse and divided(end.width, y):
            yield self.of_divided(np.unique(np.asarray(y)))
        if end is None or end.loss is None or y is None or evidence.kind not in ("classes", "sign"):
            return
        expects = end.loss.expects
        binary = expects == "probability" and end.width == 1 and len(np.unique(y)) == 2
        if not end.loss.sparse and (not binary or evidence.kind == "sign"):
            return
        values = np.unique(y)
        count = len(values)
        if values[0] == 0 and values[-1] == count - 1:
            return
        missing = sorted(set(range(int(values[-1]) + 1)) - set(values.tolist()))
        refused = evidence.error is not None
        start = (
            f"start at {values[0]:g}" if values[0] != 0 else f"have gaps: {missing[:5]} are missing"
        )

        def mend(case: Case) -> Case:
            found = case.with_y(NUMBERED, numbered)
            units = count if end.loss is not None and end.loss.sparse else 1
            last = output_at(found.net)
            if found.net.parts[last].get("units") == units:
                return found
            return found.designed(found.net.changed(last, units=units))

        yield Suspicion(
            f"the labels {start}; classes are numbered from 0 to {count - 1}",
            {"classes": count, "least label": float(values[0]), "largest label": float(values[-1])},
            {},
            mend,
            "error" if refused else "warning",
        )

    def of_divided(self, values: np.ndarray) -> Suspicion:
        return Suspicion(
            f"the labels {values[0]:.3g}, {values[1]:.3g}, … {values[-1]:.3g} are in even steps, "
            "as class numbers are that were divided",
            {"classes": len(values), "step": float(values[1] - values[0])},
            {},
            lambda case: case.with_y(NUMBERED, numbered),
        )


def divided(width: int, y: np.ndarray | None) -> bool:
    """Whether targets are as many numbers in even steps from 0 on as outputs, and no whole ones."""
    if y is None or y.dtype.kind != "f" or y.shape not in ((len(y),), (len(y), 1)):
        return False
    values = np.unique(y).astype(np.float64)
    if not 2 < len(values) <= width or values[0] != 0 or np.array_equal(values, np.round(values)):
        return False
    steps = np.diff(values)
    return bool(np.ptp(steps) < EVEN * steps.mean())
