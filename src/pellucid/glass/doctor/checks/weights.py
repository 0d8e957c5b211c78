"""The first state: what the weights are drawn as."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import Blueprint, Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.first import Fitted
from pellucid.glass.doctor.mending import RECURRENT, WEIGHTED, changed, hidden_at
from pellucid.glass.doctor.statistics import root_mean_square

#: √k·σ of the weights of k inputs is about 1 by every usual initializer, from 0.4 to 2.5
LOUD, QUIET = 3.0, 0.15
#: of many layers, in which values grow from one to the next, it is rather for them to explode
DEEP, LOUD_DEEP = 5, 4.0
USUAL = {"kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"}
#: activations of which half of the numbers are 0, so that weights are drawn larger
RECTIFIED = ("relu", "leaky_relu", "elu")


def redrawn(at: Sequence[int]) -> Callable[[Case], Case]:
    """Usual initializers for these layers."""

    def mend(case: Case) -> Case:
        net = case.net
        for each in at:
            rectified = net.parts[each].get("activation") in RECTIFIED
            start = {"kernel_initializer": "he_normal"} if rectified else {}
            net = net.changed(each, **(USUAL | start))
        return case.designed(net)

    return mend


def number_of(net: Blueprint, evidence: Evidence, layer: str) -> int:
    """The number of the part that a layer's name stands for."""
    listed = [each.layer_name for each in evidence.net.layers]
    return next(at for at, part in enumerate(net.parts) if part.origin == listed.index(layer))


def kernels(evidence: Evidence) -> list[tuple[int, Fitted]]:
    """The kernels of dense and convolutional layers that are trained, with their numbers."""
    first = evidence.first
    if first is None:
        return []
    net, found = evidence.case.net, []
    for each in first.fitted():
        at = number_of(net, evidence, each.layer) if each.layer else -1
        if at >= 0 and net.parts[at].kind in WEIGHTED and each.value.ndim > 1:
            found.append((at, each))
    return found


