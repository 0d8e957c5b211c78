"""A network in a language beside the network itself: how far off, and whether its test notices.

How far a program may be off `net.predict` is derived (`interop/golden.py`): the outputs are
computed in float64, in float32, and in float32 with every operation rounded otherwise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.interop.export import WRITERS, Asked
from pellucid.interop.golden import Golden, computed, golden_rows, invented
from tests.handing.languages import Language, Rows, flat

#: compiled as a user compiles it, where nothing is to be watched
QUICK = {".c": {"how": ("-O0",)}}
WATCHED = {".c": {"how": ("-O2", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")}}


class Found(NamedTuple):
    """How far off the outputs were, as a share of what they may be; what was wrong, if anything."""

    share: float
    wrong: str = ""


class Swapped(Asked):
    """What is to be written, with golden rows of another network."""

    rows_of: Golden

    def golden(self, held: Any = None) -> Golden:
        return self.rows_of


def compared(net: Any, rows: Rows, language: Language, folder: Path) -> Found:
    """The program beside `net.predict` on rows that it does not carry; and its own test."""
    net.export(folder / f"net{language.ending}")
    ran = language.run(folder, rows, **WATCHED.get(language.ending, {}))
    if not ran.passed:
        return Found(np.inf, ran.said)
    predicted = net.predict(list(rows) if len(rows) > 1 else rows[0], verbose=0)
    predicted = predicted if isinstance(predicted, list) else [predicted]
    golden = golden_rows(net.engine, list(rows))
    off = [
        float(np.abs(mine - flat(his)).max(initial=0)) / bound if bound else 0.0
        for mine, his, bound in zip(ran.outputs, predicted, golden.bounds, strict=True)
    ]
    wrong = "" if max(off) <= 1 else f"off by {max(off):.3g} of what it may be"
    return Found(max(off), wrong)


def with_another_weight(net: Any, rng: np.random.Generator) -> Golden | None:
    """Change one number of the weights by a hundredth of the largest; the golden rows as they were.

    None if that changes no output by as much as rounding may: no test could tell.
    """
    plan, rows = net.engine.plan("predict"), invented(net.engine)
    before = golden_rows(net.engine, rows)
    weights = [each for each in net.weights if each.size]
    weight = weights[int(rng.integers(len(weights)))]
    array = np.array(weight.value)
    at = int(rng.integers(array.size))
    array.reshape(-1)[at] += 0.01 * np.abs(array).max() + 1e-3
    weight.assign(array)
    after = computed(plan, net.engine.memory.arrays(), rows, np.float64)
    triples = zip(after, before.outputs, before.bounds, strict=True)
    told = any(np.abs(new - old).max(initial=0) > 2 * bound for new, old, bound in triples)
    return before if told else None


def notices(net: Any, golden: Golden, language: Language, folder: Path) -> bool:
    """Whether the program of a network fails with the golden rows of another."""
    asked = Swapped(net.engine, "net", "another", golden.inputs)
    asked.rows_of = golden
    for ending, content in WRITERS[language.ending](asked).items():
        (folder / f"net{ending}").write_bytes(content)
    return not language.run(folder, **QUICK.get(language.ending, {})).passed
