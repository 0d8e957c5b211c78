"""Rows of numbers of words that a dense layer reads as quantities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Mend, Suspicion
from pellucid.glass.doctor.checks.finite import FEW_COLUMNS
from pellucid.glass.doctor.evidence import Evidence

#: the fewest words of a text, the fewest and the most of all that are numbered
TEXT, FEWEST, MOST = 5, 40, 50_000
#: the most words of a text, and how much places of a longer one may have in common with the next
LONGEST, ALONE = 600, 0.2
#: columns that are places of a text reach about as far as one another
ALIKE = 0.5
#: numbers that are kept of each word
KEPT = 8
#: layers that make the numbers smaller, and leave them quantities
SCALING = (layers.Rescaling, layers.Normalization, layers.BatchNormalization)
#: the least number but 0 is one of the first words, and how far others are from whole ones
FIRST_WORDS, WHOLE = 5, 0.02


def of_words(evidence: Evidence) -> Iterator[Suspicion]:
    """Columns of whole numbers that all go as far, also scaled, in front of a dense layer."""
    x, net = evidence.columns.x, evidence.case.net
    kinds = [each.kind for each in net.parts if each.kind is not layers.InputLayer]
    scaled = [at for at, each in enumerate(net.parts) if each.kind in SCALING]
    first = kinds[1:2] if kinds and kinds[0] in SCALING else kinds[:1]
    if not net.chain or first != [layers.Dense] or not TEXT <= x.shape[1] <= LONGEST:
        return
    times = made_whole(x)
    if times is None or evidence.x.min() < 0 or (x.shape[1] > FEW_COLUMNS and not apart(x)):
        return
    most = round(float(evidence.x.max()) * times)
    if FEWEST <= most < MOST and np.mean(x.max(axis=0) * times > ALIKE * most) > ALIKE:
        gone = scaled[:1] if kinds[0] in SCALING else []
        yield Suspicion(
            f"rows of {x.shape[1]} {'whole numbers' if times == 1 else 'scaled whole numbers'} up "
            f"to {most}, as those of words are, are read as quantities",
            {"columns": x.shape[1], "largest": most},
            {"layer": evidence.net.layers[0].layer_name},
            looked_up(times, gone),
        )


def made_whole(x: np.ndarray) -> float | None:
    """What numbers are to be multiplied by so that all of them are whole; None if nothing does.

    The least of them but 0 is one of the first words.
    """
    values = np.unique(x)
    values = values[values > 0].astype(np.float64)
    if not len(values):
        return None
    if np.array_equal(values, np.round(values)):
        return 1.0
    for word in range(1, FIRST_WORDS + 1):
        numbers = values * word / values[0]
        if numbers[-1] < MOST and np.abs(numbers - np.round(numbers)).max() < WHOLE:
            return float(f"{word / values[0]:.6g}")
    return None


def apart(x: np.ndarray) -> bool:
    """Whether places say nothing of those beside them, as pixels do."""
    there = x - x.mean(axis=0)
    size = np.sqrt(np.square(there).mean(axis=0))
    together = (there[:, 1:] * there[:, :-1]).mean(axis=0)
    of_both = size[1:] * size[:-1]
    known = of_both > 0
    return bool(known.any() and np.abs(together[known] / of_both[known]).mean() < ALONE)


def looked_up(times: float, gone: list[int]) -> Mend:
    """A table of words in front, and the mean of those that stand in a row."""
    said = "{0}.astype(int)" if times == 1 else f"np.round({{0}} * {times:g}).astype(int)"

    def numbers(x: np.ndarray) -> np.ndarray:
        return np.round(np.asarray(x) * times).astype(int)

    def mend(case: Case) -> Case:
        found = case.with_x(said, numbers)
        highest = int(np.max(found.x))
        table = part(layers.Embedding, input_dim=highest + 1, output_dim=KEPT)
        shape, _, name = case.net.inputs[0]
        net = replace(case.net.without(*gone), inputs=((shape, "int", name),))
        return found.designed(net.in_front(part(layers.GlobalAveragePooling1D)).in_front(table))

    return mend
