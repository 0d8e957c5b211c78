"""Operators that only move numbers: other shapes, axes in another order, parts, borders."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pellucid.equations.spacing import Pad as PadEquation
from pellucid.equations.spacing import Repeat
from pellucid.interop.operators.builder import READERS, Builder, Held, reader
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.pools import without
from pellucid.interop.operators.values import (
    ROWS,
    Extent,
    Value,
    as_it_is,
    check_size,
    rows_first,
    shaped,
)


@reader("Transpose")
def transpose(to: Builder, operator: Operator) -> Held:
    """Nothing moves before somebody depends on the order."""
    x = to.value(operator)
    rank = len(x.axes)
    order = [int(each) for each in operator.attributes.get("perm", range(rank)[::-1])]
    if sorted(order) != list(range(rank)):
        raise refused(operator, f"with perm {order}")
    return x._replace(axes=tuple(x.axes[at] for at in order))


@reader("Repeat")
def repeated(to: Builder, operator: Operator) -> Held:
    """Each place of an axis so many times."""
    x = as_it_is(to.value(operator))
    ours, times = x.axes[x.axis(operator.attributes["axis"])], operator.attributes["times"]
    if not ours:
        raise refused(operator, "of the rows")
    tensor = Repeat(ours, times)(x.tensor)
    check_size(tensor.shape[1:])
    return x._replace(tensor=tensor)


@reader("Swap")
def swap(to: Builder, operator: Operator) -> Held:
    """Two axes in each other's place."""
    x = to.value(operator)
    a, b = (x.axis(each) for each in operator.attributes["axes"])
    axes = list(x.axes)
    axes[a], axes[b] = axes[b], axes[a]
    return x._replace(axes=tuple(axes))


@reader("Move")
def move(to: Builder, operator: Operator) -> Held:
    """An axis at another place."""
    x = to.value(operator)
    a, b = (x.axis(each) for each in operator.attributes["axes"])
    axes = list(x.axes)
    axes.insert(b, axes.pop(a))
    return x._replace(axes=tuple(axes))


