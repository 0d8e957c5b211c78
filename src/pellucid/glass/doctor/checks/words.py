"""Rows of numbers of words that a dense layer reads as quantities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Suspicion
from pellucid.glass.doctor.evidence import Evidence

#: the fewest words of a text, the fewest and the most of all that are numbered
TEXT, FEWEST, MOST = 5, 40, 50_000
#: columns that are places of a text reach about as far as one another
ALIKE = 0.5
#: numbers that are kept of each word
KEPT = 8


def of_words(evidence: Evidence) -> Iterator[Suspicion]:
    """Columns of whole numbers that all go as far, in front of a dense layer."""
    x, net = evidence.columns.x, evidence.case.net
    kinds = [each.kind for each in net.parts if each.kind is not layers.InputLayer]
    if not net.chain or kinds[:1] != [layers.Dense] or x.shape[1] < TEXT:
        return
    highest = x.max(axis=0)
    most = int(evidence.x.max())
    if not FEWEST <= most < MOST or evidence.x.min() < 0 or np.any(x != np.round(x)):
        return
    if np.mean(highest > ALIKE * most) > ALIKE:
        yield Suspicion(
            f"rows of {x.shape[1]} whole numbers up to {most}, as those of words are, are read as "
            "quantities",
            {"columns": x.shape[1], "largest": most},
            {"layer": evidence.net.layers[0].layer_name},
            looked_up,
        )


def looked_up(case: Case) -> Case:
    """A table of words in front, and the mean of those that stand in a row."""
    x = np.asarray(case.x)
    table = part(layers.Embedding, input_dim=int(x.max()) + 1, output_dim=KEPT)
    found = case.with_x("{0}.astype(int)", lambda x: np.asarray(x).astype(int))
    shape, _, name = case.net.inputs[0]
    net = replace(case.net, inputs=((shape, "int", name),))
    return found.designed(net.in_front(part(layers.GlobalAveragePooling1D)).in_front(table))
