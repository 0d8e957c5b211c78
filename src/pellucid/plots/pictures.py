"""Pictures of pictures: rows of images, and the weights of a first layer as images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.lenses import Confusion, kernels
from pellucid.plots.style import SIGNED, axes, grid, label


def images(
    pictures: Any, titles: Sequence[str] | None = None, columns: int = 8, ax: Any = None
) -> list[Any]:
    """Pictures side by side, each with its title; gives the list of their Axes."""
    pictures = np.asarray(pictures)
    panels = _panels(ax, len(pictures), columns)
    for at, (panel, picture) in enumerate(zip(panels, pictures, strict=True)):
        panel.imshow(picture, cmap=None if picture.ndim == 3 else "gray", interpolation="nearest")
        panel.axis("off")
        if titles:
            panel.set_title("\n".join(map(label, titles[at].split("\n"))), fontsize=8)
    return panels


def mistakes(
    found: Confusion,
    x: Any,
    true: int | None = None,
    guess: int | None = None,
    most: int = 16,
    shape: Sequence[int] | None = None,
    columns: int = 8,
    ax: Any = None,
) -> list[Any]:
    """The rows that were taken for another class, as pictures, the surest first.

    With `true` or `guess`, the rows of that class, or taken for it. `shape` is that of a picture
    whose pixels stand in one row.
    """
    rows = found.mistakes if true is None and guess is None else found.rows(true, guess)
    if not len(rows):
        raise ValueError("there are no such rows to draw")
    chosen = np.asarray(x)[rows[:most]]
    if shape is not None:
        chosen = chosen.reshape(-1, *shape)
    return images(chosen, [found.words(row) for row in rows[:most]], columns, ax)


def weights(
    net: Any,
    shape: Sequence[int] | None = None,
    most: int = 32,
    columns: int = 8,
    ax: Any = None,
    layer: str | None = None,
) -> list[Any]:
    """What each unit of a layer looks for, as an image; the Axes of these.

    `layer` is a layer's name; without it, the first one with a kernel. `shape` is that of what a
    dense layer reads; None where the network says it. Units with the largest weights come first.
    """
    units = kernels(net, layer, shape)
    images = units.mean(axis=-1) if units.ndim == 4 else units
    largest = np.argsort(-np.abs(images).sum(axis=(1, 2)), kind="stable")[:most]
    panels = _panels(ax, len(largest), columns)
    limit = float(np.abs(images[largest]).max()) or 1.0
    for panel, unit in zip(panels, largest, strict=True):
        image = images[unit]
        panel.imshow(image, cmap=SIGNED, vmin=-limit, vmax=limit, interpolation="nearest")
        panel.axis("off")
        panel.set_title(f"unit {unit}", fontsize=7)
    return panels


def weight_matrix(net: Any, names: Sequence[str] | None = None, ax: Any = None) -> Any:
    """The first dense layer's weights, features down and units across."""
    kernel, _ = first_kernel(net, ())
    ax = axes(ax, (6.4, min(0.22 * len(kernel) + 1.2, 9.0)))
    limit = float(np.abs(kernel).max()) or 1.0
    ax.imshow(kernel, cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest")
    ax.set(xlabel="unit", ylabel="feature")
    if names is not None and len(names) == len(kernel) <= 40:
        ax.set_yticks(range(len(kernel)), list(map(label, names)), fontsize=7)
    return ax


def first_kernel(net: Any, shape: Sequence[int] | None) -> tuple[np.ndarray, tuple[int, ...]]:
    """The first matrix of weights, (inputs, units), and the shape that its inputs have."""
    kernel = next((each for each in net.get_weights() if each.ndim == 2), None)
    if kernel is None:
        raise ValueError("the network has no dense layer, whose weights could be drawn")
    given = tuple(shape if shape is not None else net.inputs[0].shape[1:])
    if shape is None and (len(given) < 2 or int(np.prod(given)) != len(kernel)):
        raise ValueError(
            f"the first dense layer reads {len(kernel)} numbers, which are not known to be an "
            "image: say shape=(height, width)"
        )
    return kernel, given


def _panels(ax: Any, count: int, columns: int) -> list[Any]:
    if ax is None:
        return grid(count, columns, 1.15)
    panels = list(np.ravel(np.asarray(ax, dtype=object)))
    if len(panels) != count:
        raise ValueError(f"got {len(panels)} Axes for {count} pictures")
    return panels
