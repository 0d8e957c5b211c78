"""What a network says all over a plane of two columns: where it changes its mind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pellucid.lenses.asking import of_a_network
from pellucid.tensor import show_shape

if TYPE_CHECKING:
    from pellucid.models import Model


class Boundary(NamedTuple):
    """The network's outputs on a grid: outputs[row, column] at (across[column], up[row])."""

    columns: tuple[int, int]
    across: np.ndarray
    up: np.ndarray
    outputs: np.ndarray


@of_a_network
def boundary(
    net: Model,
    x: Any,
    columns: tuple[int, int] = (0, 1),
    at: Sequence[float] | None = None,
    steps: int = 120,
    margin: float = 0.1,
) -> Boundary:
    """The outputs as two columns go over their range in `x`, and a little further.

    Other columns stand at their median, or where the row `at` says.
    """
    rows = np.asarray(x)
    if rows.ndim != 2 or rows.shape[1] < 2 or not len(rows):
        raise ValueError(
            f"x has the shape {show_shape(rows.shape)}; a boundary is drawn over two columns of a "
            "table, (rows, columns)"
        )
    low, high = rows[:, list(columns)].min(axis=0), rows[:, list(columns)].max(axis=0)
    further = margin * np.where(high > low, high - low, 1.0)
    across, up = np.linspace(low - further, high + further, steps).T
    grid = np.tile(np.median(rows, axis=0) if at is None else np.asarray(at), (steps * steps, 1))
    grid[:, columns[0]] = np.tile(across, steps)
    grid[:, columns[1]] = np.repeat(up, steps)
    outputs = np.asarray(net.predict(grid.astype(rows.dtype, copy=False), verbose=0))
    return Boundary(columns, across, up, outputs.reshape(steps, steps, -1))
