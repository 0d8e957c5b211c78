"""Numbers that multiply the learning rate and the weight decay of single weights of a layer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

from pellucid.settings import nearest

#: a number for every weight of a layer, or for some by their names
Multipliers = float | Mapping[str, float] | None


def multiplier(layer: Any, setting: str, name: str) -> float:
    """What the layer's `rates`, or `decays`, say of the weight of this name."""
    given = getattr(layer, setting)
    value = given.get(name, 1.0) if isinstance(given, Mapping) else given
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < math.inf:
        raise ValueError(
            f"{layer.layer_name}: {setting} are finite numbers of 0 or more, got {value!r}; "
            f"write {setting}=0.1, or {setting}={{{name!r}: 0.1}}"
        )
    return float(value)


def check_names(layer: Any, given: float | Mapping[str, float], setting: str) -> None:
    known = [weight.name for weight in layer.weights]
    for name in given if isinstance(given, Mapping) else ():
        if name not in known:
            raise ValueError(
                f"{layer.layer_name}: {setting} name {name!r}, which it has not: "
                f"{nearest(name, known)}"
            )