@reader("Flatten")
def flatten(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    axis = int(operator.attributes.get("axis", 1)) % (len(x.axes) + 1)
    if x.batch or axis != 1:
        raise refused(operator, f"at axis {axis} of {x.shape}")
    tensor = rows_first(x)
    return Value(shaped(tensor, [size(tensor.shape[1:])]), (0, 1))


def size(extents: Sequence[int | None]) -> int:
    return math.prod(each or 1 for each in extents)


@reader("Reshape")
def reshape(to: Builder, operator: Operator) -> Held:
    """The axes before that of the rows are reshaped among themselves, and those behind it too."""
    x = to.value(operator)
    target = to.extents(operator, 1)
    if not operator.attributes.get("allowzero"):
        target = [x.shape[at] if each == 0 else each for at, each in enumerate(target)]
    before = [each for each in x.shape[: x.batch] if isinstance(each, int)]
    behind = [each for each in x.shape[x.batch + 1 :] if isinstance(each, int)]
    found = split(to, target, math.prod(before), math.prod(behind))
    if found is None:
        raise refused(operator, f"of {x.shape} to {target}, which mixes rows,")
    first, rest = found
    check_size([*first, *rest])
    if [*first, ROWS, *rest] == list(x.shape):
        return x
    tensor = shaped(rows_first(x), [*first, *rest])
    axes = [*range(1, len(first) + 1), 0, *range(len(first) + 1, len(first) + len(rest) + 1)]
    if not rest and not first:
        raise refused(operator, "to one number for each row, without an axis,")
    return Value(tensor, tuple(axes))


def split(
    to: Builder, target: list[Extent], before: int, behind: int
) -> tuple[list[int], list[int]] | None:
    """The extents before and behind that of the rows, if there is a place for it."""
    if ROWS in target:
        places = [target.index(ROWS)]
    else:
        free = [at for at, each in enumerate(target) if each in (-1, to.rows)]
        places = sorted(free, key=lambda at: target[at] != -1)
    for at in places:
        parts = [
            filled([each for each in part if isinstance(each, int)], total)
            for part, total in ((target[:at], before), (target[at + 1 :], behind))
        ]
        if parts[0] is not None and parts[1] is not None:
            return parts[0], parts[1]
    return None


def filled(part: list[int], total: int) -> list[int] | None:
    """The extents, −1 worked out, if their product is the total."""
    known = math.prod(each for each in part if each != -1)
    if part.count(-1) == 1 and known > 0 and total % known == 0:
        return [total // known if each == -1 else each for each in part]
    return part if known == total and -1 not in part and min(part, default=1) > 0 else None


@reader("Squeeze")
def squeeze(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    given = to.option(operator, "axes", 1)
    ones = [at for at, extent in enumerate(x.shape) if extent == 1]
    axes = ones if given is None else sorted({x.axis(each) for each in given})
    if not set(axes) <= set(ones):
        raise refused(operator, f"of the axes {axes} of {x.shape}")
    return without(x, axes) if axes else x


@reader("Unsqueeze")
def unsqueeze(to: Builder, operator: Operator) -> Held:
    x, given = to.value(operator), to.option(operator, "axes", 1) or []
    rank = len(x.axes) + len(given)
    places, axes = sorted(each % rank for each in given), list(x.axes)
    for at in places:
        axes.insert(at, None)
    return x._replace(axes=tuple(axes))


def surrounded(operator: Operator, x: Value, pairs: dict[int, tuple[int, int]]) -> Value:
    """Zeros before and after a value along some axes."""
    x = as_it_is(x)
    sides = [(0, 0)] * len(x.tensor.shape)
    for axis, both in pairs.items():
        ours = x.axes[axis]
        if not ours or min(both) < 0:
            raise refused(operator, "of the rows, or by less than nothing,")
        sides[ours] = both
    tensor = PadEquation(tuple(sides))(x.tensor)
    check_size(tensor.shape[1:])
    return x._replace(tensor=tensor)


#: below every number that a maximum of numbers comes to
NEVER_LARGEST = -1e30


def before_maximum(to: Builder, operator: Operator, pads: list[int]) -> list[Held] | None:
    """A border of what is never the largest is a part of the pool that alone reads it.

    So are the outermost numbers once more, narrower than the window: it has them already.
    """
    found = to.follower(operator.writes[0])
    if found is None or found[1].kind != "MaxPool" or any(found[1].attributes.get("pads", ())):
        return None
    at, pool = found
    count = len(pads) // 2
    if any((*pads[:2], *pads[count : count + 2])):
        return None
    sides = zip(pads[2:count], pads[count + 2 :], pool.attributes["kernel_shape"], strict=True)
    if any(max(before, after) >= extent for before, after, extent in sides):
        return None
    inside = {"pads": [*pads[2:count], *pads[count + 2 :]], "auto_pad": "NOTSET"}
    made = READERS["MaxPool"](
        to, pool._replace(reads=operator.reads[:1], attributes={**pool.attributes, **inside})
    )
    assert isinstance(made, Value)
    return to.under(to.finished(operator, at), made)


@reader("Pad")
def pad(to: Builder, operator: Operator) -> Held | list[Held]:
    x = to.value(operator)
    given, value = to.option(operator, "pads", 1) or [], operator.attributes.get("value", 0)
    if len(operator.reads) > 2 and operator.reads[2]:
        value = float(to.needed(operator, 2).reshape(()))
    some = to.option(operator, "axes", 3)
    axes = list(range(len(x.axes))) if some is None else [x.axis(each) for each in some]
    mode = operator.attributes.get("mode", "constant")
    border = mode == "edge" or (mode == "constant" and value < NEVER_LARGEST)
    if border and some is None and (pool := before_maximum(to, operator, given)) is not None:
        return pool
    if mode != "constant" or value != 0:
        raise refused(operator, "but with zeros")
    count = len(axes)
    pairs = {axis: (given[at], given[at + count]) for at, axis in enumerate(axes)}
    pairs = {axis: both for axis, both in pairs.items() if any(both)}
    if not pairs:
        return x
    return surrounded(operator, x, pairs)


@reader("Expand")
def expand(to: Builder, operator: Operator) -> Held:
    """Axes of 1 as many times as is said."""
    x, given = to.value(operator), to.extents(operator, 1)
    target = [*[1] * (len(x.axes) - len(given)), *given]
    shape = (1,) * (len(target) - len(x.axes)) + x.shape
    x = x._replace(axes=(None,) * (len(target) - len(x.axes)) + x.axes)
    more = {}
    for at, (own, wanted) in enumerate(zip(shape, target, strict=True)):
        if own == 1 and isinstance(wanted, int) and wanted > 1:
            more[at] = wanted
        elif wanted not in (1, ROWS, own):
            raise refused(operator, f"of {x.shape} to {target}")
    x = as_it_is(x) if more else x
    tensor = x.tensor
    for at, times in more.items():
        tensor = Repeat(x.axes[at] or 0, times)(tensor)
    check_size(tensor.shape[1:])
    return x._replace(tensor=tensor)
