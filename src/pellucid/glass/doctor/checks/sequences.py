"""Sequences: padding that is read as if it meant something, and states that forget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import Part, part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Check, Suspicion
from pellucid.glass.doctor.checks.rates import RateTooLow
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import RECURRENT

#: the share of steps that is padding, from which on it is looked at, and rows that are looked at
PADDED, LOOKED = 0.25, 1000
#: steps over which a simple recurrence forgets
LONG = 12
#: and one with gates; and the bias of a gate below which next to nothing of the state is kept
LONG_GATED, FORGETS = 30, -2.0
GATED = (layers.LSTM, layers.GRU)
#: the settings that layers which carry gates have as well
KEPT = ("units", "return_sequences", "go_backwards", "name")


class PaddingRead(Check):
    """Padding at the end of sequences is read like everything else.

    A recurrent layer walks through the zeros after the last word: what it says at the end is what
    is left of the sequence behind all of them.
    """

    code = "PL226"
    severity = "error"
    sure = False
    cure = "`layers.Embedding(…, mask_zero=True)`, `layers.Masking()`, or padding in front."
    confused = "A number 0 that is a word of its own: number words from 1 on."
    example = """
net = Sequential(
    [
        layers.Input((24,), dtype="int64"),
        layers.Embedding(20, 8),
        layers.SimpleRNN(12),
        layers.Dense(1, "sigmoid"),
    ]
)
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x, y = rng.integers(1, 20, (500, 24)), rng.integers(0, 2, 500)
length = rng.integers(2, 7, 500)
x[np.arange(24) >= length[:, None]] = 0
x[np.arange(500), length - 1] = np.where(y, rng.integers(1, 10, 500), rng.integers(10, 20, 500))
fit = {"epochs": 12}
"""
    near_miss = """
net = Sequential(
    [
        layers.Input((24,), dtype="int64"),
        layers.Embedding(20, 8, mask_zero=True),
        layers.SimpleRNN(12),
        layers.Dense(1, "sigmoid"),
    ]
)
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x, y = rng.integers(1, 20, (500, 24)), rng.integers(0, 2, 500)
length = rng.integers(2, 7, 500)
x[np.arange(24) >= length[:, None]] = 0
x[np.arange(500), length - 1] = np.where(y, rng.integers(1, 10, 500), rng.integers(10, 20, 500))
fit = {"epochs": 12}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        parts = evidence.case.net.parts
        read = any(each.kind in (*RECURRENT, layers.Bidirectional) for each in parts)
        if not evidence.plain or not read:
            return
        kinds = [each.kind for each in parts]
        if layers.Masking in kinds or any(each.get("mask_zero") for each in parts):
            return
        words = layers.Embedding in kinds
        number = 0.0 if words else filling(evidence.x[:LOOKED])
        share = padding(evidence.x[:LOOKED], 2 if words else 3, number)
        if share > PADDED:
            yield Suspicion(
                f"{share:.0%} of the steps are {number:g} behind the end of their sequence, and "
                "are read",
                {"share of steps": share},
                {"layer": evidence.net.layers[0].layer_name},
                masked if words else masked_in_front(number),
            )


def filling(x: np.ndarray) -> float:
    """The number that most sequences of numbers end with."""
    values, counts = np.unique(x[:, -1].reshape(-1), return_counts=True)
    return float(values[counts.argmax()])


def padding(x: np.ndarray, axes: int, number: float) -> float:
    """The share of the steps that are this number, up to the end of a row."""
    if x.ndim != axes:
        return 0.0
    full = x != number if axes == 2 else (x != number).any(axis=2)
    behind = np.cumprod(~full[:, ::-1], axis=1)
    return float(behind.mean())


def masked(case: Case) -> Case:
    """Word 0 is padding."""

    def change(each: Part) -> Part:
        return each.changed(mask_zero=True) if each.kind is layers.Embedding else each

    return case.designed(case.net.each(change))


def masked_in_front(number: float) -> Callable[[Case], Case]:
    """Steps of nothing but this number are padding."""
    given = {"mask_value": number} if number else {}
    return lambda case: case.designed(case.net.in_front(part(layers.Masking, **given)))


