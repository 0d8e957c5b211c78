"""Functions and methods of tensors that move numbers, take parts, pool or reduce, as operators."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.interop.torch.functions import asked
from pellucid.interop.torch.modules import pair, pooled
from pellucid.interop.torch.translating import FUNCTIONS, Name, Translation, function, unread

To = Translation


@function("cat", "concat")
def cat(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    parts, axis = asked(given, named, "tensors", "dim", dim=0)
    return to.emit("Concat", list(parts), axis=axis)


@function("flatten")
def flatten(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, start, end = asked(given, named, "input", "start_dim", "end_dim", start_dim=0, end_dim=-1)
    if start != 1 or end != -1:
        raise TypeError(f"from axis {start} to {end}")
    return to.emit("Flatten", [x])


@function("reshape", "view")
def reshape(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, *shape = given
    listed = list(shape[0]) if len(shape) == 1 and isinstance(shape[0], (list, tuple)) else shape
    parts = [each if isinstance(each, Name) else to.numbers(int(each)) for each in listed]
    lifted = [
        to.emit("Unsqueeze", [each], axes=[0]) if each not in to.held else each for each in parts
    ]
    return to.emit("Reshape", [x, to.emit("Concat", lifted, axis=0)], allowzero=1)


@function("size")
def size(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, axis = asked(given, named, "input", "dim")
    shape = to.emit("Shape", [x])
    return Sizes(shape) if axis is None else extent(to, shape, axis)


class Sizes(Name):
    """The name of a shape."""


def extent(to: To, shape: str, axis: int) -> Any:
    return to.emit("Gather", [shape, to.array(np.asarray(axis, np.int64))], axis=0)


@function("getattr")
def attribute(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    if given[1] == "values" and isinstance(given[0], Name):
        return given[0]
    if given[1] != "shape":
        raise unread(f"the attribute {given[1]}")
    return Sizes(to.emit("Shape", [given[0]]))


@function("getitem")
def part(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, key = given
    if isinstance(x, tuple):
        return x[key]
    if isinstance(x, Sizes):
        return extent(to, x, key)
    return sliced(to, x, list(key) if isinstance(key, tuple) else [key])


def sliced(to: To, x: str, keys: list[Any]) -> Any:
    """x[:, 0], x[:, -1, 2:4]: numbers take one place of an axis, from the last axis on."""
    for axis in [at for at, each in enumerate(keys) if each is None]:
        x = to.emit("Unsqueeze", [x], axes=[axis])
    keys = [slice(None) if each is None else each for each in keys]
    if any(not isinstance(each, (int, slice)) or isinstance(each, bool) for each in keys):
        raise TypeError("by something other than numbers and slices")
    for axis, key in reversed(list(enumerate(keys))):
        if isinstance(key, int):
            x = to.emit("Gather", [x, to.array(np.asarray(key, np.int64))], axis=axis)
        elif key != slice(None):
            far = 1 << 40
            start, stop, step = key.start or 0, far if key.stop is None else key.stop, key.step or 1
            if step < 1:
                raise TypeError("backwards")
            x = to.emit("Slice", [x], starts=[start], ends=[stop], axes=[axis], steps=[step])
    return x


@function("permute")
def permute(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, *order = given
    listed = list(order[0]) if isinstance(order[0], (list, tuple)) else order
    rank = len(listed)
    return to.emit("Transpose", [x], perm=[each % rank for each in listed])


@function("transpose", "swapaxes")
def transpose(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, a, b = asked(given, named, "input", "dim0", "dim1")
    return to.emit("Swap", [x], axes=[a, b])


@function("movedim")
def movedim(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, source, target = asked(given, named, "input", "source", "destination")
    return to.emit("Move", [x], axes=[source, target])


def squeezing(name: str, kind: str) -> None:
    def read(to: To, given: list[Any], named: dict[str, Any]) -> Any:
        x, axis = asked(given, named, "input", "dim")
        if not isinstance(axis, int):
            raise TypeError("without dim")
        return to.emit(kind, [x], axes=[axis])

    FUNCTIONS[name] = read


squeezing("squeeze", "Squeeze")
squeezing("unsqueeze", "Unsqueeze")


def reducing(name: str, kind: str) -> None:
    def read(to: To, given: list[Any], named: dict[str, Any]) -> Any:
        x, axes, kept = asked(given, named, "input", "dim", "keepdim", keepdim=False)
        if axes is None:
            raise TypeError("over all axes")
        return to.emit(kind, [x], axes=pair(axes, 1), keepdims=int(kept))

    FUNCTIONS[name] = read


reducing("mean", "ReduceMean")
reducing("sum", "ReduceSum")
reducing("amax", "ReduceMax")


def pooling(name: str, kind: str, *names: str) -> None:
    def read(to: To, given: list[Any], named: dict[str, Any]) -> Any:
        found = asked(given, named, "input", *names, "return_indices")
        settings = dict(zip(names, found[1:-1], strict=True))
        usual = {"padding": 0, "dilation": 1, "ceil_mode": False, "count_include_pad": True}
        settings = {key: usual.get(key) if each is None else each for key, each in settings.items()}
        if found[-1]:
            raise TypeError("with return_indices")
        return pooled(to, kind, found[0], int(name[-2]), settings)

    FUNCTIONS[name] = read


SETTINGS = ("kernel_size", "stride", "padding")
for each_rank in (1, 2):
    pooling(f"max_pool{each_rank}d", "MaxPool", *SETTINGS, "dilation", "ceil_mode")
    pooling(f"avg_pool{each_rank}d", "AveragePool", *SETTINGS, "ceil_mode", "count_include_pad")


@function("adaptive_avg_pool1d", "adaptive_avg_pool2d")
def to_one_place(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, wanted = asked(given, named, "input", "output_size")
    if set(pair(wanted, 1)) != {1}:
        raise TypeError("to more than one place")
    return to.emit("GlobalAveragePool", [x])


@function("pad", "_pad")
def pad(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    """Pairs from the last axis on"""
    x, sides, mode, value = asked(given, named, "input", "pad", "mode", "value", mode="constant")
    count = len(sides) // 2
    pads = [*sides[::2][::-1], *sides[1::2][::-1]]
    axes = list(range(-count, 0))
    return to.emit("Pad", [x], pads=pads, axes=axes, mode=mode, value=value or 0.0)


@function("flip")
def flip(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, axes = given[0], given[1] if len(given) > 1 else named["dims"]
    for axis in pair(axes, 1):
        far = -(1 << 40)
        x = to.emit("Slice", [x], axes=[axis], starts=[-1], ends=[far], steps=[-1])
    return x


@function("max")
def largest(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    """Of which the values alone are read."""
    x, axis = asked(given, named, "input", "dim")
    if not isinstance(axis, int):
        raise TypeError("over all axes")
    return to.emit("ReduceMax", [x], axes=[axis], keepdims=0)


@function("repeat_interleave")
def repeated(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    x, times, axis = asked(given, named, "input", "repeats", "dim")
    return to.emit("Repeat", [x], axis=axis, times=times)


@function("chunk", "split")
def parts(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    raise unread("chunk and split; take parts by x[:, a:b], which is the same,")


@function("contiguous", "detach", "clone")
def same(to: To, given: list[Any], named: dict[str, Any]) -> Any:
    return given[0]
