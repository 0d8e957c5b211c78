"""Values joined, and parts taken of them: slices, single places, pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import layers, ops
from pellucid.equations.shape import pick
from pellucid.interop.operators.builder import Builder, Held, reader
from pellucid.interop.operators.graph import Operator, refused
from pellucid.interop.operators.shapes import surrounded
from pellucid.interop.operators.values import Value, as_it_is


@reader("Concat")
def concat(to: Builder, operator: Operator) -> Held:
    given = [to.values[name] for name in operator.reads]
    if any(isinstance(each, np.ndarray) for each in given):
        return bordered(operator, given)
    values = [to.value(operator, at) for at in range(len(operator.reads))]
    if len(values) == 1:
        return values[0]
    axis = values[0].axis(int(operator.attributes["axis"]))
    if len({each.axes for each in values}) > 1 or values[0].axes[axis] is None:
        values = [as_it_is(each) for each in values]
    ours = values[0].axes[axis]
    if not ours:
        raise refused(operator, "of rows")
    tensors = [each.tensor for each in values]
    last = ours == len(tensors[0].shape) - 1
    layer = layers.Concatenate(-1 if last else ours)
    return values[0]._replace(tensor=to.layer(layer, tensors, (), operator.called))


def bordered(operator: Operator, given: Sequence[Held]) -> Held:
    """Zeros before and after a value along an axis."""
    values = [at for at, each in enumerate(given) if isinstance(each, Value)]
    arrays = [each for each in given if isinstance(each, np.ndarray)]
    if len(values) != 1 or len(arrays) != len(given) - 1 or any(map(np.any, arrays)):
        raise refused(operator, "with known numbers other than 0")
    x = given[values[0]]
    assert isinstance(x, Value)
    axis = x.axis(int(operator.attributes["axis"]))
    sizes = [each.shape[axis] if isinstance(each, np.ndarray) else 0 for each in given]
    return surrounded(operator, x, {axis: (sum(sizes[: values[0]]), sum(sizes[values[0] :]))})


def cut(value: Value, axis: int, key: Any) -> Value:
    """A part along one axis: a slice, or one place, which leaves no axis."""
    if value.axes[axis] is None:
        value = as_it_is(value)
    ours = value.axes[axis]
    if not ours:
        raise ValueError("a part of the rows is taken, which are any number here")
    extent = value.tensor.shape[ours] or 1
    if isinstance(key, slice) and range(extent)[key] == range(extent):
        return value
    whole: list[Any] = [slice(None)] * len(value.tensor.shape)
    whole[ours] = key
    tensor = pick(value.tensor, tuple(whole))
    if isinstance(key, slice):
        return value._replace(tensor=tensor)
    axes = [each for at, each in enumerate(value.axes) if at != axis]
    moved = (None if each is None else each - (each > ours) for each in axes)
    return Value(tensor, tuple(moved))


def picked(to: Builder, operator: Operator, x: Value, axis: int) -> Held:
    """Gather of one place, or of several that follow one another."""
    numbers, at = to.needed(operator, 1), x.axis(axis)
    extent = x.shape[at]
    if not isinstance(extent, int) or numbers.ndim > 1 or numbers.dtype.kind not in "iu":
        raise refused(operator, f"along the axis {at} of {x.shape}")
    places = [int(each) + extent * (each < 0) for each in np.ravel(numbers)]
    if not places or not all(0 <= each < extent for each in places):
        raise refused(operator, f"of the places {places[:3]} of {extent}")
    if numbers.ndim == 0:
        return cut(x, at, places[0])
    step = places[1] - places[0] if len(places) > 1 else 1
    if step < 1 or places != list(range(places[0], places[-1] + 1, step)):
        raise refused(operator, f"of the places {places[:3]} … of {extent}")
    return cut(x, at, slice(places[0], places[-1] + 1, step))


@reader("Slice")
def part(to: Builder, operator: Operator) -> Held:
    x = to.value(operator)
    starts, ends = (to.option(operator, *each) for each in (("starts", 1), ("ends", 2)))
    assert starts is not None
    assert ends is not None
    axes = to.option(operator, "axes", 3) or list(range(len(starts)))
    steps = to.option(operator, "steps", 4) or [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        x = sliced(operator, x, x.axis(axis), start, end, step)
    return x


def sliced(operator: Operator, x: Value, axis: int, start: int, end: int, step: int) -> Value:
    extent = x.shape[axis]
    if not isinstance(extent, int):
        if start == 0 and step == 1 and end > 1 << 30:
            return x
        raise refused(operator, "of the rows")
    found = range(extent)[start:end:step] if step > 0 else backwards(extent, start, end, step)
    if not found:
        raise refused(operator, "of nothing")
    if found.step == -1 and len(found) == extent and x.axes[axis] is not None:
        flipped = x.axes[axis]
        assert flipped is not None
        return x._replace(tensor=ops.flip(x.tensor, flipped))
    if found.step < 0:
        raise refused(operator, f"backwards by {found.step}")
    return cut(x, axis, slice(found.start, found[-1] + 1, found.step))


def backwards(extent: int, start: int, end: int, step: int) -> range:
    """ONNX counts an end below −extent as before the first."""
    first = min(start + extent if start < 0 else start, extent - 1)
    last = max(end + extent if end < 0 else end, -1)
    return range(first, last, step)


@reader("Split")
def parted(to: Builder, operator: Operator) -> list[Held]:
    x = to.value(operator)
    axis = x.axis(int(operator.attributes.get("axis", 0)))
    extent, count = x.shape[axis], len(operator.writes)
    if not isinstance(extent, int):
        raise refused(operator, "of the rows")
    sizes = to.option(operator, "split", 1)
    if sizes is None:
        each = -(-extent // count)
        sizes = [min(each, extent - each * at) for at in range(count)]
    if sum(sizes) != extent or min(sizes) < 1 or len(sizes) != count:
        raise refused(operator, f"of {extent} into {sizes[:5]}")
    ends = np.cumsum(sizes).tolist()
    pairs = zip(sizes, ends, strict=True)
    return [cut(x, axis, slice(end - wide, end)) for wide, end in pairs]
