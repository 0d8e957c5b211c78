"""Numbers that multiply the learning rate and the weight decay of single weights of a layer."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

from pellucid.settings import nearest

#: a number for every weight of a layer, or for some by their names
Multipliers = float | Mapping[str, float] | None


#: the product of two goes into a number of four bytes
MOST = 1e18


def multiplier(layer: Any, setting: str, name: str) -> float:
    """What the layer's `rates`, or `decays`, say of the weight of this name."""
    given = getattr(layer, setting)
    value: Any = given.get(name, 1.0) if isinstance(given, Mapping) else given
    if value is None:
        return 1.0
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MOST:
        raise ValueError(
            f"{layer.layer_name}: {setting} are numbers from 0 to {MOST:g}, got {value!r}; "
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