class Forgets(Check):
    """A simple recurrence forgets the beginning of long sequences.

    Its state is squeezed through a tanh at every step, and the gradient with it: of what was read
    a dozen steps ago next to nothing comes back.
    """

    code = "PL417"
    severity = "error"
    sure = False
    guessed = True
    outdoes = False
    share = 0.25
    after = tuple(code for code in (*RateTooLow.after, "PL226", "PL401") if code != "PL417")
    cure = "`layers.LSTM` or `layers.GRU`, whose gates keep a state as it is."
    confused = "Too few epochs, in which no recurrence learns to look back."
    example = """
net = Sequential([layers.SimpleRNN(8, input_shape=(40, 2)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x, y = rng.normal(size=(500, 40, 2)), rng.integers(0, 2, 500)
x[:, 0, 1] = 6 * y - 3
fit = {"epochs": 15}
"""
    near_miss = """
net = Sequential([layers.SimpleRNN(8, input_shape=(40, 2)), layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x, y = rng.normal(size=(500, 40, 2)), rng.integers(0, 2, 500)
x[:, 38, 1] = 6 * y - 3
fit = {"epochs": 15}
"""

    def look(self, evidence: Evidence) -> Iterator[Suspicion]:
        if not evidence.plain or evidence.first is None:
            return
        simple = [each for each in evidence.net.layers if isinstance(each, layers.SimpleRNN)]
        steps = evidence.x.shape[1]
        if simple and steps >= LONG:
            yield Suspicion(
                f"{simple[0].layer_name} carries its state through {steps} steps without gates",
                {"steps": int(steps)},
                {"layer": simple[0].layer_name},
                gated(layers.LSTM),
                others=(gated(layers.GRU), lambda case: backwards(gated(layers.GRU)(case))),
            )
        yield from closed(evidence)
        gates = [each for each in evidence.net.layers if isinstance(each, GATED)]
        if gates and not simple and steps >= LONG_GATED:
            yield Suspicion(
                f"{gates[0].layer_name} has to carry its state through {steps} steps",
                {"steps": int(steps)},
                {"layer": gates[0].layer_name},
                backwards,
            )


def closed(evidence: Evidence) -> Iterator[Suspicion]:
    """An LSTM whose gates start by forgetting: the bias of f, the second of i, f, g, o."""
    for each in evidence.net.layers:
        if not isinstance(each, layers.LSTM) or len(each.weights) < 3:
            continue
        bias = np.asarray(each.weights[2].value).reshape(4, -1)[1]
        if bias.mean() < FORGETS:
            yield Suspicion(
                f"the gates of {each.layer_name} start by forgetting: a bias of "
                f"{bias.mean():.3g} keeps {1 / (1 + np.exp(-bias.mean())):.1g} of the state",
                {"mean bias of the gates": float(bias.mean())},
                {"layer": each.layer_name},
                opened,
            )


def opened(case: Case) -> Case:
    """LSTMs that start by remembering."""

    def change(each: Part) -> Part:
        usual = {"bias_initializer": "zeros", "unit_forget_bias": True}
        return each.changed(**usual) if each.kind is layers.LSTM else each

    return case.designed(case.net.each(change))


def backwards(case: Case) -> Case:
    """The last recurrent layer reads from the end, so that it has just read the beginning."""
    net = case.net
    found = [at for at, each in enumerate(net.parts) if each.kind in RECURRENT]
    now = bool(net.parts[found[-1]].get("go_backwards"))
    return case.designed(net.changed(found[-1], go_backwards=not now))


def gated(kind: type[layers.Layer]) -> Callable[[Case], Case]:
    """A mend: the same layers with gates."""

    def change(each: Part) -> Part:
        if each.kind is not layers.SimpleRNN:
            return each
        kept = {name: value for name, value in each.settings.items() if name in KEPT}
        return replace(each, kind=kind, settings=kept, layer=None)

    return lambda case: case.designed(case.net.each(change))
