"""Losses of one's own, and several losses at once: whether what is made small is what is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from pellucid import losses
from pellucid.equations.activations import Sigmoid, Softmax
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.reach import replaced_loss
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import Ending, is_a
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor

#: rows that a loss is asked about
ASKED = 256
#: a probability, and a score, that is right and sure
SURE, SCORE = 0.98, 5.0
#: how many times as large as another the loss of an output may start
OUTWEIGHS = 30.0


class LeadsAway(Check):
    """The loss is larger where the outputs are right than where they say the same for every row.

    A sign is turned about, or something is made large that is to be small: each step leads away
    from the targets, and the loss falls all the same.
    """

    code = "PL120"
    severity = "error"
    sure = True
    after = ("PL117", "PL118")
    cure = "Turn the sign about; a loss is least where y_pred is y_true."
    confused = "A rate that is too high: there the loss itself rises."
    example = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", lambda y_true, y_pred: -ops.square(y_true - y_pred))
x = rng.normal(size=(300, 3))
y = x[:, 0] - np.sin(2 * x[:, 1])
fit = {"epochs": 10}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", lambda y_true, y_pred: ops.square(y_true - y_pred) - 1.0)
x = rng.normal(size=(300, 3))
y = x[:, 0] - np.sin(2 * x[:, 1])
fit = {"epochs": 10}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end = evidence.ending
        if end is None or not isinstance(end.loss, losses.OwnLoss) or evidence.error is not None:
            return
        asked = right_and_same(evidence)
        losses_ = [[mean_loss(end.loss, said, y) for said in each] for y, each in asked]
        if asked and all(of_right > of_same for of_right, of_same in losses_):
            of_right, of_same = losses_[0]
            yield Suspicion(
                f"the loss is {of_right:.3g} where the outputs are right, and {of_same:.3g} where "
                "they say the same for every row",
                {"loss of right outputs": of_right, "of the same for every row": of_same},
                {"layer": evidence.last_layer},
                replaced_loss(evidence),
            )


class Asked(NamedTuple):
    """Targets of some rows, outputs that are right about them, and the same for every row."""

    targets: np.ndarray
    outputs: tuple[np.ndarray, np.ndarray]


def mean_loss(loss: Any, outputs: np.ndarray, targets: np.ndarray) -> float:
    """The loss of all rows together, as training has it: it need not have one for each row."""
    said, wanted = Tensor(outputs.shape), Tensor(targets.shape, role="target")
    total = loss.line(said, wanted)
    return float(interpret(trace([total]), {said: outputs, wanted: targets}, np)[total])


def right_and_same(evidence: Evidence) -> list[Asked]:
    """What a loss is to be asked about, in each way that outputs may be meant.

    Nothing where it is not plain what right outputs are.
    """
    end, batch = evidence.ending, evidence.data.take(np.sort(evidence.spread_rows()[:ASKED]))
    y = np.asarray(batch.y[0], dtype=np.float64)
    y = y[:, None] if y.ndim == 1 else y
    if end is None or len(batch.y) != 1 or not np.isfinite(y).all() or not np.ptp(y):
        return []
    ways = [each for each in said_rightly(evidence, end, y) if each.shape[-1] == end.width]
    return [Asked(y, (each, np.broadcast_to(each.mean(axis=0), each.shape))) for each in ways]


def said_rightly(evidence: Evidence, end: Ending, y: np.ndarray) -> list[np.ndarray]:
    """Outputs that are right about such targets, of a network that ends so."""
    likely = is_a(end.last, Sigmoid, Softmax)
    if evidence.task == "numbers" and (not likely or (y.min() >= 0 and y.max() <= 1)):
        return [y]
    if evidence.kind == "sign":
        return [SURE * y]
    if evidence.kind not in ("one-hot", "several") and set(np.unique(y)) != {0.0, 1.0}:
        return []
    shares = np.clip(y, 1 - SURE, SURE)
    return [shares] if likely else [SCORE * (2 * y - 1), shares]


class OneLossOutweighs(Check):
    """One of several losses outweighs the others.

    Their sum is what training makes small: an output whose loss is a thousandth of another's gets
    a thousandth of the gradient.
    """

    code = "PL121"
    severity = "error"
    sure = False
    after = ("PL207", "PL208", "PL302", "PL308")
    cure = "Give `loss_weights` that bring the losses to one size, or standardise the targets."
    confused = "An output that is hard to learn, whose loss is large at the end and not at first."
    example = """
first = layers.Input((4,))
inside = layers.Dense(8, "relu")(first)
net = Model(
    first, [layers.Dense(1, "sigmoid", name="kind")(inside), layers.Dense(1, name="size")(inside)]
)
net.compile(optimizers.Adam(0.01), ["binary_crossentropy", "mse"])
x = rng.normal(size=(500, 4))
y = [(x[:, 0] * x[:, 1] > 0).astype(int), 20 * x[:, 2]]
fit = {"epochs": 40}
"""
    near_miss = """
first = layers.Input((4,))
inside = layers.Dense(8, "relu")(first)
net = Model(
    first, [layers.Dense(1, "sigmoid", name="kind")(inside), layers.Dense(1, name="size")(inside)]
)
net.compile(optimizers.Adam(0.01), ["binary_crossentropy", "mse"])
x = rng.normal(size=(500, 4))
y = [(x[:, 0] * x[:, 1] > 0).astype(int), x[:, 2]]
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None or evidence.single or len(first.plan.losses) < 2:
            return
        losses_ = np.array([abs(float(first.values[each])) for each in first.plan.losses])
        sizes = losses_ * np.abs(shares_of(evidence))
        if not np.isfinite(sizes).all() or sizes.min() == 0:
            return
        if sizes.max() > OUTWEIGHS * sizes.min():
            names = [name for name, loss in aimed(evidence) if loss is not None]
            yield Suspicion(
                f"the loss of {names[sizes.argmax()]} starts {sizes.max() / sizes.min():,.0f} "
                f"times as large as that of {names[sizes.argmin()]}",
                {
                    f"first loss of {name}": float(size)
                    for name, size in zip(names, sizes, strict=True)
                },
                {},
                weighed(evidence, losses_),
            )


def shares_of(evidence: Evidence) -> np.ndarray:
    """How much each loss counts, by `loss_weights`."""
    goal = evidence.net.engine.aim.goal
    pairs = zip(goal.losses, goal.shares, strict=True)
    return np.array([share for loss, share in pairs if loss is not None], dtype=np.float64)


def aimed(evidence: Evidence) -> list[tuple[str, object]]:
    """The outputs by their names, each with its loss."""
    goal = evidence.net.engine.aim.goal
    return list(zip(evidence.net.engine.network.output_names, goal.losses, strict=True))


def weighed(evidence: Evidence, sizes: np.ndarray) -> Callable[[Case], Case]:
    """A mend: each loss counts by the inverse of its first size."""
    left = iter((1 / sizes).tolist())
    weights = [1.0 if loss is None else float(f"{next(left):.2g}") for _, loss in aimed(evidence)]
    return lambda case: case.aimed(loss_weights=weights)
