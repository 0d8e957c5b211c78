"""Settings out of a file, compared with the types that their class says they have."""

from __future__ import annotations

import functools
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pellucid.foreign import brief

types_of = functools.cache(get_type_hints)
#: whole numbers are below, so that arrays can hold them
MOST = 1 << 63


def check_settings(of: type, config: Any) -> None:
    """Refuse a configuration in which a setting is no such data as the class says."""
    if not isinstance(config, dict):
        raise TypeError(f"{of.__name__} has the settings {brief(config, 60)}")
    for name, kind in types_of(of).items():
        if name in config and not suits(config[name], kind):
            raise TypeError(f"{of.__name__} has {name} = {brief(config[name], 60)}")


def suits(value: Any, kind: Any) -> bool:
    """Whether plain data are what a type such as `list[str | None]` says; classes are looked up
    by others.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(suits(value, each) for each in inner)
    if origin is list:
        return isinstance(value, list) and all(suits(each, inner[0]) for each in value)
    if origin is dict:
        return isinstance(value, dict) and all(
            suits(key, inner[0]) and suits(held, inner[1]) for key, held in value.items()
        )
    if kind in (int, float) and type(value) is int:
        return abs(value) < MOST
    if kind in (str, int, float, bool, NoneType):
        return type(value) is kind
    return True
