"""The layout of a network: hidden layers that carry next to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pellucid import layers
from pellucid.equations.shape import Reshape
from pellucid.glass.doctor.blueprint import Blueprint, Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.layout import names
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.first import LINEAR
from pellucid.glass.doctor.mending import RECURRENT, WEIGHTED, changed, hidden_at, output_at
from pellucid.tensor import Line, Tensor

#: layers that are linear in what they read, or change its shape alone
PASSING = (
    layers.Dropout,
    layers.Flatten,
    layers.Reshape,
    layers.BatchNormalization,
    layers.GaussianNoise,
    layers.AveragePooling1D,
    layers.AveragePooling2D,
    layers.GlobalAveragePooling1D,
    layers.GlobalAveragePooling2D,
)
#: layers whose own linear maps are there to be multiplied by one another
MIXING = (layers.MultiHeadAttention, layers.GroupQueryAttention)
#: a bottleneck of one is a layer of one unit between layers of so many
WIDE = 3
#: a table of so many entries, and how many numbers are tried for each
TABLE, NUMBERS = 8, 6
#: what a layer calls how many numbers it passes on
WIDTH = dict.fromkeys(WEIGHTED, "filters") | dict.fromkeys((layers.Dense, *RECURRENT), "units")


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
        hidden = set(hidden_at(net))
        for at, part in enumerate(net.parts[: output_at(net)]):
            if (at in hidden or part.kind in RECURRENT) and part.get(WIDTH[part.kind]) == 1:
                name = names(net, evidence, at)
                units = sensible_width(net)
                yield Suspicion(
                    f"one number is all that {name} passes on",
                    {"units": 1},
                    {"layer": name},
                    widened(at, units),
                )
        yield from self.of_tables(evidence)

    def of_tables(self, evidence: Evidence) -> Iterator[Suspicion]:
        """Tables that keep one number for each entry, though there are many."""
        net = evidence.case.net
        parts = enumerate(net.parts)
        found = [at for at, part in parts if part.kind is layers.Embedding and alone(part)]
        if found:
            named = [names(net, evidence, at) for at in found]
            yield Suspicion(
                f"one number is all that {', '.join(named[:5])} keeps of each entry",
                {"output_dim": 1},
                {"layers": named},
                changed(found, output_dim=NUMBERS),
            )


def alone(part: Part) -> bool:
    """Whether a table of many entries has one number for each."""
    return part.get("output_dim") == 1 and (part.get("input_dim") or 0) >= TABLE


def sensible_width(net: Blueprint) -> int:
    """As many units as the narrowest hidden layer of several has."""
    found = [net.parts[at].get("units", 0) for at in hidden_at(net)]
    return max(8, min([each for each in found if each and each >= WIDE] or [16]))


def widened(at: int, units: int) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        name = WIDTH[case.net.parts[at].kind]
        return case.designed(case.net.changed(at, **{name: units}))

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
        if first is None:
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
    linear = {line.output: line for line in first.forward if isinstance(line.equation, LINEAR)}
    writers = {line.output: line for line in first.forward}
    passing = {each.layer_name for each in evidence.net.layers if isinstance(each, PASSING)}
    mixing = {each.layer_name for each in evidence.net.layers if isinstance(each, MIXING)}
    read = {
        above(line.inputs[0], writers, passing)
        for line in linear.values()
        if line.layer not in mixing
    }
    straight = {linear[tensor].layer for tensor in read if tensor in linear}
    return [
        at
        for at in hidden_at(net)
        if names(net, evidence, at) in straight and net.parts[at].kind in WEIGHTED
    ]


def above(tensor: Tensor, writers: dict[Tensor, Line], passing: set[str]) -> Tensor:
    """What a value is made of, before layers that bend nothing."""
    while (line := writers.get(tensor)) is not None and (
        line.layer in passing or isinstance(line.equation, Reshape)
    ):
        values = [each for each in line.inputs if each.role != "parameter"]
        if not values:
            break
        tensor = values[0]
    return tensor


def activated(found: list[int]) -> Callable[[Case], Case]:
    def mend(case: Case) -> Case:
        net = case.net
        for at in found:
            net = net.changed(at, activation="relu")
        return case.designed(net)

    return mend
