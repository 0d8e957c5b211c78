"""The layout of a network: settings of layers that take from them what they are there for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.layout import names
from pellucid.glass.doctor.checks.standstill import as_usual
from pellucid.glass.doctor.checks.twice import two_outputs
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import WEIGHTED, changed, ends_in, output_at
from pellucid.glass.doctor.statistics import root_mean_square

#: how many times as large as what it is added to noise may be, and what it is turned down to
DROWNS, TURNED_DOWN = 0.8, 0.1
#: layers that make up for a bias that is missing
CENTRING = (layers.BatchNormalization, layers.LayerNormalization)


class NoBias(Check):
    """Layers without a bias.

    Where every input is 0 such a layer can say 0 alone, and each of its units bends there: what
    lies elsewhere, as the mean of the targets, is out of its reach.
    """

    code = "PL317"
    severity = "error"
    sure = False
    guessed = True
    cure = "Leave `use_bias=False` out."
    confused = "A layer before a batch normalisation, which has a bias of its own."
    example = """
net = Sequential(
    [
        layers.Dense(24, "relu", use_bias=False, input_shape=(1,)),
        layers.Dense(1, use_bias=False),
    ]
)
net.compile(optimizers.Adam(0.02), "mse")
x = rng.uniform(-2, 2, (400, 1))
y = np.cos(2 * x[:, 0]) + 0.5
fit = {"epochs": 60}
"""
    near_miss = """
net = Sequential(
    [
        layers.Dense(24, "relu", use_bias=False, input_shape=(3,)),
        layers.Dense(1, use_bias=False),
    ]
)
net.compile(optimizers.Adam(0.02), "mse")
x = rng.normal(size=(400, 3))
y = np.abs(x[:, 0]) - np.abs(x[:, 1])
fit = {"epochs": 60}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        after = [each.kind for each in net.parts[1:]] + [None]
        found = [
            at
            for at, (part, kind) in enumerate(zip(net.parts, after, strict=True))
            if part.kind in WEIGHTED and not part.get("use_bias", True) and kind not in CENTRING
        ]
        if found:
            named = [names(net, evidence, at) for at in found]
            yield Suspicion(
                f"{', '.join(named[:5])} {'have' if len(named) > 1 else 'has'} no bias",
                {"layers without a bias": len(found)},
                {"layers": named},
                changed(found, use_bias=True),
            )


class HiddenSoftmax(Check):
    """A softmax in a hidden layer.

    Its units share 1 among them: the more there are the less each says, and one is only large
    where all others are nearly 0. Little of what the layer has read passes on.
    """

    code = "PL318"
    severity = "error"
    sure = False
    cure = 'Give hidden layers "relu", and keep the softmax for the classes at the end.'
    confused = "The weights of an attention, which are to share 1."
    example = """
net = Sequential([layers.Dense(32, "softmax", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential([layers.Dense(32, "relu", input_shape=(64,)), layers.Dense(10, "softmax")])
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net = evidence.case.net
        if not net.straight:
            return
        kinds = (*WEIGHTED, layers.Activation)
        parts = enumerate(net.parts[: output_at(net)])
        found = [at for at, part in parts if part.kind in kinds and ends_in(part, "softmax")]
        if found and (len(found) > 1 or two_outputs(evidence) is None):
            name = names(net, evidence, found[0])
            yield Suspicion(
                f"{name} is a hidden layer, and its activation a softmax",
                {"hidden layers with a softmax": len(found)},
                {"layer": name},
                changed(found, activation="relu"),
                others=(lambda case: as_usual(0.003)(changed(found, activation="relu")(case)),),
            )


class NoiseDrowns(Check):
    """Noise that is as large as what it is added to.

    While training, each batch is drawn so far off that little of the rows is left to be seen.
    """

    code = "PL320"
    severity = "error"
    sure = False
    cure = "Noise of a tenth of the size of the values, or none."
    confused = "Dropout of almost everything, which hides as much."
    example = """
net = Sequential(
    [
        layers.GaussianNoise(4.0, input_shape=(64,)),
        layers.Dense(32, "relu"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential(
    [
        layers.GaussianNoise(0.1, input_shape=(64,)),
        layers.Dense(32, "relu"),
        layers.Dense(10, "softmax"),
    ]
)
net.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy")
x, y = digits(400)
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        net, first = evidence.case.net, evidence.first
        if first is None:
            return
        for at, part in enumerate(net.parts):
            if part.kind is not layers.GaussianNoise:
                continue
            name, noise = names(net, evidence, at), float(part.get("stddev") or 0)
            read = [line.inputs[0] for line in first.forward if line.layer == name]
            values = [first.values[each] for each in read if each.shape and each in first.values]
            size = max((root_mean_square(np.asarray(each)) for each in values[-1:]), default=0.0)
            if size and noise > DROWNS * size:
                yield Suspicion(
                    f"{name} adds noise of size {noise:.3g} to values of size {size:.3g}",
                    {"size of the noise": noise, "size of the values": size},
                    {"layer": name},
                    changed([at], stddev=float(f"{TURNED_DOWN * size:.2g}")),
                )
                return
