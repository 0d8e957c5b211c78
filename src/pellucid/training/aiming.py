"""Which loss is for which outputs, from losses in any structure: by name, in lists, nested.

A list of losses for one output, or for one dictionary or list of outputs, has all of them there: a
function among them is given all of these outputs, in their structure. A list that is as long as the
outputs has one for each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pellucid import losses
from pellucid.equations.losses import Loss
from pellucid.foreign import quoted
from pellucid.networks.ends import Tree, parts, places
from pellucid.networks.goals import Goal, Joint
from pellucid.networks.network import Network
from pellucid.settings import nearest

#: the keys and numbers that lead to some outputs
Path = tuple[str | int, ...]


class Term(NamedTuple):
    """A loss as it was given, the outputs that it is for and the way to them, and its share."""

    loss: Any
    outputs: Tree
    path: Path
    share: float = 1.0


def goal_of(network: Network, asked: Any, weights: Any = None) -> Goal:
    """What a network is trained for."""
    terms = list(terms_of(network, asked, weights))
    names = network.output_names
    single: list[Loss | None] = [None] * len(names)
    shares, joint = [1.0] * len(names), []
    for term in terms:
        at = term.outputs
        if isinstance(at, int) and single[at] is None:
            single[at], shares[at] = losses.get(term.loss), term.share
        else:
            joint.append(Joint(joint_loss(term), at, joint_name(term, names), term.share))
    return Goal(single, shares, tuple(told_apart(joint)))


def terms_of(network: Network, asked: Any, weights: Any = None) -> Iterator[Term]:
    names = network.output_names
    tree: Tree = 0 if len(names) == 1 else list(range(len(names)))
    tree = tree if network.output_tree is None else network.output_tree
    if asked is None:
        return
    if is_single(asked):
        each = per_output(1.0 if weights is None else weights, names, "loss_weights")
        for at in dict.fromkeys(places(tree)):
            yield Term(asked, at, (), share_of(each[at]))
        return
    if isinstance(asked, Mapping) and not isinstance(tree, Mapping):
        asked = by_name(asked, names, "loss")
    yield from walked(asked, tree, (), iter(shares_of(asked, beside(weights, asked, names))))


def beside(weights: Any, asked: Any, names: Sequence[str]) -> Any:
    """Weights as the losses are given: by name, or in order."""
    if isinstance(weights, Mapping) and not isinstance(asked, Mapping):
        return by_name(weights, names, "loss_weights")
    listed = isinstance(weights, (list, tuple)) and len(weights) == len(names)
    if listed and isinstance(asked, Mapping) and set(asked) <= set(names):
        return {name: each for name, each in zip(names, weights, strict=True) if name in asked}
    return weights


def by_name(given: Mapping[str, Any], names: Sequence[str], what: str) -> Any:
    """One entry for each output, of a dictionary by their names; the one alone."""
    found = per_output(given, names, what)
    return found[0] if len(found) == 1 else found


def is_single(given: Any) -> bool:
    """Whether it is one loss, and no structure of them."""
    return not isinstance(given, (list, tuple, Mapping)) or (
        isinstance(given, Mapping) and "class" in given
    )


def walked(asked: Any, tree: Tree, path: Path, shares: Iterator[float]) -> Iterator[Term]:
    """The losses in a structure beside the outputs in theirs."""
    if is_single(asked):
        share = next(shares)
        if asked is not None:
            yield Term(asked, tree, path, share)
    elif isinstance(asked, Mapping):
        for key, each in asked.items():
            yield from walked(each, below(tree, key, path), (*path, key), shares)
    elif one_for_each(asked, tree):
        ways: Sequence[str | int] = list(tree) if isinstance(tree, Mapping) else range(len(asked))
        for key, each, part in zip(ways, asked, parts(tree), strict=True):
            yield from walked(each, part, (*path, key), shares)
    else:
        for each in asked:
            yield from walked(each, tree, path, shares)


def below(tree: Tree, key: str, path: Path) -> Tree:
    if not isinstance(tree, Mapping) or key not in tree:
        where = f" at {'/'.join(map(str, path))}" if path else ""
        known = nearest(str(key), list(tree) if isinstance(tree, Mapping) else [])
        raise ValueError(f"loss: no output {quoted(str(key))}{where}; {known}")
    return tree[key]


def one_for_each(asked: Sequence[Any], tree: Tree) -> bool:
    """Whether a list of losses has one for each part of the outputs, and not all for all of them.

    Where both could be meant, the kinds decide, as in Keras: list for list, tuple for tuple. But a
    loss that is no function is for one output.
    """
    if isinstance(tree, int):
        return False
    if all(map(is_single, asked)):
        if len(asked) != len(tree):
            raise ValueError(f"loss has {len(asked)} entries for {len(tree)} outputs")
        return True
    alike = isinstance(tree, tuple) == isinstance(asked, tuple)
    named = any(is_single(each) and each is not None and not is_function(each) for each in asked)
    return len(asked) == len(tree) and not isinstance(tree, Mapping) and (alike or named)


def is_function(loss: Any) -> bool:
    """Whether it is a function, which may take several outputs, and no loss of a family."""
    return callable(loss) and not isinstance(loss, (type, Loss))


def shares_of(asked: Any, weights: Any) -> list[float]:
    """How much each loss counts, in the order in which they stand."""
    count = len(flat(asked))
    if isinstance(asked, Mapping) and isinstance(weights, Mapping):
        for key in weights:
            if key not in asked:
                raise ValueError(f"loss_weights: no loss {quoted(key)}; {nearest(key, asked)}")
        found = [shares_of(part, weights.get(key)) for key, part in asked.items()]
        return [share for shares in found for share in shares]
    listed = [weights] * count if is_single(weights) else flat(weights)
    if len(listed) != count:
        raise ValueError(f"loss_weights has {len(listed)} entries for {count} losses")
    return [share_of(each) for each in listed]


def flat(given: Any) -> list[Any]:
    """What stands in a structure, in its order."""
    return [given] if is_single(given) else [leaf for each in parts(given) for leaf in flat(each)]


def joint_loss(term: Term) -> Loss:
    """A loss of several outputs, which is a function of them; or a further one of the same."""
    loss = term.loss
    if isinstance(term.outputs, int) or is_function(loss):
        return losses.get(loss)
    raise TypeError(
        f"loss: {loss!r} stands where there are several outputs; a function of "
        "(y_true, y_pred), which are dictionaries or lists there, takes them all"
    )


def joint_name(term: Term, names: Sequence[str]) -> str:
    """What the loss of some outputs is called: by the way to them, or by all their names."""
    if isinstance(term.outputs, int):
        return names[term.outputs]
    if term.path:
        return "/".join(map(str, term.path))
    return "_".join(term.outputs if isinstance(term.outputs, Mapping) else names)


def told_apart(joint: Sequence[Joint]) -> Iterator[Joint]:
    """The same, with numbers behind names that several have."""
    taken: Counter[str] = Counter()
    for each in joint:
        taken[each.name] += not isinstance(each.outputs, int)
        number = taken[each.name]
        yield each if number < 2 else each._replace(name=f"{each.name}_{number}")


def share_of(weight: Any) -> float:
    if isinstance(weight, str):
        raise TypeError(
            f"loss_weights are numbers, got {weight!r}. Metrics go in by name: "
            f"compile(optimizer, loss, metrics=[{weight!r}])"
        )
    return 1.0 if weight is None else float(weight)


def per_output(given: Any, names: Sequence[str], what: str) -> list[Any]:
    """One entry for each output, from one for all, a list, or a dictionary by output name."""
    if isinstance(given, Mapping) and "class" not in given:
        unknown = [name for name in given if name not in names]
        if unknown:
            near = nearest(unknown[0], names)
            raise ValueError(f"{what}: no output {quoted(unknown[0])}; {near}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(
                f"{what} has {len(given)} entries for {len(names)} outputs ({', '.join(names)})"
            )
        return list(given)
    return [given] * len(names)
