"""The first state: what the weights are drawn as, and what that makes of the first step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pellucid import layers
from pellucid.equations.activations import HardSigmoid, Sigmoid, Tanh
from pellucid.equations.rectifiers import Relu, Relu6
from pellucid.glass.doctor.blueprint import Blueprint, Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.first import Fitted, Stage, slopes
from pellucid.glass.doctor.mending import WEIGHTED, hidden_at, output_at, standardised

#: √k·σ of the weights of k inputs is about 1 by every usual initializer, from 0.4 to 2.5
LOUD, QUIET = 4.0, 0.05
#: a unit is saturated on a row where its slope is below this share of the steepest
SATURATED = 0.05
#: and the share of rows and units, or of units that never answer, from which on it is a fault
MOSTLY = 0.5
#: by what factor gradients may change from the last hidden layer to the first
VANISHED, EXPLODED = 1e-3, 1e3
#: the fewest hidden layers through which a gradient can be said to vanish
DEEP = 3
#: how many times the loss of always saying the class shares the first loss may be
FAR = 3.0
#: inputs beyond this size saturate by themselves
LARGE_INPUT = 3.0
USUAL = {"kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"}
#: the initializer that keeps the size of values through ReLUs
KEEPS_SIZE = "he_normal"


def redrawn(at: Sequence[int]) -> Callable[[Case], Case]:
    """Usual initializers for these layers."""

    def mend(case: Case) -> Case:
        net = case.net
        for each in at:
            net = net.changed(each, **USUAL)
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


def gain(value: np.ndarray) -> float:
    """√k·σ: how many times larger a layer makes the values that it reads."""
    return float(
        np.sqrt(np.mean(np.square(value, dtype=np.float64))) * math.sqrt(value[..., 0].size)
    )


class WeightsTooLarge(Check):
    """The weights start too large.

    Each layer makes its values several times larger: activations saturate, the first loss is far
    off, and gradients grow from layer to layer.
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
        loud = [(at, each) for at, each in kernels(evidence) if gain(each.value) > LOUD]
        if loud and not evidence.trained:
            each = loud[0][1]
            yield Suspicion(
                f"the weights of {each.layer} start {gain(each.value):.1f} times as large as usual",
                {"√k·σ of the weights": gain(each.value), "usual": 1.0},
                {"layer": each.layer},
                redrawn([at for at, _ in loud]),
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
        quiet = [
            (at, each)
            for at, each in kernels(evidence)
            if at in hidden and 0 < gain(each.value) < QUIET
        ]
        if quiet and not evidence.trained:
            each = quiet[0][1]
            yield Suspicion(
                f"the weights of {each.layer} start {1 / gain(each.value):,.0f} times too small",
                {"√k·σ of the weights": gain(each.value), "usual": 1.0},
                {"layer": each.layer},
                redrawn([at for at, _ in quiet]),
            )


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
    after = ("PL301", "PL302", "PL207")
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
        for stage in hidden_activations(evidence):
            if not isinstance(stage.equation, Relu | Relu6):
                continue
            values = stage.value.reshape(-1, stage.value.shape[-1])
            share = float(np.mean(~values.any(axis=0)))
            if share > MOSTLY:
                yield Suspicion(
                    f"{share:.0%} of the units of {stage.layer} are 0 on all of {len(values)} rows",
                    {"share of dead units": share, "rows": len(values)},
                    {"layer": stage.layer, "value": stage.name},
                    revived(evidence),
                )
                return


def revived(evidence: Evidence) -> Callable[[Case], Case]:
    """Usual initializers for all layers, and inputs about 0."""

    def mend(case: Case) -> Case:
        net = case.net.each(drawn_as_usual)
        found = case.designed(net)
        return standardised(found) if far_inputs(evidence) else found

    return mend


def drawn_as_usual(part: Part) -> Part:
    if part.kind not in WEIGHTED or part.layer is not None:
        return part
    return part.changed(kernel_initializer=KEEPS_SIZE, bias_initializer="zeros")


def far_inputs(evidence: Evidence) -> bool:
    """Whether what the first layer of weights reads is far from mean 0 and unit size."""
    first = evidence.first
    if first is None or not first.linear():
        return False
    read = np.asarray(first.before(first.linear()[0]))
    return bool(np.sqrt(np.mean(np.square(read, dtype=np.float64))) > LARGE_INPUT)


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
            if share > MOSTLY:
                yield Suspicion(
                    f"the units of {stage.layer} are saturated on {share:.0%} of rows and units",
                    {"share saturated": share, "mean slope": float(slope.mean())},
                    {"layer": stage.layer, "value": stage.name},
                    revived(evidence),
                )
                return


def gradient_sizes(evidence: Evidence) -> list[tuple[int, str, float]]:
    """The size of each hidden kernel's gradient for what the layer passes on: √k·σ of dW."""
    return [
        (at, each.layer, float(np.sqrt(np.mean(np.square(each.gradient, dtype=np.float64)))))
        for at, each in kernels(evidence)
        if each.gradient is not None
    ]


class VanishingGradients(Check):
    """Gradients vanish on their way to the first layers.

    Each layer passes on a part of the gradient: through many sigmoids next to nothing is left, and
    the first layers do not learn.
    """

    code = "PL306"
    severity = "error"
    sure = False
    after = ("PL301", "PL303", "PL304", "PL305")
    cure = 'Fewer layers, "relu" with kernel_initializer="he_normal", or batch normalisation.'
    confused = "A rate that is too low, which the last layers suffer from as well."
    example = """
net = Sequential(
    [layers.Dense(24, "sigmoid", input_shape=(64,))]
    + [layers.Dense(24, "sigmoid") for _ in range(5)]
    + [layers.Dense(10, "softmax")]
)
net.compile(optimizers.Adam(0.002), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""
    near_miss = """
net = Sequential(
    [layers.Dense(24, "relu", kernel_initializer="he_normal", input_shape=(64,))]
    + [layers.Dense(24, "relu", kernel_initializer="he_normal") for _ in range(5)]
    + [layers.Dense(10, "softmax")]
)
net.compile(optimizers.Adam(0.002), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        sizes = gradient_sizes(evidence)
        if len(sizes) <= DEEP or sizes[-1][2] == 0:
            return
        share = sizes[0][2] / sizes[-1][2]
        if share < VANISHED:
            yield Suspicion(
                f"the gradient of {sizes[0][1]} is {share:.1e} times that of {sizes[-1][1]}",
                {f"size of the gradient of {name}": size for _, name, size in sizes},
                {"layer": sizes[0][1]},
                rectified,
            )


def rectified(case: Case) -> Case:
    """ReLUs, with the start that keeps the size of values."""
    net = case.net
    for at in hidden_at(net):
        net = net.changed(at, activation="relu", kernel_initializer=KEEPS_SIZE)
    return case.designed(net)


class ExplodingGradients(Check):
    """Gradients explode on their way to the first layers.

    Each layer makes them larger: one step moves the first layers so far that nothing of them is
    left.
    """

    code = "PL307"
    severity = "error"
    sure = False
    after = ("PL301", "PL302")
    cure = "Usual initializers, clipping (`global_clipnorm=1.0`), or fewer layers."
    confused = "Inputs or targets that are too large, whose gradients are large in every layer."
    example = """
net = Sequential(
    [
        layers.Dense(
            32, "relu", kernel_initializer=initializers.VarianceScaling(14.0), input_shape=(64,)
        )
    ]
    + [
        layers.Dense(32, "relu", kernel_initializer=initializers.VarianceScaling(14.0))
        for _ in range(5)
    ]
    + [layers.Dense(10, "softmax")]
)
net.compile(optimizers.SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy")
x, y = digits(600)
fit = {"epochs": 20}
"""
    near_miss = """
net = Sequential(
    [layers.Dense(32, "relu", kernel_initializer="he_normal", input_shape=(64,))]
    + [layers.Dense(32, "relu", kernel_initializer="he_normal") for _ in range(5)]
    + [layers.Dense(10, "softmax")]
)
net.compile(optimizers.SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first = evidence.first
        if first is None or len(kernels(evidence)) <= DEEP or evidence.trained:
            return
        sizes = [
            float(np.sqrt(np.mean(np.square(each.value, dtype=np.float64))))
            for each in first.linear()
        ]
        read = float(np.sqrt(np.mean(np.square(first.before(first.linear()[0]), dtype=np.float64))))
        if read > 0 and max(sizes) / read > EXPLODED:
            yield Suspicion(
                f"values grow {max(sizes) / read:,.0f} times from the input to the last layer, "
                "and gradients on the way back",
                {"size of the input": read, "largest size of a layer's values": max(sizes)},
                {},
                revived(evidence),
            )


class FirstLossFar(Check):
    """The first loss is far from that of a network that knows nothing.

    Saying the share of each class for every row costs the entropy of the shares. A first loss of
    several times that is one of being sure and wrong, which has to be unlearnt.
    """

    code = "PL308"
    severity = "error"
    sure = False
    after = ("PL101", "PL103", "PL204", "PL207", "PL208", "PL301", "PL302", "PL310", "PL312")
    cure = "A last layer of usual size, and inputs of mean 0 and deviation 1."
    confused = "A network that has been trained before, on other classes."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", input_shape=(64,)),
        layers.Dense(
            10,
            "softmax",
            kernel_initializer=initializers.RandomNormal(stddev=0.6),
            bias_initializer=initializers.RandomNormal(stddev=20.0),
        ),
    ]
)
net.compile(optimizers.Adam(0.001), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.001), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        first, labels, end = evidence.first, evidence.labels, evidence.ending
        if first is None or labels is None or end is None or not end.of_classes or evidence.trained:
            return
        shares = np.bincount(labels) / len(labels)
        entropy = float(-np.sum(shares[shares > 0] * np.log(shares[shares > 0])))
        if not is_crossentropy(end.loss) or entropy == 0 or not first.loss > FAR * entropy:
            return
        yield Suspicion(
            f"the first loss is {first.loss:.3g}; saying the class shares costs {entropy:.3g}",
            {"first loss": first.loss, "entropy of the class shares": entropy},
            {},
            redrawn([output_at(evidence.case.net)]),
        )


def is_crossentropy(loss: object) -> bool:
    return "crossentropy" in type(loss).__name__.lower()


class DeadInputs(Check):
    """Inputs that the first layer of weights cannot see.

    The columns differ from row to row, and what the first layer reads of them does not: a layer in
    front has made them constant.
    """

    code = "PL315"
    severity = "error"
    sure = True
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


def bare(case: Case) -> Case:
    """Without what changes the inputs before the first layer of weights, and standardised."""
    first = hidden_at(case.net)[0] if hidden_at(case.net) else output_at(case.net)
    kept = (layers.Flatten, layers.Reshape)
    gone = [at for at in range(first) if case.net.parts[at].kind not in kept]
    return standardised(case.designed(case.net.without(*gone)))
