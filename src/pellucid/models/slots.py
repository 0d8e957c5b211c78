"""Which arrays of what a user gave belong to which input and to which target of a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pellucid.data.batches import Slots
from pellucid.networks.ends import Tree, is_leaf, parts, unpacked
from pellucid.networks.network import Network
from pellucid.tensor import Tensor
from pellucid.training.aiming import goal_of


def input_slots(network: Network) -> Slots:
    """The inputs: their names, how many there are, or what takes a nested structure apart."""
    tree = network.input_tree
    if tree is None:
        return names_or_count(network.inputs)
    if isinstance(tree, Mapping) and is_flat(tree):
        return list(tree)
    return by_tree(tree, "input")


def target_slots(network: Network, asked: dict[str, Any] | None) -> Slots:
    """The outputs that have a target."""
    names, tree = network.output_names, network.output_tree
    aimed = [True] * len(names)
    if len(names) > 1 and asked is not None and network.own_loss is None:
        aimed = goal_of(network, asked["loss"], asked["loss_weights"]).aimed
    if tree is not None and not (is_flat(tree) or is_flat_list(tree)):
        takes = by_tree(tree, "target")
        return some_of(takes, aimed) if any(aimed) else takes
    if not all(aimed) and any(aimed):
        return by_name_or_place(names, aimed)
    return names if len(names) > 1 or tree is not None else 1


def is_flat(tree: Tree) -> bool:
    """Whether it is a dictionary of tensors."""
    return isinstance(tree, Mapping) and all(isinstance(each, int) for each in tree.values())


def is_flat_list(tree: Tree) -> bool:
    return isinstance(tree, (list, tuple)) and all(isinstance(each, int) for each in tree)


def by_tree(tree: Tree, what: str) -> Callable[[Any], list[Any]]:
    return lambda given: unpacked(given, tree, what)


def some_of(takes: Callable[[Any], list[Any]], aimed: Sequence[bool]) -> Callable[[Any], list[Any]]:
    """The targets that count; those of other outputs may be given too."""
    return lambda given: [each for each, counts in zip(takes(given), aimed, strict=True) if counts]


def by_name_or_place(names: Sequence[str], aimed: Sequence[bool]) -> Callable[[Any], list[Any]]:
    """Targets of the outputs that have a loss, or of all of them."""
    wanted = [name for name, counts in zip(names, aimed, strict=True) if counts]

    def taken(given: Any) -> list[Any]:
        if isinstance(given, Mapping):
            known = {name: value for name, value in given.items() if name in wanted}
            others = {name: value for name, value in given.items() if name not in names}
            tree = {name: at for at, name in enumerate(wanted)}
            return unpacked(known | others, tree, "target")
        several = isinstance(given, (list, tuple)) and not is_leaf(given)
        if several and len(given) == len(names) and len(wanted) < len(names):
            return [each for each, counts in zip(given, aimed, strict=True) if counts]
        each = several and len(given) == len(wanted)
        return parts(given) if each and (len(wanted) > 1 or hasattr(given[0], "shape")) else [given]

    return taken


def names_or_count(inputs: Sequence[Tensor]) -> Sequence[str] | int:
    names = [tensor.name for tensor in inputs]
    apart = len(names) > 1 and all(names) and len(set(names)) == len(names)
    return names if apart else max(1, len(names))
