"""The weights of a layer, unit by unit, in the shape of what each unit looks at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pellucid.lenses.asking import of_a_network
from pellucid.models.seeing import Seeing


@of_a_network
def kernels(
    net: Seeing, layer: str | None = None, shape: Sequence[int] | None = None
) -> np.ndarray:
    """(units, height, width) of a dense layer on a picture, (filters, height, width, channels).

    `layer` is a layer's name; without it the first that has a kernel. `shape` is that of the
    picture whose pixels a dense layer reads, where the network does not say it.
    """
    kernel = kernel_of(net, layer)
    units = np.moveaxis(kernel, -1, 0)
    if kernel.ndim > 2:
        return units
    shape = picture_shape(net, len(kernel)) if shape is None else tuple(shape)
    if shape is None or math.prod(shape) != len(kernel):
        raise ValueError(
            f"the layer reads {len(kernel)} numbers, which are not known to be an image: "
            "say shape=(height, width)"
        )
    return units.reshape(-1, *shape)


def kernel_of(net: Seeing, layer: str | None) -> np.ndarray:
    """The first array of weights with more than one dimension."""
    layers = net.layers if layer is None else [net.get_layer(layer)]
    for each in layers:
        for weight in each.get_weights():
            if weight.ndim > 1:
                return weight
    where = "the network" if layer is None else f"the layer {layer!r}"
    raise ValueError(f"{where} has no kernel, whose weights could be drawn")


def picture_shape(net: Seeing, size: int) -> tuple[int, ...] | None:
    """The shape of the network's input, if it is a picture of so many pixels."""
    shape = net.inputs[0].shape[1:]
    known = tuple(extent for extent in shape if extent is not None)
    return known if len(known) == len(shape) > 1 and math.prod(known) == size else None
