"""What a network reads of a point (x1, x2): its coordinates, and functions of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Column = Callable[[np.ndarray, np.ndarray], np.ndarray]
#: each input, and how a script writes it
INPUTS: dict[str, tuple[Column, str]] = {
    "x1": (lambda x1, x2: x1, "x1"),
    "x2": (lambda x1, x2: x2, "x2"),
    "x1²": (lambda x1, x2: x1 * x1, "x1 * x1"),
    "x2²": (lambda x1, x2: x2 * x2, "x2 * x2"),
    "x1·x2": (lambda x1, x2: x1 * x2, "x1 * x2"),
    "sin x1": (lambda x1, x2: np.sin(x1), "np.sin(x1)"),
    "sin x2": (lambda x1, x2: np.sin(x2), "np.sin(x2)"),
}
#: the coordinates alone, as data of the plane are
PLAIN = ("x1", "x2")


def inputs_of(points: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The inputs of these names for each point, (n, inputs)."""
    if tuple(names) == PLAIN:
        return points
    x1, x2 = points.T
    return np.stack([INPUTS[name][0](x1, x2) for name in names], axis=1)


def script(names: Sequence[str]) -> list[str]:
    """The lines that do the same to `x`; none for the coordinates alone."""
    if tuple(names) == PLAIN:
        return []
    columns = ", ".join(INPUTS[name][1] for name in names)
    return ["x1, x2 = x.T", f"x = np.stack([{columns}], axis=1)"]
