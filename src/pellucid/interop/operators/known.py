"""Operators on known numbers and on shapes: computed while the graph is read, within bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.interop.operators.builder import FOLDERS, MOST_KNOWN, Builder, Held, reader
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.values import Extent, Extents, Rows

Fold = Callable[[Builder, Operator], Held]


def folder(*kinds: str) -> Callable[[Fold], Fold]:
    def enter(fold: Fold) -> Fold:
        FOLDERS.update(dict.fromkeys(kinds, fold))
        return fold

    return enter


def computed(shape: Any) -> None:
    if math.prod(int(each) for each in shape) > MOST_KNOWN:
        raise ValueError(f"it computes an array of shape {tuple(shape)}")


@reader("Shape", "Size")
def shape_of(to: Builder, operator: Operator) -> Held:
    x, given = to.value(operator), operator.attributes
    if operator.kind == "Size":
        raise refused(operator, "of rows")
    listed = x.shape[int(given.get("start", 0)) : given.get("end")]
    return as_numbers(listed)


@folder("Shape", "Size")
def shape_of_known(to: Builder, operator: Operator) -> Held:
    found, given = to.values[operator.reads[0]], operator.attributes
    shape = (len(found.listed),) if isinstance(found, Extents) else np.shape(found)
    if operator.kind == "Size":
        return np.array(math.prod(shape))
    return np.array(shape[int(given.get("start", 0)) : given.get("end")], np.int64)


def as_numbers(listed: tuple[Extent, ...], alone: bool = False) -> Held:
    """A shape, as plain numbers where the rows are not in it."""
    if any(isinstance(each, Rows) for each in listed):
        return Extents(listed, alone)
    found = np.array(listed, np.int64)
    return found.reshape(()) if alone else found


def listed(to: Builder, operator: Operator, at: int) -> tuple[Extent, ...]:
    return tuple(to.extents(operator, at))


@folder("Identity", "Cast")
def same(to: Builder, operator: Operator) -> Held:
    found = to.values[operator.reads[0]]
    if operator.kind == "Cast" and isinstance(found, np.ndarray):
        return found.astype(operator.attributes["to"])
    return found


@folder("Gather")
def gather(to: Builder, operator: Operator) -> Held:
    numbers, axis = to.needed(operator, 1), int(operator.attributes.get("axis", 0))
    found = to.values[operator.reads[0]]
    if isinstance(found, Extents):
        picked = tuple(found.listed[int(at)] for at in np.ravel(numbers))
        return as_numbers(picked, numbers.ndim == 0)
    assert isinstance(found, np.ndarray)
    computed((*np.shape(numbers), max(found.size // max(found.shape[axis], 1), 1)))
    return np.take(found, numbers.astype(np.int64), axis=axis)


@folder("Slice")
def part(to: Builder, operator: Operator) -> Held:
    starts, ends = (to.option(operator, *each) or [] for each in (("starts", 1), ("ends", 2)))
    axes = to.option(operator, "axes", 3) or list(range(len(starts)))
    steps = to.option(operator, "steps", 4) or [1] * len(starts)
    found = to.values[operator.reads[0]]
    if isinstance(found, Extents):
        return as_numbers(found.listed[starts[0] : ends[0] : steps[0]])
    assert isinstance(found, np.ndarray)
    key = [slice(None)] * found.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        key[axis] = slice(start, None if step < 0 and end < -found.shape[axis] else end, step)
    return found[tuple(key)]


@folder("Concat")
def concat(to: Builder, operator: Operator) -> Held:
    parts = [to.values[name] for name in operator.reads]
    if any(isinstance(each, Extents) for each in parts):
        return as_numbers(tuple(n for at in range(len(parts)) for n in listed(to, operator, at)))
    arrays = [each for each in parts if isinstance(each, np.ndarray)]
    computed([sum(each.size for each in arrays)])
    return np.concatenate(arrays, axis=int(operator.attributes["axis"]))


@folder("Unsqueeze", "Squeeze")
def squeezed(to: Builder, operator: Operator) -> Held:
    found = to.values[operator.reads[0]]
    axes = to.option(operator, "axes", 1)
    if isinstance(found, Extents):
        return found._replace(alone=operator.kind == "Squeeze")
    assert isinstance(found, np.ndarray)
    if operator.kind == "Squeeze":
        return np.squeeze(found, None if axes is None else tuple(axes))
    return np.expand_dims(found, tuple(axes or [0]))


@folder("Reshape")
def reshape(to: Builder, operator: Operator) -> Held:
    found = to.values[operator.reads[0]]
    if isinstance(found, Extents):
        return found._replace(alone=False)
    assert isinstance(found, np.ndarray)
    target = [int(each) for each in to.needed(operator, 1)]
    pairs = enumerate(target)
    return found.reshape([found.shape[at] if each == 0 else each for at, each in pairs])


@folder("Transpose")
def transpose(to: Builder, operator: Operator) -> Held:
    return np.transpose(to.needed(operator, 0), operator.attributes.get("perm"))


@folder("Constant")
def constant(to: Builder, operator: Operator) -> Held:
    return np.asarray(operator.attributes["value"])


@folder("ConstantOfShape", "Expand")
def spread(to: Builder, operator: Operator) -> Held:
    """Where there are rows, one number stands for all of them."""
    expands = operator.kind == "Expand"
    shape = [1 if isinstance(each, Rows) else each for each in to.extents(operator, int(expands))]
    computed(shape)
    if expands:
        found = to.needed(operator, 0)
        return np.broadcast_to(found, np.broadcast_shapes(found.shape, tuple(shape)))
    value = operator.attributes.get("value")
    number = np.zeros(1, np.float32) if value is None else np.ravel(value)
    return np.full(shape, number[0], number.dtype)


@folder("Range")
def counted(to: Builder, operator: Operator) -> Held:
    start, end, step = (float(to.needed(operator, at).reshape(())) for at in range(3))
    computed([max(0, math.ceil((end - start) / step))])
    return np.arange(start, end, step).astype(to.needed(operator, 0).dtype)


@folder("MatMul")
def product(to: Builder, operator: Operator) -> Held:
    a, b = to.needed(operator, 0), to.needed(operator, 1)
    if a.ndim != 2 or b.ndim != 2:
        raise refused(operator, f"of known numbers {a.shape} and {b.shape}")
    computed((*a.shape, b.shape[1]))
    return np.matmul(a, b)


@folder("Flatten")
def flat(to: Builder, operator: Operator) -> Held:
    found, axis = to.needed(operator, 0), int(operator.attributes.get("axis", 1))
    return found.reshape(math.prod(found.shape[:axis]), -1)


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": lambda a, b: a // b if np.asarray(a).dtype.kind in "iu" else a / b,
    "Pow": np.power,
    "Max": np.maximum,
    "Min": np.minimum,
    "Neg": np.negative,
    "Sqrt": np.sqrt,
    "Exp": np.exp,
    "Abs": np.abs,
    "Reciprocal": np.reciprocal,
    "Equal": np.equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "And": np.logical_and,
    "Or": np.logical_or,
    "Not": np.logical_not,
    "Where": np.where,
}


@folder(*ARITHMETIC)
def arithmetic(to: Builder, operator: Operator) -> Held:
    given = [to.values[name] for name in operator.reads]
    if any(isinstance(each, Extents) for each in given):
        return of_extents(operator, given)
    arrays = [each for each in given if isinstance(each, np.ndarray)]
    computed(np.broadcast_shapes(*(each.shape for each in arrays)))
    with np.errstate(all="ignore"):
        return np.asarray(ARITHMETIC[operator.kind](*arrays))


def of_extents(operator: Operator, given: list[Held]) -> Held:
    """The rows times 1, which is all that the arithmetic of shapes comes to here."""
    one = [each for each in given if isinstance(each, np.ndarray) and (each == 1).all()]
    rows = [each for each in given if isinstance(each, Extents)]
    if operator.kind in ("Mul", "Div") and len(one) == len(rows) == 1:
        return rows[0]
    raise refused(operator, "with the number of rows")
