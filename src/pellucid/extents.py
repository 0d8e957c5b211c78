"""Extents that are open, None in a shape: what follows from them is found by trying two sizes.

An equation, or a layer, is asked for two sizes in place of all that is open. What comes out the
same is known whatever they are; what differs is open as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pellucid.arrays import Shape

#: what is tried in place of open extents: many numbers go into them; the larger for large windows
TRIED = ((48, 96), (960, 1920))


def is_open(shape: Shape) -> bool:
    """Whether an extent beside that of the batch is not known."""
    return None in shape[1:]


def any_open(shapes: Iterable[Shape]) -> bool:
    return any(map(is_open, shapes))


def sized(shape: Shape, extent: int) -> Shape:
    """A shape with `extent` in place of what is open; the batch stays as it is."""
    return (*shape[:1], *(extent if each is None else each for each in shape[1:]))


def common(one: Shape, other: Shape) -> Shape:
    """What two shapes have in common, None where they differ."""
    return tuple(a if a == b else None for a, b in zip(one, other, strict=True))


def tried(shapes_for: Callable[[int], Sequence[Shape]]) -> list[Shape]:
    """The shapes that `shapes_for` gives of an extent, as far as they do not depend on it."""
    errors: list[Exception] = []
    for pair in TRIED:
        try:
            found = [shapes_for(extent) for extent in pair]
        except (ValueError, IndexError) as error:
            errors.append(error)
            continue
        return [common(*each) for each in zip(*found, strict=True)]
    raise errors[0]
