"""What a network takes and gives where it is several arrays: lists, dictionaries, nested ones.

A tree has, where a tensor was given, its number among all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Union

from pellucid.settings import nearest

#: the number of a tensor, or what holds several
Tree = Union[int, Sequence["Tree"], Mapping[str, "Tree"]]  # noqa: UP007


def tree_of(given: Any) -> Tree | None:
    """How tensors, or shapes, were given; None of one by itself and of a list of them."""
    if is_leaf(given) or (len(given) == 1 and not isinstance(given, Mapping)):
        return None if is_leaf(given) or is_leaf(given[0]) else numbered(given, count())
    flat = type(given) is list and all(map(is_leaf, given))
    return None if flat else numbered(given, count())


def tree_of_inputs(given: Any) -> Tree | None:
    """The same of inputs, for which a tuple is a list."""
    return tree_of(list(given) if isinstance(given, tuple) and not is_leaf(given) else given)


def numbered(given: Any, numbers: Iterator[int]) -> Tree:
    if is_leaf(given):
        return next(numbers)
    return like(given, [numbered(each, numbers) for each in parts(given)])


def is_leaf(given: Any) -> bool:
    """Whether it is one tensor, or one shape, or one array."""
    if isinstance(given, (list, tuple)):
        return bool(given) and all(each is None or type(each) is int for each in given)
    return not isinstance(given, Mapping)


def parts(given: Any) -> list[Any]:
    """What a dictionary, a list or a tuple holds."""
    if isinstance(given, Mapping):
        for key in given:
            if not isinstance(key, str):
                raise TypeError(f"inputs and outputs are called by text, got the key {key!r}")
        return list(given.values())
    return list(given)


def like(given: Any, parts: list[Any]) -> Any:
    """A dictionary, list or tuple as the one that is given, of other parts."""
    if isinstance(given, Mapping):
        return dict(zip(given, parts, strict=True))
    if isinstance(given, tuple):
        return type(given)(*parts) if hasattr(given, "_fields") else tuple(parts)
    return parts


def listed(given: Any) -> list[Any]:
    """All tensors, or shapes, in the order in which one meets them."""
    return [given] if is_leaf(given) else [leaf for each in parts(given) for leaf in listed(each)]


def places(tree: Tree) -> list[int]:
    """The numbers in a tree, in their order."""
    return [tree] if isinstance(tree, int) else [at for each in parts(tree) for at in places(each)]


def packed(found: Any, tree: Tree | None) -> Any:
    """One value or a list of them, put together as the tree says."""
    if tree is None:
        return found
    values = found if isinstance(found, list) else [found]
    if isinstance(tree, int):
        return values[tree]
    return like(tree, [packed(values, each) for each in parts(tree)])


def unpacked(given: Any, tree: Tree, what: str, path: str = "") -> list[Any]:
    """The values in the order of a tree; of a list the values themselves, where as many are asked.

    `what` is what an error calls them.
    """
    if isinstance(tree, int):
        return [given]
    several = isinstance(given, (list, tuple)) and len(given) == len(places(tree))
    if several and not any(isinstance(each, (Mapping, list, tuple)) for each in given):
        return list(given)
    if isinstance(tree, Mapping):
        check_keys(given, tree, what, path)
        pairs = [(given[key], each, f"{path}/{key}") for key, each in tree.items()]
    else:
        check_count(given, tree, what, path)
        pairs = [(*pair, f"{path}/{at}") for at, pair in enumerate(zip(given, tree, strict=True))]
    return [leaf for each, below, way in pairs for leaf in unpacked(each, below, what, way)]


def check_keys(given: Any, tree: Mapping[str, Tree], what: str, path: str) -> None:
    if not isinstance(given, Mapping):
        raise ValueError(
            f"{what}s go in as a dictionary with {', '.join(tree)}, got {type(given).__name__}"
            f"{within(path)}"
        )
    for key in tree:
        if key not in given:
            known = nearest(key, given)
            raise ValueError(f"there is no entry for the {what} {key!r}{within(path)}: {known}")
    unknown = [key for key in given if key not in tree]
    if unknown:
        known = nearest(str(unknown[0]), tree)
        raise ValueError(f"there is no {what} {unknown[0]!r}{within(path)}: {known}")


def check_count(given: Any, tree: Sequence[Tree], what: str, path: str) -> None:
    if not isinstance(given, (list, tuple)) or len(given) != len(tree):
        found = f"{len(given)}" if isinstance(given, (list, tuple)) else type(given).__name__
        raise ValueError(f"expected a list of {len(tree)} {what}s, got {found}{within(path)}")


def within(path: str) -> str:
    return f" at {path[1:]}" if path else ""


def names_in(tree: Tree, names: Sequence[str], path: str = "") -> list[str]:
    """What the leaves are called: by the keys that lead to them, within lists by their own names.

    `names` are those of all leaves.
    """
    if isinstance(tree, int):
        return [path or names[tree]]
    if isinstance(tree, Mapping):
        below = [(f"{path}/{key}" if path else key, each) for key, each in tree.items()]
        return [name for way, each in below for name in names_in(each, names, way)]
    fields = getattr(tree, "_fields", None) or [None] * len(tree)
    found = []
    for field, each in zip(fields, tree, strict=True):
        own = field or (names[each] if isinstance(each, int) else "")
        way = f"{path}/{own}" if path and own else path or own
        found += names_in(each, names, way)
    return found


def as_data(tree: Any) -> Any:
    """A tree, or a structure of losses, in which JSON keeps tuples apart from lists."""
    if isinstance(tree, tuple):
        return {"()": [as_data(each) for each in tree]}
    if isinstance(tree, Mapping):
        return {key: as_data(each) for key, each in tree.items()}
    return [as_data(each) for each in tree] if isinstance(tree, list) else tree


def from_data(data: Any) -> Any:
    """What `as_data` wrote; a tuple with names for its parts is one without."""
    if isinstance(data, Mapping):
        if set(data) == {"()"}:
            return tuple(from_data(each) for each in data["()"])
        return {key: from_data(each) for key, each in data.items()}
    return [from_data(each) for each in data] if isinstance(data, list) else data


def ends_as_data(network: Any) -> dict[str, Any]:
    """The trees of a network, as its configuration has them."""
    ends = {"input_tree": network.input_tree, "output_tree": network.output_tree}
    return {name: as_data(tree) for name, tree in ends.items() if tree is not None}
