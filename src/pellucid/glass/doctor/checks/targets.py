"""Targets: whether they have the form that the loss takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import Blueprint
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import RECURRENT, output_at
from pellucid.losses import OwnLoss

NUMBERED = "np.unique({0}, return_inverse=True)[1]"


def numbered(y: Any) -> np.ndarray:
    return np.unique(y, return_inverse=True)[1].reshape(np.shape(y))


def aimed_at(loss: str) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return case.aimed(loss=loss)

    return mend


def with_units(units: int) -> Callable[[Case], Case]:
    """A mend of the number of outputs."""

    def mend(case: Case) -> Case:
        last = output_at(case.net)
        return case.designed(case.net.changed(last, units=units))

    return mend


class OneHotForNumbers(Check):
    """The targets are one-hot rows, and the loss takes class numbers.

    fit refuses them: a row of numbers is not the number of a class.
    """

    code = "PL110"
    of_output = True
    severity = "error"
    sure = True
    cure = 'Use the loss "categorical_crossentropy".'
    confused = "Several outputs: a network with several heads takes a target for each."
    example = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
y = utils.to_categorical(y, 3)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "categorical_crossentropy")
x, y = clusters(300, 4, 3)
y = utils.to_categorical(y, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end = evidence.ending
        if evidence.error is None or end is None or end.loss is None or not end.loss.sparse:
            return
        if evidence.kind == "one-hot" and evidence.y is not None:
            shape = evidence.y.shape
            yield Suspicion(
                f"the targets are one-hot rows of {shape[-1]}, but the loss takes class numbers",
                {"columns of y": int(shape[-1])},
                {},
                aimed_at("categorical_crossentropy"),
            )


class NumbersForOneHot(Check):
    """The targets are class numbers, and the loss takes one-hot rows.

    fit refuses them: the loss needs a number for each output.
    """

    code = "PL111"
    of_output = True
    severity = "error"
    sure = True
    cure = 'Use the loss "sparse_categorical_crossentropy".'
    confused = "A regression, of which each row has one number as well."
    example = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "categorical_crossentropy")
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
        end = evidence.ending
        if evidence.error is None or end is None or end.loss is None:
            return
        several = end.width > 1 and not end.loss.sparse and end.of_classes
        if several and evidence.kind == "classes":
            yield Suspicion(
                f"the targets are class numbers, but {end.loss.registered_name()} takes rows of "
                f"{end.width}",
                {"outputs": end.width},
                {},
                aimed_at("sparse_categorical_crossentropy"),
            )


class LabelsAreText(Check):
    """The targets are text.

    A loss is arithmetic and takes numbers: fit refuses them.
    """

    code = "PL115"
    of_output = True
    severity = "error"
    sure = True
    cure = "Number the classes: `classes, y = np.unique(y, return_inverse=True)`."
    confused = "Numbers that were read as text, which `y.astype(float)` mends."
    example = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
y = np.array(["red", "green", "blue"])[y]
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        y = evidence.y
        if evidence.kind != "text" or y is None or y.ndim > 2:
            return
        names = [str(each) for each in y.reshape(-1)[:1000]]
        if all(number_text(each) for each in names):

            def mend(case: Case) -> Case:
                return case.with_y("{0}.astype(float)", lambda y: np.asarray(y).astype(float))
        else:

            def mend(case: Case) -> Case:
                return case.with_y(NUMBERED, numbered)

        yield Suspicion(
            f"the targets are text, such as {names[0]!r}", {"distinct": len(set(names))}, {}, mend
        )


def number_text(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


class TargetsOfAnotherShape(Check):
    """The targets have another shape than the outputs.

    fit refuses them: a loss compares number with number.
    """

    code = "PL116"
    severity = "error"
    sure = True
    after = ("PL105", "PL108", "PL110", "PL111", "PL112", "PL114", "PL115")
    cure = "Give the last layer a unit for each column of y; (n,) and (n, 1) are the same."
    confused = "One-hot rows or class numbers given to the loss for the other."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", "mse")
x = rng.normal(size=(300, 3))
y = np.stack([x[:, 0] + x[:, 1] ** 2, x[:, 2]], axis=1)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", "mse")
x = rng.normal(size=(300, 3))
y = (x[:, 0] + x[:, 1] ** 2)[:, None]
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y, net = evidence.ending, evidence.y, evidence.net
        if evidence.error is None or end is None or end.loss is None or y is None:
            return
        if y.dtype.kind not in "biuf" or len(net.outputs) != 1 or len(y) != evidence.row_count:
            return
        wanted = end.loss.target_shape(net.outputs[0].shape)
        given = y.shape[1:]
        if len(given) == len(wanted) - 2 and wanted[-1] == 1:
            return
        if given == wanted[1:] or given == (*wanted[1:], 1):
            return
        yield Suspicion(
            f"the targets have the shape {('n', *given)}, the outputs {('n', *wanted[1:])}",
            {"columns of y": int(given[-1]) if given else 1, "outputs": end.width},
            {"layer": evidence.last_layer},
            mends[0] if (mends := self.mends(evidence, given, wanted)) else None,
            others=tuple(mends[1:]),
        )

    def mends(
        self, evidence: Evidence, given: tuple[int, ...], wanted: tuple[Any, ...]
    ) -> list[Mend]:
        """The state after the last step, where all of them are given; else other units."""
        found = self.mend(evidence, given, wanted)
        every = stepwise(evidence) and len(given) < len(wanted) - 1
        last = [last_state] if every and steps_at(evidence.case.net) is not None else []
        return [*last, *([] if found is None else [found])]

    def mend(
        self, evidence: Evidence, given: tuple[int, ...], wanted: tuple[Any, ...]
    ) -> Mend | None:
        if len(given) == 1 and len(wanted) == 2:
            return with_units(given[0])
        one = not given and len(wanted) == 2 and not stepwise(evidence)
        if one and not isinstance(evidence.ending, OwnLoss):
            return with_units(1)
        sequences = stepwise(evidence) and len(given) < 2
        return flattened if sequences else None


def flattened(case: Case) -> Case:
    """A layer that makes one row of the steps, before the output."""
    from pellucid.glass.doctor.blueprint import part

    return case.designed(case.net.inserted(output_at(case.net), part(layers.Flatten)))


def stepwise(evidence: Evidence) -> bool:
    """Whether the network gives something for every step."""
    return len(evidence.net.outputs[0].shape) == 3


def steps_at(net: Blueprint) -> int | None:
    """The last recurrent layer, where it gives its state after every step."""
    found = [at for at, each in enumerate(net.parts) if each.kind in RECURRENT]
    return found[-1] if found and net.parts[found[-1]].get("return_sequences") else None


def last_state(case: Case) -> Case:
    """The last recurrent layer gives its state after the last step alone."""
    at = steps_at(case.net)
    assert at is not None
    return case.designed(case.net.changed(at, return_sequences=False))
