"""Generalisation: rows learnt by heart, trained too long, or too surely."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pellucid import layers, regularizers
from pellucid.glass.doctor.blueprint import Part, part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import OVERDONE, Evidence
from pellucid.glass.doctor.goal import probabilities
from pellucid.glass.doctor.mending import hidden_at, output_at
from pellucid.glass.doctor.runs import Outcome

#: by how much better the rows trained on are hit than others, where they are learnt by heart
GAP = 0.1
#: and by how much where that is proven: all rows are learnt, and this share of others is missed
BY_HEART, MISSED = 0.95, 0.15
#: or: by how much more of others is missed, by how many standard errors, in a network of so many
#: parameters for each row
MORE, ERRORS, PARAMETERS = 1.5, 2.0, 100.0
#: with fewer parameters for each row, nothing is learnt by heart
HOLDS = 0.1
#: the factor by which a network is made larger
LARGER = 8
#: how many times its least validation loss the last one is, where it was trained too long
RISEN = 1.1
#: and by how much it has risen, where answers are as right as before
BY = 0.15
#: by how much surer than right a network may be
SURER = 0.08
#: what explains a network that does not learn, or learns the wrong thing
FIRST = (
    *("PL101", "PL102", "PL103", "PL104", "PL105", "PL106", "PL107", "PL108", "PL117", "PL118"),
    *("PL120", "PL121", "PL122", "PL204", "PL207", "PL208", "PL210", "PL211", "PL212", "PL214"),
    *(
        "PL216",
        "PL218",
        "PL225",
        "PL226",
        "PL227",
        "PL228",
        "PL301",
        "PL302",
        "PL303",
        "PL304",
        "PL305",
    ),
    *("PL306", "PL307", "PL308", "PL310", "PL311", "PL312", "PL313", "PL314", "PL315", "PL316"),
    *("PL317", "PL318", "PL319", "PL320", "PL321", "PL401", "PL402", "PL404", "PL406", "PL407"),
    *("PL408", "PL409", "PL410", "PL411", "PL414", "PL415", "PL416", "PL418", "PL419"),
)
#: and by how many standard errors of the figure on others
CERTAIN = 2.5


class Memorises(Check):
    """The network learns its rows by heart.

    It hits the rows that it was trained on and not others: what it has learnt is their noise.
    """

    code = "PL501"
    general = True
    severity = "warning"
    sure = False
    guessed = True
    outdoes = False
    folded = True
    errors = (1.0, 2.0)
    share = 0.1
    after = FIRST
    cure = "A penalty, dropout, a smaller network, or more rows."
    confused = "Wrong labels, which are learnt by heart as well."
    example = """
net = Sequential(
    [layers.Dense(256, "relu", input_shape=(20,)), layers.Dense(128, "relu"), layers.Dense(1)]
)
net.compile(optimizers.Adam(0.003), "mse")
x = rng.normal(size=(120, 20))
y = x[:, 0] - x[:, 1] + 0.8 * rng.normal(size=120)
fit = {"epochs": 150}
"""
    near_miss = """
