"""The configuration of a layer whose class has a constructor of its own: what that was given."""

from __future__ import annotations

import inspect
from typing import Any

from pellucid.settings import plain


def as_given(layer: Any, values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any] | None:
    """What the constructor was given, by name; None where settings say it."""
    kind, make = type(layer), type(layer).__init__
    inherited: list[Any] = [
        each for each in kind.__mro__ if each.__module__.startswith("pellucid.")
    ]
    if make.__module__.startswith("pellucid.") or set(kind._fields) - set(inherited[0]._fields):
        return None
    bound = inspect.signature(make).bind(layer, *values, **named)
    kinds = {each.name: each.kind for each in bound.signature.parameters.values()}
    found: dict[str, Any] = {}
    for name, value in list(bound.arguments.items())[1:]:
        if kinds[name] is inspect.Parameter.VAR_POSITIONAL:
            return None
        found |= value if kinds[name] is inspect.Parameter.VAR_KEYWORD else {name: value}
    if inspect.Parameter.VAR_KEYWORD in kinds.values():
        found |= {"name": layer.name, "trainable": layer.trainable}
    return {name: plain(value) for name, value in found.items()}
