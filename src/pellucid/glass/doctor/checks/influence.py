"""Inputs and steps without any influence: what a trained network says does not change with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pellucid import layers
from pellucid.glass.doctor.blueprint import Part
from pellucid.glass.doctor.case import Case
from pellucid.glass.doctor.checks.base import Mend, Suspicion
from pellucid.glass.doctor.evidence import Evidence
from pellucid.glass.doctor.mending import RECURRENT
from pellucid.glass.doctor.runs import of_rows

#: rows that are looked at, and the share of them that something else has to change
LOOKED, CHANGED = 64, 0.5
CHOOSING = (layers.Lambda, layers.Cropping1D)


def without_influence(evidence: Evidence) -> Iterator[Suspicion]:
    """Whole inputs, or most steps of sequences, that nothing of the outputs depends on."""
    net, x = evidence.as_it_was_trained, evidence.case.x
    if net is None or evidence.large or not evidence.as_it_is.worked:
        return
    x = of_rows(x, evidence.rows[:LOOKED])
    if isinstance(x, tuple):
        yield from of_inputs(evidence, net, x)
    elif isinstance(x, np.ndarray) and x.ndim == 3 and x.shape[1] > 2 and x.dtype.kind in "biuf":
        yield from of_steps(evidence, net, x)


def of_inputs(evidence: Evidence, net: Any, x: tuple[Any, ...]) -> Iterator[Suspicion]:
    said = outputs(net, x)
    changes = [
        changed(net, said, (*x[:at], np.roll(each, 1, axis=0), *x[at + 1 :]))
        for at, each in enumerate(x)
        if isinstance(each, np.ndarray) and np.ptp(each, axis=0).any()
    ]
    dead = [at for at, share in enumerate(changes) if share == 0]
    if len(changes) == len(x) and dead and max(changes) > CHANGED:
        yield Suspicion(
            f"input {dead[0]} has no influence: with those of other rows the outputs are the same",
            {"inputs": len(x), "of which without influence": len(dead)},
            {"inputs": dead},
            switched_on(evidence.case),
        )


def of_steps(evidence: Evidence, net: Any, x: np.ndarray) -> Iterator[Suspicion]:
    steps, said = x.shape[1], outputs(net, x)
    parts = ((0, steps - 1), (1, steps), (0, steps // 2), (steps // 2, steps))
    for first, end in parts:
        other, rest = x.copy(), np.roll(x, 1, axis=0)
        other[:, first:end] = rest[:, first:end]
        rest[:, first:end] = x[:, first:end]
        if not np.array_equal(other, x) and changed(net, said, other) == 0:
            if changed(net, said, rest) > CHANGED:
                yield Suspicion(
                    f"steps {first} to {end - 1} of {steps} have no influence on the outputs",
                    {"steps": steps, "of which without influence": end - first},
                    {"layer": evidence.net.layers[0].layer_name},
                    last_taken(evidence.case),
                )
            return


def changed(net: Any, said: np.ndarray, other: Any) -> float:
    """The share of the rows for which the outputs are not those that were said."""
    return float(np.mean((said != outputs(net, other)).any(axis=1)))


def outputs(net: Any, x: Any) -> np.ndarray:
    said = net.predict(list(x) if isinstance(x, tuple) else x, verbose=0)
    several = said if isinstance(said, (list, tuple)) else [said]
    return np.concatenate([np.asarray(each).reshape(len(each), -1) for each in several], axis=1)


def switched_on(case: Case) -> Mend | None:
    """A mend: what is multiplied by 0 is passed on; None where nothing is."""

    def nought(each: Part) -> bool:
        return each.kind is layers.Rescaling and not np.any(each.get("scale", 1.0))

    def change(each: Part) -> Part:
        return each.changed(scale=1.0) if nought(each) else each

    if not any(map(nought, case.net.parts)):
        return None
    return lambda case: case.designed(case.net.each(change))


def last_taken(case: Case) -> Callable[[Case], Case] | None:
    """A mend: the recurrent layer gives its last state; None where no layer chooses of all."""
    parts = case.net.parts
    for at in range(len(parts) - 1):
        kept = parts[at].kind in RECURRENT and parts[at].get("return_sequences")
        if case.net.chain and kept and parts[at + 1].kind in CHOOSING:
            return lambda case: case.designed(
                case.net.changed(at, return_sequences=False).without(at + 1)
            )
    return None
