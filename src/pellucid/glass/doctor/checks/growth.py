"""Dynamics: penalties and states that outgrow the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pellucid.equations.recurrent import Recurrence
from pellucid.glass.doctor.blueprint import Part, optimizer_of
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import RECURRENT, with_optimizer
from pellucid.glass.doctor.statistics import root_mean_square

#: by what factor the state of a recurrent layer may grow over a sequence
GROWS = 10.0
#: a weight decay that is more than the usual ones, of 0.0001 to 0.01
HEAVY = 0.05


class PenaltyOutweighs(Check):
    """The penalty on the weights outweighs the loss.

    Training makes the weights small and not the errors: the network ends up saying the same for
    every row.
    """

    code = "PL406"
    severity = "error"
    sure = False
    share = 0.15
    after = ("PL301", "PL302")
    cure = "A penalty of a hundredth, or none."
    confused = "A network that is too small: both underfit."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", kernel_regularizer=regularizers.L2(1.0), input_shape=(64,)),
        layers.Dense(10, "softmax", kernel_regularizer=regularizers.L2(1.0)),
    ]
)
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(32, "relu", kernel_regularizer=regularizers.L2(1e-4), input_shape=(64,)),
        layers.Dense(10, "softmax", kernel_regularizer=regularizers.L2(1e-4)),
    ]
)
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None:
            return
        yield from self.decay(evidence)
        if not penalties(evidence):
            return
        of_data = sum(float(first.values[each]) for each in first.plan.losses)
        share = 1 - of_data / first.loss if first.loss else 0.0
        if share > 0:
            yield Suspicion(
                f"the penalty on the weights is {share:.0%} of the loss at the start",
                {"loss": first.loss, "of which penalty": first.loss - of_data},
                {},
                lighter(0.01),
                others=(lighter(0.0),),
            )

    def decay(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Decoupled weight decay: every step shrinks the weights, whatever the gradient says."""
        if evidence.case.net.compiled is None:
            return
        decay = getattr(optimizer_of(evidence.case.net), "weight_decay", None)
        if isinstance(decay, (int, float)) and decay >= HEAVY:
            yield Suspicion(
                f"weight_decay={decay:g} shrinks the weights by the rate times {decay:g} a step",
                {"weight_decay": float(decay)},
                {},
                decaying(float(f"{decay / 100:.2g}")),
                others=(decaying(None),),
            )


def decaying(decay: float | None) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return with_optimizer(case, weight_decay=decay)

    return mend


def penalties(evidence: Evidence) -> list[Part]:
    return [part for part in evidence.case.net.parts if any(penalised(part))]


def penalised(part: Part) -> list[str]:
    """The settings of a layer that are penalties."""
    return [
        name for name, value in part.settings.items() if name.endswith("_regularizer") and value
    ]


def lighter(factor: float) -> Callable[[Case], Case]:
    """Every penalty times a factor; none for 0."""
    from pellucid import regularizers

    def change(part: Part) -> Part:
        found = {}
        for name in penalised(part):
            penalty = regularizers.get(part.settings[name])
            assert penalty is not None
            values = {
                key: float(f"{each * factor:.2g}") for key, each in penalty.settings().items()
            }
            found[name] = type(penalty)(**values) if factor else None
        return part.changed(**found) if found else part

    def mend(case: Case) -> Case:
        return case.designed(case.net.each(change))

    return mend


class StateExplodes(Check):
    """The state of a recurrent layer explodes.

    It is multiplied by the same weights at every step of a sequence: with a ReLU, or with weights
    that are too large, it grows without bound.
    """

    code = "PL411"
    severity = "error"
    sure = False
    share = 0.15
    cure = 'activation="tanh" and recurrent_initializer="orthogonal", which are the defaults.'
    confused = "Inputs that are too large, which a state of tanh saturates on."
    example = """
net = Sequential(
    [
        layers.SimpleRNN(
            16,
            "relu",
            recurrent_initializer=initializers.RandomNormal(stddev=1.5),
            input_shape=(16, 1),
        ),
        layers.Dense(1, "sigmoid"),
    ]
)
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
y = rng.integers(0, 2, 500)
turn = np.where(y, 0.9, 0.6)[:, None] * np.arange(16) + rng.uniform(0, 6, (500, 1))
x = np.sin(turn)[..., None]
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential([layers.SimpleRNN(16, input_shape=(16, 1)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
y = rng.integers(0, 2, 500)
turn = np.where(y, 0.9, 0.6)[:, None] * np.arange(16) + rng.uniform(0, 6, (500, 1))
x = np.sin(turn)[..., None]
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None:
            return
        for line in first.forward:
            if not isinstance(line.equation, Recurrence):
                continue
            read, state = (np.asarray(first.values[each]) for each in (line.inputs[0], line.output))
            size = root_mean_square(state[:, -1] if state.ndim == 3 else state)
            usual = max(1.0, root_mean_square(read))
            if not size < GROWS * usual:
                yield Suspicion(
                    f"the state of {line.layer} grows to {size:.3g} over a sequence",
                    {"size of the state": size, "size of the input": usual},
                    {"layer": line.layer or ""},
                    bounded,
                )


def bounded(case: Case) -> Case:
    """The usual activation and initializer of recurrent layers."""

    def change(part: Part) -> Part:
        if part.kind not in RECURRENT:
            return part
        return part.changed(activation="tanh", recurrent_initializer="orthogonal")

    return case.designed(case.net.each(change))
