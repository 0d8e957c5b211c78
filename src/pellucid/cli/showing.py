"""Showing a model on a terminal: summary, plan, and its first weights as pictures of blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.models.model import Model
from pellucid.plots import first_kernel

#: units drawn side by side
UNITS = 6


def described(net: Model) -> dict[str, Any]:
    """What `show --json` prints."""
    return {
        "model": net.described(),
        "parameters": sum(weight.size for weight in net.weights),
        "epochs_trained": net.epochs_trained,
        "plan": str(net.plan),
        "preprocessing": net.preprocessing,
    }


def blocks(net: Model) -> Any:
    """The weights of some first units as coloured half blocks; None where they are no images."""
    from rich.text import Text

    try:
        kernel, shape = first_kernel(net, None)
    except ValueError:
        return None
    largest = np.argsort(-np.abs(kernel).sum(axis=0), kind="stable")[:UNITS]
    images = [kernel[:, unit].reshape(shape) for unit in largest]
    limit = float(np.abs(kernel).max()) or 1.0
    drawn = np.concatenate([_padded(image) / limit for image in images], axis=1)
    text = Text()
    for upper, lower in zip(drawn[::2], drawn[1::2], strict=True):
        for above, below in zip(upper, lower, strict=True):
            text.append("▀", style=f"{_colour(above)} on {_colour(below)}")
        text.append("\n")
    return text


def _padded(image: np.ndarray) -> np.ndarray:
    image = image.mean(axis=-1) if image.ndim == 3 else image
    return np.pad(image, ((0, image.shape[0] % 2), (0, 1)))


def _colour(value: float) -> str:
    """From orange through black to blue."""
    strength = round(255 * min(1.0, abs(float(value)) ** 0.7))
    red, green, blue = (strength, strength // 2, 0) if value < 0 else (0, strength // 2, strength)
    return f"rgb({red},{green},{blue})"
