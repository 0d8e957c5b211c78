"""Settings of layers that are looked at when the layer is made: whole numbers, and their like."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np


def is_whole(value: Any, least: int = 1) -> bool:
    """Whether a value is a whole number of at least `least`."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def demand_whole(layer: Any, *names: str, least: int = 1, or_none: bool = False) -> None:
    """Raise an error if one of these settings is no whole number of at least `least`."""
    for name in names:
        value = getattr(layer, name)
        if not (is_whole(value, least) or (or_none and value is None)):
            raise ValueError(
                f"{layer.layer_name}: {name} must be a whole number of {least} or more, "
                f"got {value!r}"
            )


def demand_axes(layer: Any) -> None:
    """Raise an error if `axis` is no axis, and no list of axes of which each is named once."""
    axis = layer.axis
    given = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    if not all(isinstance(each, Integral) and not isinstance(each, bool) for each in given):
        raise TypeError(
            f"{layer.layer_name}: axis is a whole number, or a list of them, got {axis!r}"
        )
    if len(set(given)) < len(given):
        raise ValueError(f"{layer.layer_name}: axis names each axis once, got {axis!r}")


def demand_among(layer: Any, name: str, known: Iterable[Any]) -> None:
    """Raise an error if a setting is none of those that there are."""
    value, names = getattr(layer, name), list(known)
    if value not in names:
        listed = ", ".join(map(repr, names))
        raise ValueError(f"{layer.layer_name}: unknown {name} {value!r}. Known: {listed}")


def demand_flag(layer: Any, name: str) -> None:
    """Raise an error if a setting is neither True nor False."""
    value = getattr(layer, name)
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{layer.layer_name}: {name} is True or False, got {value!r}")


def demand_range(layer: Any, name: str) -> tuple[float, float]:
    """The least and the most that a setting says."""
    given = getattr(layer, name)
    pair = list(given) if isinstance(given, (list, tuple)) else []
    if len(pair) != 2 or not all(isinstance(each, Real) for each in pair):
        raise ValueError(
            f"{layer.layer_name}: {name} are two numbers, the least and the most; got {given!r}"
        )
    return float(min(pair)), float(max(pair))
