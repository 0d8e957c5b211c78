"""The layout of a network: what its layers, one after the other, can and cannot carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pellucid import layers
from pellucid.equations.linear import Affine, Product
from pellucid.glass.doctor.blueprint import Blueprint, Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import WEIGHTED, hidden_at, output_at

#: a share of units dropped from which on more than nine of ten numbers are lost
ALMOST_ALL = 0.9
#: what a dropout is turned down to
USUAL = 0.2
#: a bottleneck of one is a layer of one unit between layers of so many
WIDE = 3


def names(net: Blueprint, evidence: Evidence, at: int) -> str:
    origin = net.parts[at].origin
    return evidence.net.layers[origin].layer_name if origin is not None else ""


def without(at: int) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return case.designed(case.net.without(at))

    return mend


class NothingTrained(Check):
    """Everything is frozen: no layer has a weight that training fits.

    fit runs, and nothing changes.
    """

    code = "PL117"
    severity = "error"
    sure = True
    cure = "Thaw the layers that are to learn: `trainable=True`."
    confused = "A frozen body with a head that learns, which is common and well."
    example = """
net = Sequential(
    [
        layers.Dense(8, "relu", input_shape=(4,), trainable=False),
        layers.Dense(3, "softmax", trainable=False),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(8, "relu", input_shape=(4,), trainable=False),
        layers.Dense(3, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.net
        if not net.built or net.trainable_weights or not net.weights:
            return
        frozen = [layer.layer_name for layer in net.layers if layer.weights]
        yield Suspicion(
            f"nothing is trained: {', '.join(frozen[:5])} are frozen",
            {"weights": sum(weight.size for weight in net.weights)},
            {},
            thawed,
        )


def thawed(case: Case) -> Case:
    """Every layer is trained."""
    made = case.net.each(lambda part: part.changed(trainable=True))
    return case.designed(replace(made, trainable=True))


class ConstantLoss(Check):
    """The loss does not depend on what the network puts out.

    Its gradient is 0 for every weight on every row, so that no step changes anything.
    """

    code = "PL118"
    severity = "error"
    sure = True
    after = ("PL103", "PL117")
    cure = "Compute the loss from y_pred by functions that have a slope; rounding has none."
    confused = "Dead units, where the loss has a slope that does not reach the weights."
    example = """
net = Sequential([layers.Dense(8, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile(
    "adam", lambda y_true, y_pred: ops.square(y_true - ops.maximum(ops.minimum(y_pred, 0.0), 0.0))
)
x = rng.normal(size=(300, 3))
y = x[:, 0] - x[:, 1]
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential([layers.Dense(8, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile("adam", lambda y_true, y_pred: ops.square(y_true - y_pred))
x = rng.normal(size=(300, 3))
y = x[:, 0] - x[:, 1]
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first, end = evidence.first, evidence.ending
        if first is None or not first.fitted() or not np.isfinite(first.loss):
            return
        outputs = first.output_gradient()
        if outputs is None or not np.any(outputs):
            own = (
                end is not None
                and end.loss is not None
                and end.loss.registered_name() not in losses_known()
            )
            if own or outputs is not None:
                yield Suspicion(
                    "the loss does not depend on the outputs: its gradient for them is 0",
                    {"loss": first.loss, "rows": len(first.recording[next(iter(first.recording))])},
                    {},
                    replaced_loss(evidence),
                    sure=own,
                )


def losses_known() -> set[str]:
    from pellucid.losses import Loss

    return set(Loss.table)


def replaced_loss(evidence: Evidence) -> Callable[[Case], Case]:
    """A loss that suits the targets."""
    loss = "mse" if evidence.task == "numbers" else "binary_crossentropy"
    if evidence.task == "classes" and evidence.ending is not None and evidence.ending.width > 1:
        sparse = evidence.kind == "classes"
        loss = "sparse_categorical_crossentropy" if sparse else "categorical_crossentropy"

    def mend(case: Case) -> Case:
        return case.aimed(loss=loss)

    return mend


class NoLossReaches(Check):
    """The loss does not reach a layer: none of its weights has a gradient.

    The layer stays as it was drawn, though it is not frozen.
    """

    code = "PL119"
    severity = "error"
    sure = True
    after = ("PL103", "PL117", "PL118")
    tried = False
    cure = "Connect what the layer gives to an output that has a loss."
    confused = "Dead units, whose gradient is 0 on these rows, but not by the plan."
    example = """
first = layers.Input((4,))
inside = layers.Dense(8, "relu")(first)
net = Model(
    first, [layers.Dense(3, "softmax", name="kind")(first), layers.Dense(1, name="size")(inside)]
)
net.compile("adam", {"kind": "sparse_categorical_crossentropy"})
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""
    near_miss = """
first = layers.Input((4,))
inside = layers.Dense(8, "relu")(first)
net = Model(
    first, [layers.Dense(3, "softmax", name="kind")(inside), layers.Dense(1, name="size")(inside)]
)
net.compile("adam", {"kind": "sparse_categorical_crossentropy", "size": "mse"})
x, y = clusters(300, 4, 3)
y = [y, y * 1.0]
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None:
            return
        left = {each.layer or each.name for each in first.fitted() if each.gradient is None}
        if left and len(left) < len({each.layer or each.name for each in first.fitted()}) + 1:
            yield Suspicion(
                f"no loss reaches {', '.join(sorted(left)[:5])}", {}, {"layers": sorted(left)}
            )


class NormalisedOutput(Check):
    """A normalisation after the output.

    It moves what the output layer has said to mean 0 and deviation 1: probabilities no longer add
    up to 1, and numbers lose their size.
    """

    code = "PL310"
    severity = "error"
    sure = True
    cure = "Leave the normalisation out, or put it before the output layer."
    confused = "A normalisation between layers, which helps."
    example = """
net = Sequential(
    [
        layers.Dense(16, "relu", input_shape=(64,)),
        layers.Dense(10, "softmax"),
        layers.BatchNormalization(),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(16, "relu", input_shape=(64,)),
        layers.BatchNormalization(momentum=0.9),
        layers.Dense(10, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        if not net.chain:
            return
        kinds = (layers.BatchNormalization, layers.LayerNormalization)
        for at in range(output_at(net) + 1, len(net.parts)):
            if net.parts[at].kind in kinds:
                name = names(net, evidence, at)
                yield Suspicion(
                    f"{name} normalises what the output layer has said",
                    {},
                    {"layer": name},
                    without(at),
                )


class DroppedOutput(Check):
    """Dropout on the output.

    While training it sets outputs to 0, whatever the network has said: the loss is then one of
    chance.
    """

    code = "PL312"
    severity = "error"
    sure = True
    cure = "Leave it out: dropout stands between layers."
    confused = "Dropout before the output layer, which is usual."
    example = """
net = Sequential(
    [layers.Dense(16, "relu", input_shape=(64,)), layers.Dense(10, "softmax"), layers.Dropout(0.5)]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [layers.Dense(16, "relu", input_shape=(64,)), layers.Dropout(0.2), layers.Dense(10, "softmax")]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        if not net.chain:
            return
        for at in range(output_at(net) + 1, len(net.parts)):
            part = net.parts[at]
            if part.kind is layers.Dropout and part.get("rate"):
                name = names(net, evidence, at)
                yield Suspicion(
                    f"{name} drops {part.get('rate'):.0%} of the outputs",
                    {"rate": float(part.get("rate"))},
                    {"layer": name},
                    without(at),
                )


class DropsAlmostAll(Check):
    """Dropout of almost everything.

    The rate is the share that is dropped, not the share that is kept: with 0.95 one number of
    twenty is left of what a layer says.
    """

    code = "PL311"
    severity = "error"
    sure = False
    cure = "A rate of 0.2 to 0.5."
    confused = "A network that is too small: both underfit."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", input_shape=(64,)),
        layers.Dropout(0.95),
        layers.Dense(10, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [layers.Dense(32, "relu", input_shape=(64,)), layers.Dropout(0.4), layers.Dense(10, "softmax")]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        found = [
            at
            for at, part in enumerate(net.parts)
            if part.kind is layers.Dropout and (part.get("rate") or 0) >= ALMOST_ALL
        ]
        if found:
            rates = {
                f"rate of {names(net, evidence, at)}": net.parts[at].get("rate") for at in found
            }
            yield Suspicion(
                f"{names(net, evidence, found[0])} drops {net.parts[found[0]].get('rate'):.0%} "
                "of what reaches it",
                rates,
                {"layer": names(net, evidence, found[0])},
                turned_down,
            )


def turned_down(case: Case) -> Case:
    """Every dropout of almost everything at the usual rate."""

    def change(part: Part) -> Part:
        high = part.kind is layers.Dropout and (part.get("rate") or 0) >= ALMOST_ALL
        return part.changed(rate=USUAL) if high else part

    return case.designed(case.net.each(change))


class BottleneckOfOne(Check):
    """A hidden layer of a single unit.

    Whatever the layers before it have found, one number of it reaches the layers behind.
    """

    code = "PL313"
    severity = "error"
    sure = False
    cure = "Give the layer more units."
    confused = "An output of one unit, which is right for one number or two classes."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", input_shape=(64,)),
        layers.Dense(1, "relu"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(32, "relu", input_shape=(64,)),
        layers.Dense(16, "relu"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        for at in hidden_at(net):
            part = net.parts[at]
            if part.kind is layers.Dense and part.get("units") == 1:
                name = names(net, evidence, at)
                units = sensible_width(net)
                yield Suspicion(
                    f"one number is all that {name} passes on",
                    {"units": 1},
                    {"layer": name},
                    widened(at, units),
                )


def sensible_width(net: Blueprint) -> int:
    """As many units as the narrowest hidden layer of several has."""
    found = [net.parts[at].get("units", 0) for at in hidden_at(net)]
    return max(8, min([each for each in found if each and each >= WIDE] or [16]))


def widened(at: int, units: int) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        return case.designed(case.net.changed(at, units=units))

    return mend


class LinearInARow(Check):
    """Linear layers in a row, without an activation between them.

    A linear function of a linear function is linear: together they can do no more than the last
    one alone.
    """

    code = "PL314"
    severity = "error"
    sure = False
    cure = 'Give the hidden layers an activation, such as "relu".'
    confused = "A network that is too small: both underfit."
    example = """
net = Sequential(
    [layers.Dense(32, input_shape=(2,)), layers.Dense(16), layers.Dense(1, "sigmoid")]
)
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = datasets.circles(400, noise=0.08)
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(32, "relu", input_shape=(2,)),
        layers.Dense(16, "relu"),
        layers.Dense(1, "sigmoid"),
    ]
)
net.compile(optimizers.Adam(0.02), "binary_crossentropy")
x, y = datasets.circles(400, noise=0.08)
fit = {"epochs": 60}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None or not evidence.case.net.chain:
            return
        found = linear_hidden(evidence)
        if found:
            names_ = [names(evidence.case.net, evidence, at) for at in found]
            yield Suspicion(
                f"there is no activation after {', '.join(names_[:5])}",
                {"linear layers": len(found) + 1},
                {"layers": names_},
                activated(found),
            )


def linear_hidden(evidence: Evidence) -> list[int]:
    """The hidden dense layers whose values go to a layer of weights as they are."""
    first, net = evidence.first, evidence.case.net
    assert first is not None
    linear = {
        line.output: line for line in first.forward if isinstance(line.equation, Affine | Product)
    }
    straight = {
        linear[tensor].layer
        for line in linear.values()
        for tensor in line.inputs
        if tensor in linear
    }
    return [
        at
        for at in hidden_at(net)
        if names(net, evidence, at) in straight and net.parts[at].kind in WEIGHTED
    ]


def activated(found: list[int]) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        net = case.net
        for at in found:
            net = net.changed(at, activation="relu")
        return case.designed(net)

    return mend
