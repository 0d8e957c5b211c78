"""Pictures of pictures: rows of images, and the weights of a first layer as images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

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


def weights(
    net: Any, shape: Sequence[int] | None = None, most: int = 32, columns: int = 8, ax: Any = None
) -> list[Any]:
    """What each unit of the first dense layer looks for, as an image; the Axes of these.

    `shape` is that of the input; None where the network says it. Units with the largest weights
    come first.
    """
    kernel, shape = first_kernel(net, shape)
    largest = np.argsort(-np.abs(kernel).sum(axis=0), kind="stable")[:most]
    panels = _panels(ax, len(largest), columns)
    limit = float(np.abs(kernel[:, largest]).max()) or 1.0
    for panel, unit in zip(panels, largest, strict=True):
        image = kernel[:, unit].reshape(shape)
        image = image.mean(axis=-1) if image.ndim == 3 else image
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
        return grid(count, columns)
    panels = list(np.ravel(np.asarray(ax, dtype=object)))
    if len(panels) != count:
        raise ValueError(f"got {len(panels)} Axes for {count} pictures")
    return panels
