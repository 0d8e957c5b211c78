"""The first state: how gradients pass through the layers, and the first loss."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.units import KEEPS_SIZE, fades, revived
from pellucid.glass.doctor.checks.weights import kernels, redrawn
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.first import First
from pellucid.glass.doctor.mending import hidden_at, output_at, with_adam
from pellucid.glass.doctor.statistics import root_mean_square

#: by what factor gradients may change from the last hidden layer to the first
VANISHED, EXPLODED = 1e-2, 2e2
#: the fewest hidden layers through which a gradient can be said to vanish
DEEP = 3
#: how many times the loss of always saying the class shares the first loss may be
FAR, CERTAINLY = 3.0, 12.0
#: how many times the size of the targets outputs may start at
OFF_TARGET = 6.0


def gradient_sizes(evidence: Evidence) -> list[tuple[int, str, float]]:
    """The size of each hidden kernel's gradient for what the layer passes on: √k·σ of dW."""
    return [
        (at, each.layer, root_mean_square(each.gradient))
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
    after = ("PL301", "PL303", "PL304", "PL305", "PL318")
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
        if len(sizes) <= DEEP:
            return
        if fades(evidence):
            yield self.of_values(evidence)
            return
        if 0 in (sizes[0][2], sizes[-1][2]):
            return
        share = sizes[0][2] / sizes[-1][2]
        if share < VANISHED:
            yield Suspicion(
                f"the gradient of {sizes[0][1]} is {share:.1e} times that of {sizes[-1][1]}",
                {f"size of the gradient of {name}": size for _, name, size in sizes},
                {"layer": sizes[0][1]},
                rectified,
                others=(rectified_with_adam,),
            )

    def of_values(self, evidence: Evidence) -> Suspicion:
        """Values that shrink from layer to layer, and the gradient with them on its way back."""
        assert evidence.first is not None
        stages = evidence.first.linear()[:-1]
        sizes = [root_mean_square(each.value) for each in stages]
        return Suspicion(
            f"values shrink from {max(sizes):.2g} to {sizes[-1]:.1e} in {len(sizes)} layers, and "
            "gradients on the way back",
            {"largest size of a layer's values": max(sizes), "size of the last": sizes[-1]},
            {"layer": stages[-1].layer},
            rectified,
            others=(revived(evidence), rectified_with_adam),
        )


def rectified(case: Case) -> Case:
    """ReLUs, with the start that keeps the size of values."""
    net = case.net
    for at in hidden_at(net):
        net = net.changed(at, activation="relu", kernel_initializer=KEEPS_SIZE)
    return case.designed(net)


def rectified_with_adam(case: Case) -> Case:
    """The same, and a rate that does not depend on what was right for gradients that vanish."""
    return with_adam()(rectified(case))


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
        for _ in range(7)
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
    + [layers.Dense(32, "relu", kernel_initializer="he_normal") for _ in range(7)]
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
        sizes = [root_mean_square(each.value) for each in first.linear()]
        read = root_mean_square(first.before(first.linear()[0]))
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
    several times that is one of being sure and wrong, which has to be unlearnt; so have outputs
    that start far beyond all numbers to be hit.
    """

    code = "PL308"
    severity = "error"
    sure = False
    after = (
        *("PL101", "PL103", "PL204", "PL207", "PL208", "PL210", "PL301", "PL302"),
        *("PL307", "PL310", "PL312", "PL316", "PL411"),
    )
    cure = "A last layer of usual size, and inputs of mean 0 and deviation 1."
    confused = "A network that has been trained before, on other classes."
    example = """
net = Sequential(
    [
        layers.Dense(32, "relu", input_shape=(64,)),
        layers.Dense(
            10,
            "softmax",
            kernel_initializer=initializers.RandomNormal(stddev=0.4),
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
        if evidence.task == "numbers":
            yield from self.of_numbers(evidence)
        if first is None or labels is None or end is None or not end.of_classes or evidence.trained:
            return
        shares = np.bincount(labels) / len(labels)
        entropy = float(-np.sum(shares[shares > 0] * np.log(shares[shares > 0])))
        loss = first.of_targets
        if not is_crossentropy(end.loss) or entropy == 0 or not loss > FAR * entropy:
            return
        yield Suspicion(
            f"the first loss is {loss:.3g}; saying the class shares costs {entropy:.3g}",
            {"first loss": loss, "entropy of the class shares": entropy},
            {},
            redrawn([output_at(evidence.case.net)]),
            sure=(loss > CERTAINLY * entropy and loud_end(first)) or None,
        )

    def of_numbers(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Outputs that begin far from where the targets lie, and these lie about 0."""
        first, y = evidence.first, evidence.y
        if first is None or y is None or evidence.trained or len(first.plan.outputs) != 1:
            return
        if y.dtype.kind not in "biuf":
            return
        said, size = root_mean_square(first.values[first.plan.outputs[0]]), root_mean_square(y)
        if said > OFF_TARGET * max(size, float(y.std())) > 0:
            yield Suspicion(
                f"the outputs start at size {said:.3g}, and the targets are of size {size:.3g}",
                {"size of the first outputs": said, "size of the targets": size},
                {},
                redrawn([output_at(evidence.case.net)]),
            )


def loud_end(first: First) -> bool:
    """Whether it is the last layer that makes large values, and not what it reads."""
    stages = first.linear()
    if not stages:
        return False
    read, said = map(root_mean_square, (first.before(stages[-1]), stages[-1].value))
    return said > FAR * max(read, 1.0)


def is_crossentropy(loss: object) -> bool:
    return "crossentropy" in type(loss).__name__.lower()
