"""What the loss reaches: nothing, or not all layers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pellucid.glass.doctor.blueprint import Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.writing import BEFORE
from pellucid.networks.network import Network


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
    made = case.net.each(thawed_part)
    return case.designed(replace(made, trainable=True))


def thawed_part(part: Part) -> Part:
    """A layer that is trained; a network within one keeps its weights."""
    if not isinstance(part.layer, Network):
        return part.changed(trainable=True)
    within = copy.deepcopy(part.layer)
    within.trainable = True
    line = f"{BEFORE}.layers[{part.origin}].trainable = True"
    return replace(part, layer=within, before=(*part.before, line))


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
                    {"loss": first.loss},
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


class FrozenAsDrawn(Check):
    """A layer is frozen at the weights that it was drawn with.

    What is frozen is to have been learnt before. A layer of chance passes on what chance has it
    pass on, and the layers behind have to make do with that.
    """

    code = "PL122"
    severity = "warning"
    sure = False
    guessed = True
    share = 0.2
    after = ("PL117",)
    cure = "Thaw it, `trainable=True`, or load the weights that it was to have."
    confused = "A body that was trained elsewhere, whose weights are worth keeping."
    example = """
net = Sequential(
    [
        layers.Dense(4, "relu", input_shape=(64,), trainable=False),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = digits(500)
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(256, "relu", input_shape=(64,), trainable=False),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = digits(500)
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.net
        if evidence.trained or not net.built or not net.trainable_weights:
            return
        frozen = [layer.layer_name for layer in net.layers if layer.weights and not layer.trainable]
        if frozen:
            yield Suspicion(
                f"{', '.join(frozen[:5])} {'are' if len(frozen) > 1 else 'is'} frozen, with "
                "weights that were drawn",
                {"frozen layers": len(frozen)},
                {"layers": frozen},
                thawed,
            )
