"""A layer on tensors with open extents: the shapes of what it gives, found by trying two sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from pellucid.extents import any_open, sized, tried
from pellucid.tensor import Tensor, show_shape


class Writing(Protocol):
    """What a layer is here: it is built for shapes, and writes equations and penalties."""

    _penalties: list[Tensor]

    @property
    def layer_name(self) -> str: ...
    @property
    def parts(self) -> list[Any]: ...
    def build_on(self, x: Any, further: Mapping[str, Any]) -> None: ...
    def write(self, x: Any, training: None, **further: Any) -> Any: ...


def written(layer: Writing, x: Any, named: Mapping[str, Any]) -> Any:
    """What a layer writes on tensors; where they are open, tensors of the shapes that it gives."""
    if not any_open(each.shape for each in tensors_of([x, *named.values()])):
        return layer.write(x, None, **named)
    layer.build_on(x, named)
    y: Any = None
    before = penalties_of(layer)

    def shapes_for(extent: int) -> list[Any]:
        nonlocal y
        put_back(before)
        stand = StandIns(extent)
        y = layer.write(stand.of(x), None, **{name: stand.of(each) for name, each in named.items()})
        return [each.shape for each in tensors_of(y)]

    try:
        shapes = iter(tried(shapes_for))
    except (ValueError, IndexError) as error:
        listed = ", ".join(show_shape(each.shape) for each in tensors_of([x, *named.values()]))
        raise ValueError(
            f"{layer.layer_name} cannot be called on {listed} for any extent ?: {error}"
        ) from error
    return opened(y, shapes)


class StandIns:
    """For each tensor one like it, with `extent` in place of what is open."""

    def __init__(self, extent: int):
        self.extent = extent
        self.known: dict[Tensor, Tensor] = {}

    def of(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.of(each) for each in value]
        if not isinstance(value, Tensor):
            return value
        if value not in self.known:
            shape = sized(value.shape, self.extent)
            self.known[value] = one = Tensor(shape, value.name, value.role, value.dtype)
            one.mask = None if value.mask is None else self.of(value.mask)
        return self.known[value]


def opened(y: Any, shapes: Iterator[Any]) -> Any:
    """Tensors like those that were written, of other shapes, with masks where they have some."""
    if isinstance(y, list):
        return [opened(each, shapes) for each in y]
    fresh = Tensor(next(shapes), y.name, dtype=y.dtype)
    fresh.mask = None if y.mask is None else opened(y.mask, shapes)
    return fresh


def tensors_of(value: Any) -> Iterator[Tensor]:
    """The tensors of a value, each before its mask."""
    if isinstance(value, Tensor):
        yield value
        if value.mask is not None:
            yield from tensors_of(value.mask)
    elif isinstance(value, list):
        for each in value:
            yield from tensors_of(each)


def penalties_of(layer: Any) -> dict[Any, list[Tensor]]:
    """What a layer, and those within it, have added to the loss so far."""
    return {part: list(part._penalties) for part in with_parts(layer)}


def put_back(before: Mapping[Any, list[Tensor]]) -> None:
    """Forget what was added after `penalties_of` was asked."""
    for part, penalties in before.items():
        part._penalties[:] = penalties


def with_parts(layer: Any) -> Iterator[Any]:
    yield layer
    for part in layer.parts:
        yield from with_parts(part)
