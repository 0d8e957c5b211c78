"""Outputs: scores and probabilities, for classes of which a row has one or several."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid import layers
from pellucid.equations.activations import HardSigmoid, Sigmoid, Softmax
from pellucid.equations.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from pellucid.equations.linear import Affine, Product
from pellucid.equations.margins import CategoricalHinge
from pellucid.glass.doctor.checks.base import Check, Mend, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.goal import Ending, bounds, is_a
from pellucid.glass.doctor.mending import ending_with, trailing
from pellucid.losses import OwnLoss
from pellucid.training.compiled import ENDINGS, PROBABILITIES


def name_of(equation: object) -> str:
    linear = equation is None or isinstance(equation, Affine | Product)
    return "linear" if linear else type(equation).__name__.lower()


def suited_loss(evidence: Evidence) -> str:
    """The loss for classes that takes such targets."""
    if evidence.kind in ("one-hot", "probabilities"):
        return "categorical_crossentropy"
    return "sparse_categorical_crossentropy"


class OneUnitSoftmax(Check):
    """A softmax over a single unit.

    It divides a number by itself and gives 1 for every row, so that nothing can be learnt.
    """

    code = "PL103"
    of_output = True
    severity = "error"
    sure = True
    after = ("PL108",)
    cure = 'End with `Dense(1, activation="sigmoid")` and the loss "binary_crossentropy".'
    confused = "A rate that is too low: the loss stands still in both, here from the first step on."
    example = """
net = Sequential([layers.Dense(8, "relu", input_shape=(2,)), layers.Dense(1, "softmax")])
net.compile("adam", "binary_crossentropy")
x, y = datasets.moons(200)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(8, "relu", input_shape=(2,)), layers.Dense(2, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
x, y = datasets.moons(200)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end = evidence.ending
        if end is None or end.width != 1 or not is_a(end.last, Softmax):
            return
        binary = evidence.task in ("classes", "several")
        mend = ending_with("sigmoid", "binary_crossentropy") if binary else ending_with(None, "mse")
        yield Suspicion(
            "the network ends with a softmax over one unit, which is 1 for every row",
            {"units": 1},
            {"layer": evidence.last_layer},
            mend,
        )


class ScoresForProbabilities(Check):
    """The loss takes probabilities, or numbers above 0, and the network ends with raw scores.

    The loss clips what is not between 0 and 1 and then has no slope there, so that training stalls
    or goes astray; the logarithm of a number below 0 is none.
    """

    code = "PL101"
    of_output = True
    severity = "error"
    sure = True
    after = ("PL103",)
    cure = "End with softmax or sigmoid, or say `from_logits=True` in the loss."
    confused = "A rate that is too high, which a stalled or jumping loss looks like as well."
    example = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3)])
net.compile("sgd", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(16, "relu", input_shape=(4,)), layers.Dense(3)])
net.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end = evidence.ending
        if end is None or end.loss is None or end.logits or isinstance(end.loss, CategoricalHinge):
            return
        if end.loss.expects == "positive" or isinstance(end.loss, OwnLoss):
            yield from self.of_positive(evidence, end)
        if evidence.task == "numbers" and not shares_of_several(evidence):
            return
        wanted = ENDINGS.get(end.loss.expects)
        if wanted is None or is_a(end.last, *PROBABILITIES) or trailing_chance(evidence):
            return
        yield Suspicion(
            f"{end.loss.registered_name()} takes probabilities, "
            f"but the network ends with {name_of(end.last)} scores",
            {},
            {"layer": evidence.last_layer},
            self.mend(evidence, end, wanted),
        )

    def of_positive(self, evidence: Evidence, end: Ending) -> Iterator[Suspicion]:
        """A loss with a logarithm of the outputs, which begin below 0 for some rows."""
        first, own = evidence.first, isinstance(end.loss, OwnLoss)
        if bounds(end.last)[0] >= 0 or first is None or evidence.trained or evidence.error:
            return
        said = np.concatenate([np.ravel(first.values[each]) for each in first.plan.outputs])
        below, lost = float(np.mean(said < 0)), not np.isfinite(first.loss)
        if not below or not np.isfinite(said).all() or (own and not lost):
            return
        likely = "sigmoid" if evidence.task in ("classes", "several") else "softplus"
        assert end.loss is not None
        yield Suspicion(
            f"{'the loss' if own else end.loss.registered_name()} takes the logarithm of the "
            f"outputs, or a root, and the network ends with {name_of(end.last)} scores, of which "
            f"{below:.0%} are below 0",
            {"share below 0": below, "least": float(said.min()), "first loss": first.loss},
            {"layer": evidence.last_layer},
            ending_with(likely),
            sure=lost or None,
            others=() if likely == "sigmoid" else (ending_with("exponential"),),
        )

    def mend(self, evidence: Evidence, end: Ending, wanted: str) -> Mend:
        """What the loss wants; a softmax where each row has one of several classes."""
        if end.width > 1 and wanted == "sigmoid" and exclusive(evidence):
            return ending_with("softmax", suited_loss(evidence))
        return ending_with(wanted)


