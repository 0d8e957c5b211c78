"""The first state: units that do not answer, and inputs that nothing reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pellucid import initializers, layers
from pellucid.equations.activations import HardSigmoid, Sigmoid, Tanh
from pellucid.equations.rectifiers import Ramp, Relu, Relu6
from pellucid.glass.doctor.blueprint import Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.influence import without_influence
from pellucid.glass.doctor.checks.layout import names
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.first import Stage, slopes
from pellucid.glass.doctor.mending import WEIGHTED, hidden_at, names_alone, output_at, standardised
from pellucid.glass.doctor.statistics import root_mean_square

#: a unit is saturated on a row where its slope is below this share of the steepest
SATURATED = 0.05
#: and the share of rows and units, or of units that never answer, from which on it is a fault
MOSTLY, MANY, DEAD = 0.5, 0.3, 0.4
#: so many layers, in which values come down to this share, let them fade
MANY_LAYERS, FADED = 8, 0.05
#: inputs beyond this size saturate by themselves
LARGE_INPUT = 3.0
#: the initializer that keeps the size of values through ReLUs
KEEPS_SIZE = "he_normal"
CROPPING = (layers.Cropping1D, layers.Cropping2D, layers.Cropping3D)


def hidden_activations(evidence: Evidence) -> list[Stage]:
    """The values of activations before the output."""
    first = evidence.first
    if first is None:
        return []
    outputs = set(first.plan.outputs)
    return [each for each in first.activations() if each.line.output not in outputs]


class DeadUnits(Check):
    """Units that are 0 on every row: dead.

    A ReLU that is never above 0 has no slope, so that its weights get no gradient and stay.
    """

    code = "PL304"
    severity = "error"
    sure = False
    after = ("PL204", "PL207", "PL208", "PL301", "PL302", "PL315")
    cure = "Biases that start at 0, inputs about 0, usual initializers; a smaller rate."
    confused = "Units that are 0 on many rows, but not on all: that is what a ReLU is for."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", bias_initializer=initializers.Constant(-6.0), input_shape=(64,)),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 20}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        for stage in [] if fades(evidence) else hidden_activations(evidence):
            if not isinstance(stage.equation, Relu | Relu6 | Ramp):
                continue
            values = stage.value.reshape(-1, stage.value.shape[-1])
            share = float(np.mean(~values.any(axis=0)))
            if share > DEAD:
                yield Suspicion(
                    f"{share:.0%} of the units of {stage.layer} are 0 on all of {len(values)} rows",
                    {"share of dead units": share, "rows": len(values)},
                    {"layer": stage.layer, "value": stage.name},
                    revived(evidence),
                )
                return


def fades(evidence: Evidence) -> bool:
    """Whether values shrink through many layers, until units of the last ones hardly move."""
    first = evidence.first
    sizes = [] if first is None else [root_mean_square(each.value) for each in first.linear()[:-1]]
    if len(sizes) < MANY_LAYERS or not np.isfinite(sizes).all():
        return False
    return 0 < sizes[-1] < FADED * max(sizes) and max(sizes) in sizes[: len(sizes) // 2]


def revived(evidence: Evidence) -> Callable[[Case], Case]:
    """Usual initializers for all layers, and inputs about 0."""
    far = far_inputs(evidence)

    def mend(case: Case) -> Case:
        net = case.net.each(drawn_as_usual)
        found = case.designed(net)
        return standardised(found) if far and not names_alone(case) else found

    return mend


def drawn_as_usual(part: Part) -> Part:
    """A layer whose numbers all start as they do by themselves."""
    if part.kind is layers.ReLU and part.get("threshold"):
        return part.changed(threshold=0.0)
    if part.layer is not None:
        return part
    given = [name for name in part.settings if name.endswith("_initializer")]
    start = {name: part.kind._fields[name] for name in given if not known(part.get(name))}
    if part.kind in WEIGHTED:
        start["kernel_initializer"] = KEEPS_SIZE
    return part.changed(**start) if start else part


def known(start: object) -> bool:
    """Whether an initializer gives numbers that somebody has learnt or worked out."""
    return isinstance(start, initializers.Constant) and not np.isscalar(start.value)


def far_inputs(evidence: Evidence) -> bool:
    """Whether what the first layer of weights reads is far from mean 0 and unit size."""
    first = evidence.first
    if first is None or not first.linear():
        return False
    read = np.asarray(first.before(first.linear()[0]))
    return root_mean_square(read) > LARGE_INPUT


class SaturatedUnits(Check):
    """Units that are saturated on most rows.

    A sigmoid or tanh of a large number is flat: the gradient that passes is nearly 0.
    """

    code = "PL305"
    severity = "error"
    sure = False
    after = ("PL204", "PL207", "PL208", "PL301", "PL302")
    cure = "Inputs of mean 0 and deviation 1, and usual initializers."
    confused = "Outputs near 0 and 1 after training, where a network is sure and right."
    example = """
