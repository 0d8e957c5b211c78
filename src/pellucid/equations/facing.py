"""Losses whose classes, or directions, stand along an axis that may be another than the last."""

from __future__ import annotations

from typing import Any

from pellucid.equations.eager import arrays
from pellucid.equations.losses import Loss
from pellucid.equations.spacing import Permute
from pellucid.settings import option
from pellucid.tensor import Shape, Tensor, place_of


class AlongAxis(Loss, abstract=True):
    """A loss of what stands along `axis`: it is computed with that axis as the last."""

    axis: int = option(default=-1, kw_only=True)

    def facing(self, y: Any, p: Any) -> tuple[Any, Any]:
        axis = place_of(self.axis, p.shape)
        if axis == len(p.shape) - 1:
            return y, p
        if self.sparse and len(y.shape) == len(p.shape) and y.shape[axis] == 1:
            y = turned_last(y, axis)[..., 0]
        return (y if self.sparse else turned_last(y, axis)), turned_last(p, axis)

    def target_shape(self, predictions: Shape) -> Shape:
        axis = place_of(self.axis, predictions)
        apart = (*predictions[:axis], *predictions[axis + 1 :])
        return apart if self.sparse else predictions


def class_axis(loss: Loss | None) -> int:
    """The axis along which the classes of a loss stand."""
    return loss.axis if isinstance(loss, AlongAxis) else -1


def turned_last(x: Any, axis: int) -> Any:
    """x, a tensor or an array, with an axis moved to the end."""
    order = (*(at for at in range(len(x.shape)) if at != axis), axis)
    if not isinstance(x, Tensor):
        return arrays(x)[0].permute_dims(x, order)
    if axis == 0:
        raise ValueError("axis=0 is that of the rows, whose number is open; give another axis")
    return Permute(order)(x)