def shares_of_several(evidence: Evidence) -> bool:
    """Whether rows are of several numbers between 0 and 1, as pixels are."""
    y = evidence.y
    if y is None or y.ndim < 2 or y.shape[-1] == 1 or y.dtype.kind not in "biuf" or not y.size:
        return False
    return bool(np.min(y) >= 0 and np.max(y) <= 1)


def trailing_chance(evidence: Evidence) -> bool:
    """Whether what follows the output layer is another check's affair."""
    try:
        return any(
            evidence.case.net.parts[at].kind is not layers.Activation
            for at in trailing(evidence.case.net)
        )
    except LookupError:
        return False


class SigmoidsForExclusive(Check):
    """Independent sigmoids for classes of which each row has one.

    Each output is fitted for itself, and nothing makes them add up to 1: most of the loss comes
    from the many outputs that are to be 0.
    """

    code = "PL104"
    of_output = True
    sure = True
    cure = 'End with `activation="softmax"` and a categorical cross-entropy.'
    confused = "Several labels a row, for which sigmoids are right: then rows do not add up to 1."
    example = """
net = Sequential([layers.Dense(10, "sigmoid", input_shape=(64,))])
net.compile("sgd", "mse")
x, y = digits(400)
y = utils.to_categorical(y, 10)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential([layers.Dense(10, "softmax", input_shape=(64,))])
net.compile("sgd", "categorical_crossentropy")
x, y = digits(400)
y = utils.to_categorical(y, 10)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end = evidence.ending
        if end is None or end.width < 2 or not exclusive(evidence):
            return
        each_alone = isinstance(end.loss, BinaryCrossentropy)
        scores = end.logits and each_alone
        whole = each_alone and is_a(end.last, Softmax) and evidence.kind == "one-hot"
        if not scores and not whole and not is_a(end.last, Sigmoid, HardSigmoid):
            return
        if whole:
            title = (
                f"each row has one of {end.width} classes, but the loss is that of outputs of "
                "which each stands for itself"
            )
        elif isinstance(end.loss, CategoricalCrossentropy | SparseCategoricalCrossentropy):
            title = (
                f"the loss is that of exclusive classes, but the {end.width} outputs are sigmoids"
            )
        else:
            title = (
                f"each row has one of {end.width} classes, but each output is a sigmoid of its own"
            )
        loss = suited_loss(evidence)
        yield Suspicion(
            title,
            {"outputs": end.width},
            {"layer": evidence.last_layer},
            ending_with("softmax", loss),
        )


def exclusive(evidence: Evidence) -> bool:
    """Whether each row has one class, of several."""
    y = evidence.y
    if y is None:
        return False
    if evidence.kind == "one-hot":
        return y.ndim == 2 and y.shape[-1] > 1
    return evidence.kind == "classes" and evidence.task == "classes"


class SoftmaxForSeveral(Check):
    """A softmax where a row can have several labels, or none.

    Its outputs add up to 1: with two labels neither can be more than a half likely.
    """

    code = "PL105"
    of_output = True
    severity = "error"
    sure = True
    cure = 'End with `activation="sigmoid"` and the loss "binary_crossentropy".'
    confused = "Shares of a whole, which a softmax is right for: their rows add up to 1."
    example = """
net = Sequential([layers.Dense(3, "softmax", input_shape=(6,))])
net.compile("adam", "categorical_crossentropy")
x = rng.normal(size=(300, 6))
y = (x[:, :3] > 0.2).astype(float)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(3, "sigmoid", input_shape=(6,))])
net.compile("adam", "binary_crossentropy")
x = rng.normal(size=(300, 6))
y = (x[:, :3] > 0.2).astype(float)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        end, y = evidence.ending, evidence.y
        if end is None or evidence.kind != "several" or y is None or y.ndim != 2:
            return
        scores = end.logits and not isinstance(end.loss, BinaryCrossentropy)
        if end.width == y.shape[-1] and (scores or is_a(end.last, Softmax)):
            sums = y.sum(axis=-1)
            yield Suspicion(
                "rows have several labels, or none, but the outputs are one softmax",
                {"labels in a row, least": int(sums.min()), "most": int(sums.max())},
                {"layer": evidence.last_layer},
                ending_with("sigmoid", "binary_crossentropy"),
            )
