"""How every number of the forward pass changes with one of them: whole arrays at a time.

An equation is what its recorded array calls do, and each call has its rule: a product ta·b + a·tb,
eˣ its own value, and what only moves numbers moves their changes alike. Of a maximum the part that
it is counts; of several that are equal, the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.calls import Call, Unrecordable, record
from pellucid.calls.running import FUNCTIONS, Running
from pellucid.calls.vocabulary import MOVING
from pellucid.elements.slopes import PARTIALS
from pellucid.tensor import Line, Tensor

#: calls that are operations of single numbers, by the name that these have
OPERATIONS = {
    "add": "plus", "multiply": "product", "divide": "quotient", "remainder": "remainder",
    "pow": "power",
    **{name: name for name in ("negative", "square", "sqrt", "abs", "exp", "expm1", "log", "log1p",
                               "sin", "cos", "tanh")},
}  # fmt: skip
#: calls that give for changes what they give for numbers
ALIKE = ("sum", "mean", "subtract", "astype", *MOVING)
Changes = Mapping[Tensor, np.ndarray]
Singly = Callable[[Line, Changes], Changes]
Rule = Callable[[Call, Any, Sequence[Any], Sequence[Any]], Any]


class Tangents(Running):
    """The changes beside the values of recorded calls; None stands for no change anywhere."""

    def changes(self, known: Changes) -> dict[Tensor, np.ndarray]:
        """The change of each tensor of the lines, from those of what they read."""
        self.moved: dict[Any, Any] = {}
        for each in self.calls.given:
            if each.tensor is not None and each.tensor in known:
                self.moved[each] = known[each.tensor]
        for call in self.calls.calls:
            value = self.call(call)
            changes = [self.moved.get(each) for each in call.operands]
            if any(change is not None for change in changes):
                self.moved[call] = self.change(call, value, changes)
        found = {each: self.moved.get(value) for each, value in self.calls.values.items()}
        return {each: change for each, change in found.items() if change is not None}

    def change(self, call: Call, value: Any, changes: Sequence[Any]) -> Any:
        given = [self.of(each) for each in call.operands]
        if call.function in OPERATIONS:
            return by_parts(OPERATIONS[call.function], value, given, changes)
        if call.function in ALIKE:
            return alike(call, self.shape(call), given, changes)
        rule = RULES.get(call.function)
        return None if rule is None else rule(call, value, given, changes)


def tangents(
    lines: Sequence[Line], values: Mapping[Tensor, Any], first: Changes, rows: int, singly: Singly
) -> Changes:
    """The derivatives of all that lines write, from the `first` that are known.

    An equation that cannot be recorded is left to `singly`, number by number.
    """
    known = dict(first)
    wide = {each: as_wide(value) for each, value in values.items()}
    with np.errstate(all="ignore"):
        for line in lines:
            try:
                calls = record([line], "float64", plain=True)
            except Unrecordable:
                known |= singly(line, known)
                continue
            known |= Tangents(calls, wide, rows).changes(known)
    return known


def as_wide(value: Any) -> Any:
    array = np.asarray(value)
    return value if array.dtype.kind != "f" or not array.ndim else array.astype(np.float64)


def times(partial: Any, change: Any) -> Any:
    """partial ⊙ change, 0 where nothing changes, also where the partial derivative is infinite."""
    return np.where(change == 0, 0.0, partial * change)


def by_parts(operation: str, value: Any, given: Sequence[Any], changes: Sequence[Any]) -> Any:
    """The sum over the parts of ∂value/∂part times the change of the part."""
    partial = PARTIALS[operation]
    terms = [
        times(partial(value, given, at), change)
        for at, change in enumerate(changes)
        if change is not None
    ]
    return np.broadcast_to(sum(terms[1:], terms[0]), np.shape(value))


def alike(call: Call, shape: tuple[int, ...], given: Sequence[Any], changes: Sequence[Any]) -> Any:
    """The call on the changes; whole numbers, which say where, stay what they are."""
    read = [
        change if change is not None
        else value if np.asarray(value).dtype.kind in "iu" and np.ndim(value)
        else np.zeros(np.shape(value))
        for value, change in zip(given, changes, strict=True)
    ]  # fmt: skip
    if call.function == "astype" and not call.dtype.startswith("float"):
        return None
    return np.broadcast_to(FUNCTIONS[call.function](call, shape, *read, **call.options), shape)


def matmul(call: Call, value: Any, given: Sequence[Any], changes: Sequence[Any]) -> Any:
    """ta·b + a·tb, of the columns that change alone."""
    (a, b), (ta, tb), total = given, changes, np.zeros(np.shape(value))
    if ta is not None:
        moving = np.flatnonzero(ta.any(axis=tuple(range(ta.ndim - 1))))
        total = total + ta[..., moving] @ b[..., moving, :]
    if tb is not None:
        moving = np.flatnonzero(tb.any(axis=(*range(tb.ndim - 2), tb.ndim - 1)))
        total = total + a[..., moving] @ tb[..., moving, :]
    return total


def chosen(call: Call, value: Any, given: Sequence[Any], changes: Sequence[Any]) -> Any:
    """Of two, the change of the one that is taken; of equals, of the second."""
    ta, tb = (0.0 if change is None else change for change in changes[-2:])
    first = given[0] if call.function == "where" else given[1] != value
    return np.broadcast_to(np.where(first, ta, tb), np.shape(value))


def extreme(call: Call, value: Any, given: Sequence[Any], changes: Sequence[Any]) -> Any:
    """The change of the largest, or the least, along axes; of equals, of the last."""
    axes = call.options["axis"]
    ends = tuple(range(-len(axes), 0))
    flat = [np.moveaxis(each, axes, ends) for each in (given[0], changes[0])]
    shape = (*flat[0].shape[: flat[0].ndim - len(axes)], -1)
    x, change = (each.reshape(shape)[..., ::-1] for each in flat)
    place = (x.argmax(-1) if call.function == "max" else x.argmin(-1))[..., None]
    return np.take_along_axis(change, place, -1).reshape(np.shape(value))


RULES: dict[str, Rule] = {
    "matmul": matmul,
    "where": chosen,
    "maximum": chosen,
    "minimum": chosen,
    "max": extreme,
    "min": extreme,
}