class SymmetricWeights(Check):
    """All units of a hidden layer start with the same weights.

    They give the same value and get the same gradient, at every step: the layer stays one unit,
    many times over. With zeros, nothing passes at all.
    """

    code = "PL301"
    severity = "error"
    sure = True
    cure = "Leave the initializer out: the usual ones draw at random."
    confused = "Zeros in the output layer alone, or without hidden layers, where they do no harm."
    example = """
net = Sequential(
    [
        layers.Dense(16, "tanh", kernel_initializer=initializers.Constant(0.5), input_shape=(2,)),
        layers.Dense(1, "sigmoid"),
    ]
)
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = datasets.circles(400, noise=0.08)
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(16, "tanh", input_shape=(2,)),
        layers.Dense(1, "sigmoid", kernel_initializer="zeros"),
    ]
)
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = datasets.circles(400, noise=0.08)
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        hidden = set(hidden_at(evidence.case.net))
        same = [
            (at, each)
            for at, each in kernels(evidence)
            if at in hidden and each.value.shape[-1] > 1 and np.ptp(each.value, axis=-1).max() == 0
        ]
        if same:
            each = same[0][1]
            number = float(each.value.reshape(-1)[0])
            redraw = redrawn([at for at, _ in kernels(evidence)])
            yield Suspicion(
                f"all {each.value.shape[-1]} units of {each.layer} start with the same weights",
                {"units": int(each.value.shape[-1]), f"{each.name}[0, 0]": number},
                {"layer": each.layer},
                redraw,
            )
        yield from self.of_states(evidence)
        yield from self.of_tables(evidence)

    def of_tables(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Tables all of whose numbers are the same, so that every entry says the same."""
        tables = {each.layer_name for each in evidence.net.layers if type(each) is layers.Embedding}
        for each in [] if evidence.first is None else evidence.first.fitted():
            if each.layer in tables and np.ptp(each.value) == 0:
                at = number_of(evidence.case.net, evidence, each.layer)
                yield Suspicion(
                    f"all {len(each.value)} entries of {each.layer} start with the same numbers",
                    {"entries": len(each.value)},
                    {"layer": each.layer},
                    changed([at], embeddings_initializer="uniform"),
                    sure=False,
                )

    def of_states(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Recurrent layers all of whose units are one, and are read as one."""
        first = evidence.first
        fitted = [] if first is None else first.fitted()
        for layer in evidence.net.layers:
            if not isinstance(layer, RECURRENT):
                continue
            own = [each for each in fitted if each.layer == layer.layer_name]
            if own and all(alike(each.value, layer.units) for each in own):
                moved = all(alike(each.gradient, layer.units) for each in own)
                yield Suspicion(
                    f"all {layer.units} units of {layer.layer_name} start alike"
                    + (", and are moved alike" if moved else ""),
                    {"units": layer.units},
                    {"layer": layer.layer_name},
                    drawn_anew,
                    sure=moved,
                )


def alike(numbers: np.ndarray | None, units: int) -> bool:
    """Whether all units of a recurrent layer have the same numbers, in each gate."""
    if numbers is None or numbers.size < 2:
        return True
    by_unit = numbers.reshape(*numbers.shape[:-1], -1, units)
    return units > 1 and bool(np.ptp(by_unit, axis=-1).max() == 0)


def drawn_anew(case: Case) -> Case:
    """Usual initializers for recurrent and dense layers."""

    def change(part: Part) -> Part:
        if part.kind in RECURRENT:
            usual = {"recurrent_initializer": "orthogonal", "bias_initializer": "zeros"}
            return part.changed(kernel_initializer="glorot_uniform", **usual)
        return part.changed(**USUAL) if part.kind in WEIGHTED else part

    return case.designed(case.net.each(change))


def gain(value: np.ndarray) -> float:
    """√k·σ: how many times larger a layer makes the values that it reads."""
    return root_mean_square(value) * math.sqrt(value[..., 0].size)


class WeightsTooLarge(Check):
    """The weights start too large.

    Each layer makes its values several times larger: activations saturate, the first loss is far
    off, and gradients grow from layer to layer, or in a recurrence from step to step.
    """

    code = "PL302"
    severity = "error"
    sure = False
    after = ("PL301",)
    cure = "Leave the initializer out, or scale by 1/√k for k inputs."
    confused = "Inputs that are too large, which make values large through usual weights."
    example = """
net = Sequential(
    [
        layers.Dense(
            32, "tanh", kernel_initializer=initializers.RandomNormal(stddev=5.0), input_shape=(64,)
        ),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "tanh", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        found = kernels(evidence)
        most = LOUD if len(found) < DEEP else LOUD_DEEP
        loud = [(at, each) for at, each in found if gain(each.value) > most]
        if loud and not evidence.trained:
            each = loud[0][1]
            yield Suspicion(
                f"the weights of {each.layer} start {gain(each.value):.1f} times as large as usual",
                {"√k·σ of the weights": gain(each.value), "usual": 1.0},
                {"layer": each.layer},
                redrawn([at for at, _ in loud]),
            )
        elif not evidence.trained:
            yield from self.of_states(evidence)

    def of_states(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Recurrent layers, whose values come back at every step."""
        names = {each.layer_name for each in evidence.net.layers if isinstance(each, RECURRENT)}
        fitted = [] if evidence.first is None else evidence.first.fitted()
        own = [each for each in fitted if each.layer in names and each.value.ndim > 1]
        loud = max(own, key=lambda each: gain(each.value), default=None)
        if loud is not None and gain(loud.value) > LOUD:
            yield Suspicion(
                f"weights of {loud.layer} start {gain(loud.value):.1f} times as large as usual",
                {"√k·σ of the weights": gain(loud.value), "usual": 1.0},
                {"layer": loud.layer},
                drawn_anew,
            )


class WeightsTooSmall(Check):
    """The weights start too small.

    Each layer makes its values several times smaller: what reaches the output is nearly the same
    for every row, and so is the gradient that comes back.
    """

    code = "PL303"
    severity = "error"
    sure = False
    after = ("PL301",)
    cure = "Leave the initializer out, or scale by 1/√k for k inputs."
    confused = "A rate that is too low: the loss stands still in both."
    example = """
net = Sequential(
    [
        layers.Dense(
            32,
            "relu",
            kernel_initializer=initializers.RandomNormal(stddev=1e-4),
            input_shape=(64,),
        ),
        layers.Dense(32, "relu", kernel_initializer=initializers.RandomNormal(stddev=1e-4)),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(32, "relu", kernel_initializer="he_normal", input_shape=(64,)),
        layers.Dense(32, "relu", kernel_initializer="he_normal"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        hidden = set(hidden_at(evidence.case.net))
        faint = [(at, each) for at, each in kernels(evidence) if 0 < gain(each.value) < QUIET]
        quiet = [(at, each) for at, each in faint if at in hidden]
        if quiet and not evidence.trained:
            each = quiet[0][1]
            yield Suspicion(
                f"the weights of {each.layer} start {1 / gain(each.value):,.0f} times too small",
                {"√k·σ of the weights": gain(each.value), "usual": 1.0},
                {"layer": each.layer},
                redrawn([at for at, _ in quiet]),
                others=(redrawn([at for at, _ in faint]),) if len(faint) > len(quiet) else (),
            )
