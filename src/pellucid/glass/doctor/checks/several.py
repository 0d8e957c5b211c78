"""Several inputs: whether one of them is on another scale than the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import Blueprint, Part, moved
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Mend, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.statistics import root_mean_square

#: how many times as large as another input one is, and how large it is, at the least
APART, LARGE = 100.0, 30.0
#: layers that bring what they read to a scale, or read whole numbers as such
SCALING = (
    layers.Normalization,
    layers.Rescaling,
    layers.BatchNormalization,
    layers.LayerNormalization,
    layers.Embedding,
    layers.Lambda,
)


def of_several(evidence: Evidence) -> Iterator[Suspicion]:
    """An input far larger than another, which no layer brings to a scale."""
    x = evidence.x
    if not isinstance(x, tuple) or evidence.error is not None:
        return
    plain = [at for at in range(len(x)) if read_as_it_is(evidence, at)]
    sizes = {at: size for at in plain if (size := size_of(x[at][evidence.sample])) > 0}
    if len(sizes) < 2:
        yield from of_one(evidence, sizes)
        return
    large, small = max(sizes, key=sizes.__getitem__), min(sizes, key=sizes.__getitem__)
    if sizes[large] > LARGE and sizes[large] > APART * sizes[small]:
        yield Suspicion(
            f"input {large} is about {sizes[large] / sizes[small]:,.0f} times as large as input "
            f"{small}",
            {f"size of input {at}": size for at, size in sizes.items()},
            {"inputs": [large, small]},
            standardised_at(large, key_of(evidence, large)),
        )


def of_one(evidence: Evidence, sizes: dict[int, float]) -> Iterator[Suspicion]:
    """The one input that is read as it comes, beside others that are looked up or scaled."""
    for at, size in sizes.items():
        if size > LARGE:
            yield Suspicion(
                f"input {at} has size {size:,.3g}, and the others are brought to about 1",
                {f"size of input {at}": size},
                {"inputs": [at]},
                standardised_at(at, key_of(evidence, at)),
            )


def read_as_it_is(evidence: Evidence, at: int) -> bool:
    """Whether an input of numbers is read by layers that take them as they are."""
    net = evidence.case.net
    kinds = [net.parts[called].kind for called, read in net.calls if -1 - at in read]
    return net.inputs[at][1] != "int" and not any(issubclass(kind, SCALING) for kind in kinds)


def size_of(x: np.ndarray) -> float:
    """The root of the mean square of an array of numbers; 0 of what is none."""
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "biuf" or not np.isfinite(x).all():
        return 0.0
    return root_mean_square(x)


def key_of(evidence: Evidence, at: int) -> str:
    """By what the input is found in x as it was given: its name, or its number."""
    name = evidence.net.inputs[at].name
    return repr(name) if isinstance(evidence.given[0], dict) else str(at)


def standardised_at(at: int, key: str) -> Mend:
    """A mend: a layer that gives each column of this input mean 0 and deviation 1."""

    def mend(case: Case) -> Case:
        scale = layers.Normalization()
        scale.adapt(np.asarray(case.x[at]))
        lines = ("scale = layers.Normalization()", f"scale.adapt(x[{key}])")
        first = Part(layers.Normalization, {}, None, scale, "scale", lines)
        return case.designed(before_all(case.net, at, first))

    return mend


def before_all(net: Blueprint, at: int, first: Part) -> Blueprint:
    """With a part between an input and all that reads it."""
    calls: list[tuple[int, tuple[int, ...]]] = [(0, (-1 - at,))]
    for called, read in net.calls:
        given = tuple(0 if each == -1 - at else moved(each) for each in read)
        calls.append((called + 1, given))
    outputs = tuple(0 if each == -1 - at else moved(each) for each in net.outputs)
    return replace(net, parts=(first, *net.parts), calls=tuple(calls), outputs=outputs)