net = Sequential(
    [
        layers.Dense(32, "tanh", bias_initializer=initializers.Constant(9.0), input_shape=(3,)),
        layers.Dense(1),
    ]
)
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(300, 3))
y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]
fit = {"epochs": 40}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "tanh", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.Adam(0.01), "mse")
x = rng.normal(size=(300, 3))
y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]
fit = {"epochs": 40}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        for stage in hidden_activations(evidence):
            if first is None or not isinstance(stage.equation, Sigmoid | Tanh | HardSigmoid):
                continue
            steep = 1.0 if isinstance(stage.equation, Tanh) else 0.25
            slope = slopes(first.before(stage), stage.value, stage.equation)
            share = float(np.mean(slope < SATURATED * steep))
            if share > MANY:
                yield Suspicion(
                    f"the units of {stage.layer} are saturated on {share:.0%} of rows and units",
                    {"share saturated": share, "mean slope": float(slope.mean())},
                    {"layer": stage.layer, "value": stage.name},
                    revived(evidence),
                )
                return


class DeadInputs(Check):
    """Inputs that the first layer of weights cannot see.

    The columns differ from row to row, and what the first layer reads of them does not: a layer in
    front has made them constant, or has cut them off.
    """

    code = "PL315"
    severity = "error"
    sure = True
    after = ("PL417",)
    cure = "Leave out what stands in front, or standardise the inputs first."
    confused = "Columns that are constant in the data themselves."
    example = """
net = Sequential(
    [
        layers.Activation("relu", input_shape=(4,)),
        layers.Dense(16, "relu"),
        layers.Dense(3, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
x = x - 9
fit = {"epochs": 30}
"""
    near_miss = """
net = Sequential(
    [
        layers.Activation("tanh", input_shape=(4,)),
        layers.Dense(16, "relu"),
        layers.Dense(3, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = clusters(300, 4, 3)
fit = {"epochs": 30}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        yield from self.cut_off(evidence)
        yield from without_influence(evidence)
        if first is None or not first.linear() or not evidence.plain or evidence.bad_x:
            return
        read = np.asarray(first.before(first.linear()[0]))
        given = np.asarray(first.values[first.plan.inputs[0]])
        if read is given or read.size != given.size:
            return
        flat, whole = (each.reshape(len(each), -1) for each in (read, given))
        dead = (np.ptp(flat, axis=0) == 0) & (np.ptp(whole, axis=0) > 0)
        if dead.mean() > MOSTLY:
            columns = np.flatnonzero(dead)
            yield Suspicion(
                f"{dead.sum()} of {dead.size} inputs are constant where the first layer reads them",
                {"share of inputs": float(dead.mean())},
                {"columns": columns[:10].tolist()},
                bare,
            )

    def cut_off(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Steps or pixels that a layer in front crops; whether they are missed a trial shows."""
        net = evidence.case.net
        first = next((at for at, each in enumerate(net.parts) if each.kind in WEIGHTED), 0)
        first = min([first or len(net.parts), output_at(net)])
        found = [at for at in range(first) if net.parts[at].kind in CROPPING]
        if found:
            named = ", ".join(names(net, evidence, at) for at in found)
            yield Suspicion(
                f"{named} cuts off {net.parts[found[0]].get('cropping')} of what stands there",
                {"layers that crop": len(found)},
                {"layers": named},
                lambda case: case.designed(case.net.without(*found)),
                sure=False,
            )


def bare(case: Case) -> Case:
    """Without what changes the inputs before the first layer of weights, and standardised."""
    first = hidden_at(case.net)[0] if hidden_at(case.net) else output_at(case.net)
    kept = (layers.Flatten, layers.Reshape)
    gone = [at for at in range(first) if case.net.parts[at].kind not in kept]
    return standardised(case.designed(case.net.without(*gone)))
