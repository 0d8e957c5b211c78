"""What a number loses when a part of the input is covered: no gradient, so no kink deceives it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from pellucid.glass.elements import StepElements
from pellucid.lenses.asking import (
    ROWS,
    Asked,
    asked_by_row,
    given_inputs,
    input_named,
    of_a_network,
    with_input,
)
from pellucid.models.seeing import Seeing
from pellucid.tensor import show_shape

#: of a picture, how many pixels a window is high and wide
WINDOW = 3


@of_a_network
def occlusion(
    net: Seeing,
    x: Any,
    of: str | None = None,
    by: str = "X",
    window: int | Sequence[int] | None = None,
    fill: float = 0.0,
    shape: Sequence[int] | None = None,
) -> np.ndarray:
    """By how much the number falls when a window around each place is covered with `fill`.

    In the input's shape: at each place the mean over the windows that cover it. A window is a
    single column of a table, and 3 × 3 pixels of a picture with all of its channels. `shape` is
    that of a picture whose pixels stand in one row: (28, 28).
    """
    recording = net.record(x)
    number, at = asked_by_row(StepElements(recording), of), input_named(recording, by)
    inputs = given_inputs(recording)
    shape = as_picture(shape, inputs[at].shape[1:])
    masks = np.stack(list(windows(shape, sizes(window, shape))))
    covering, falls = masks.sum(axis=0), np.zeros(inputs[at].shape)
    before = number.per_row(recording)
    for row in range(len(falls)):
        alone = [each[row : row + 1] for each in inputs]
        picture = inputs[at][row].reshape(shape)
        covered = np.where(masks, np.asarray(fill, picture.dtype), picture)
        covered = covered.reshape(-1, *falls.shape[1:])
        lost = before[row] - numbers(net, alone, at, covered, number.of_row(row))
        falls[row] = (np.tensordot(lost, masks, axes=1) / covering).reshape(falls.shape[1:])
    return falls


def numbers(
    net: Seeing, inputs: list[np.ndarray], at: int, others: np.ndarray, number: Asked
) -> np.ndarray:
    """The number of one row, with each of other inputs in its place."""
    parts = [others[start : start + ROWS] for start in range(0, len(others), ROWS)]
    made = [net.record(with_input(inputs, at, part)) for part in parts]
    found = [number.repeated(len(p)).per_row(r) for p, r in zip(parts, made, strict=True)]
    return np.concatenate(found)


def as_picture(shape: Sequence[int] | None, given: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a row, laid out as it is looked at."""
    if shape is None:
        return given
    if math.prod(shape) != math.prod(given):
        raise ValueError(
            f"shape={tuple(shape)} holds {math.prod(shape):,} numbers; a row is "
            f"{show_shape(given)}, {math.prod(given):,}"
        )
    return tuple(shape)


def sizes(window: int | Sequence[int] | None, shape: tuple[int, ...]) -> tuple[int, ...]:
    """How far a window reaches along each axis."""
    if window is None or isinstance(window, int):
        side = window or (WINDOW if len(shape) > 1 else 1)
        channels = shape[2:] if len(shape) == 3 else ()
        sides = (side,) * (len(shape) - len(channels)) + channels
    else:
        sides = tuple(window)
    fits = len(sides) == len(shape) and all(
        0 < side <= extent for side, extent in zip(sides, shape, strict=True)
    )
    if not fits:
        raise ValueError(f"window={window} does not fit into a row of shape {show_shape(shape)}")
    return sides


def windows(shape: tuple[int, ...], sides: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Every place of a window, as a mask."""
    starts = (range(extent - side + 1) for extent, side in zip(shape, sides, strict=True))
    for corner in product(*starts):
        mask = np.zeros(shape, bool)
        mask[tuple(slice(at, at + side) for at, side in zip(corner, sides, strict=True))] = True
        yield mask