net = Sequential([layers.Dense(64, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(1000)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not evidence.folded_as_it_is.worked or parameters(evidence) < HOLDS:
            return
        seen, new = evidence.on_trained_rows, evidence.folded_as_it_is.mean(evidence.figure)
        if seen is None or seen - new < max(GAP, ERRORS * evidence.uncertainty):
            return
        known = (seen > BY_HEART and seen - new > MISSED) or outgrown(evidence, seen, new)
        if not known and seen - new < CERTAIN * evidence.uncertainty:
            return
        yield Suspicion(
            f"rows that were trained on are hit at {seen:.3g}, others at {new:.3g}",
            {"on rows trained on": seen, "on others": new},
            {},
            penalised(1e-3),
            sure=known,
            others=(penalised(1e-2), penalised(3e-2, regularizers.L1), dropping, smaller),
        )


def parameters(evidence: Evidence) -> float:
    """How many parameters there are for each row to train on."""
    count = sum(weight.size for weight in evidence.net.trainable_weights)
    return count / max(1, len(evidence.chosen.train))


def outgrown(evidence: Evidence, seen: float, new: float) -> bool:
    """Whether a network far larger than its rows are many misses more of others than of these."""
    return parameters(evidence) > PARAMETERS and seen - new > MISSED and 1 - new > MORE * (1 - seen)


def penalised(weight: float, kind: type = regularizers.L2) -> Callable[[Case], Case]:
    """A penalty on the weights of every dense layer."""

    def mend(case: Case) -> Case:
        def change(each: Part) -> Part:
            dense = each.kind is layers.Dense
            return each.changed(kernel_regularizer=kind(weight)) if dense else each

        return case.designed(case.net.each(change))

    return mend


def dropping(case: Case) -> Case:
    """Dropout before the output layer."""
    return case.designed(case.net.inserted(output_at(case.net), part(layers.Dropout, rate=0.5)))


def smaller(case: Case) -> Case:
    """Hidden layers of an eighth of the units."""
    net = case.net
    for at in hidden_at(net):
        if net.parts[at].kind is layers.Dense:
            net = net.changed(at, units=max(4, net.parts[at].get("units") // LARGER))
    return case.designed(net)


class TrainedTooLong(Check):
    """It is trained too long.

    The loss on rows that are held out has its least value long before the end, and rises from then
    on: early stopping would have kept it.
    """

    code = "PL503"
    general = True
    severity = "warning"
    sure = False
    guessed = True
    outdoes = False
    folded = True
    by_likelihood = True
    errors = (1.5, 2.0)
    share = 0.05
    after = FIRST
    cure = "`callbacks.EarlyStopping(patience=…)`, or fewer epochs."
    confused = "Memorising that a penalty mends: fewer epochs are the cheaper way."
    example = """
net = Sequential([layers.Dense(64, "tanh", input_shape=(10,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.005), "mse")
x = rng.normal(size=(80, 10))
y = x @ np.linspace(-1, 1, 10) + 1.2 * rng.normal(size=80)
fit = {"epochs": 500}
"""
    near_miss = """
net = Sequential([layers.Dense(64, "tanh", input_shape=(10,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.005), "mse")
x = rng.normal(size=(600, 10))
y = x @ np.linspace(-1, 1, 10) + 0.3 * rng.normal(size=600)
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if stops_early(evidence):
            return
        losses = evidence.folded_as_it_is.validation
        whole = evidence.budget.whole or evidence.overdone
        if len(losses) < 5 or not whole or not np.isfinite(losses).all():
            return
        best = int(np.argmin(losses)) + 1
        if best == len(losses) or losses[-1] < RISEN * losses[best - 1]:
            return
        if losses[-1] - losses[best - 1] < BY and not evidence.wants(evidence.figure):
            return

        def mend(case: Case) -> Case:
            return case.fitted(epochs=best)

        yield Suspicion(
            f"the held-out loss was least after {best} of {len(losses)} epochs",
            {"least": losses[best - 1], "at the end": losses[-1], "epoch": best},
            {},
            mend,
            sure=losses[-1] > OVERDONE * losses[best - 1],
        )


def stops_early(evidence: Evidence) -> bool:
    given = evidence.fit.get("callbacks") or []
    listed = given if isinstance(given, (list, tuple)) else [given]
    return any("EarlyStopping" in type(each).__name__ for each in listed)


class Overconfident(Check):
    """The network is surer than it is right.

    The probability that it gives its answer is far above the share of its answers that are right:
    each confident error costs dearly in the loss.
    """

    code = "PL505"
    general = True
    severity = "warning"
    sure = False
    guessed = True
    outdoes = False
    folded = True
    figure = "likelihood"
    share = 0.2
    after = (*FIRST, "PL503")
    cure = "Fewer epochs, dropout, or a penalty; `label_smoothing` in the loss."
    confused = "Memorising, of which it is a part: here the answers may still be the right ones."
    example = """
net = Sequential([layers.Dense(256, "relu", input_shape=(6,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = clusters(240, 6, 3, apart=0.75)
fit = {"epochs": 100}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(6,)), layers.Dense(3, "softmax")])
net.compile(optimizers.Adam(0.005), "sparse_categorical_crossentropy")
x, y = clusters(300, 6, 3, apart=2.0)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if evidence.task != "classes":
            return
        outcome, end = evidence.folded_as_it_is, evidence.ending
        if not outcome.worked or end is None or not end.of_classes or stops_early(evidence):
            return
        said, right = confidence(outcome), outcome.mean("classes")
        if said - right < SURER:
            return
        losses = outcome.validation
        best = int(np.argmin(losses)) + 1 if losses else 1

        def mend(case: Case) -> Case:
            return case.fitted(epochs=best)

        yield Suspicion(
            f"the network is {said:.0%} sure of its answers, of which {right:.0%} are right",
            {"mean probability of the answer": said, "share that is right": right},
            {},
            dropping,
            others=(penalised(1e-2), mend),
        )


def confidence(outcome: Outcome) -> float:
    """The mean probability that the network gives its answers."""
    said, _, end = outcome.hit[0]
    p = probabilities(end, said.reshape(len(said), -1))
    return float(np.mean(p.max(axis=1) if p.shape[1] > 1 else np.maximum(p, 1 - p)))
