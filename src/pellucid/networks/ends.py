"""What a network takes and gives where it is a dictionary: inputs and outputs, each by its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.settings import nearest

#: the keys of a dictionary, in its order; None where there is no dictionary
Keys = tuple[str, ...] | None


def keys_of(given: Any) -> Keys:
    """The keys by which tensors were given, if they were given so."""
    if not isinstance(given, Mapping):
        return None
    for key in given:
        if not isinstance(key, str):
            raise TypeError(f"inputs and outputs are called by text, got the key {key!r}")
    return tuple(given)


def listed(given: Any) -> list[Any]:
    """Tensors or shapes as a list: of a list, of a dictionary, or of one alone."""
    if isinstance(given, Mapping):
        return list(given.values())
    return list(given) if isinstance(given, (list, tuple)) else [given]


def in_order(given: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    """The values of a dictionary in the order of a network's inputs."""
    for name in names:
        if name not in given:
            raise ValueError(f"there is no entry for the input {name!r}: {nearest(name, given)}")
    unknown = [key for key in given if key not in names]
    if unknown:
        raise ValueError(f"there is no input {unknown[0]!r}: {nearest(str(unknown[0]), names)}")
    return [given[name] for name in names]


def by_key(found: Any, keys: Keys) -> Any:
    """What a network gives, as a dictionary where its outputs were given as one."""
    if keys is None:
        return found
    return dict(zip(keys, found if isinstance(found, list) else [found], strict=True))


def keys_as_data(network: Any) -> dict[str, list[str]]:
    """The keys of a network, as its configuration has them."""
    ends = {"input_keys": network.input_keys, "output_keys": network.output_keys}
    return {name: list(keys) for name, keys in ends.items() if keys is not None}
