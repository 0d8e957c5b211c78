"""Numbers that are known beforehand, as a part of a plan: positions of steps, a fixed filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.arrays import Array, Namespace
from pellucid.equations.base import Equation
from pellucid.tensor import Gradients, Shape, Symbolic, Tensor, as_tensor

#: so many numbers may stand in a plan
MOST = 1 << 16


class Known(Equation):
    """y = the numbers `values`, in the kind of numbers of x"""

    values: tuple[Any, ...]

    encloses = True
    cost = 0

    def template(self, style: str) -> str:
        sizes = " × ".join(map(str, self.shape(())))
        return f"[{sizes} numbers]" if style == "text" else rf"[{sizes}\text{{{{ numbers}}}}]"

    def run(self, xp: Namespace, x: Array) -> Array:
        return xp.asarray(self.values, dtype=x.dtype)

    def gradient(self, dy: Tensor, y: Tensor, *inputs: Tensor) -> Gradients:
        return (None,)

    def shape(self, *shapes: Shape) -> Shape:
        return np.shape(self.values)


def with_arrays(inputs: Sequence[Any]) -> list[Any]:
    """What an equation reads, with arrays of NumPy as tensors beside one that it reads as well."""
    tensors = [as_tensor(each) for each in inputs if isinstance(each, Symbolic)]
    tensors = [each for each in tensors if not each.is_setting]
    like = next(
        (each for each in tensors if each.dtype == "float"), tensors[0] if tensors else None
    )
    return [known(each, like) if isinstance(each, np.ndarray) else each for each in inputs]


def known(array: np.ndarray, like: Tensor | None) -> Any:
    if like is None or array.dtype.kind not in "biuf":
        return array  # which is refused where it is read
    if not array.size or array.size > MOST:
        raise ValueError(
            f"an array of {array.size:,} numbers cannot stand in a plan, which has 1 to {MOST:,}: "
            "make it a weight, add_weight(shape, trainable=False), and assign it"
        )
    numbers = array.astype(float).tolist()
    return Known(nested(numbers))(like) if isinstance(numbers, list) else numbers


def nested(numbers: Any) -> Any:
    return tuple(map(nested, numbers)) if isinstance(numbers, list) else numbers


Symbolic.beside = staticmethod(with_arrays)
