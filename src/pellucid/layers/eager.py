"""A layer, or a network, on arrays: what it writes is run at once, as outside training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from pellucid.weights import Weight


class Writing(Protocol):
    """What a layer is here: it has weights, and writes equations."""

    several_inputs: ClassVar[bool]

    @property
    def weights(self) -> list[Weight]: ...
    def write(self, x: Any) -> Any: ...


def on_arrays(layer: Writing, arrays: Sequence[Any], dtype: str) -> Any:
    """The layer's value from arrays, whole numbers as they are and others in `dtype`."""
    for each in arrays:
        if isinstance(each, np.ma.MaskedArray):
            raise TypeError("the array is masked; fill the masked values first: `x.filled(0)`")
    given = [np.asarray(each) for each in arrays]
    given = [each if each.dtype.kind in "iu" else each.astype(dtype) for each in given]
    tensors = [
        Tensor((None, *each.shape[1:]), "X", "input", "int" if each.dtype.kind in "iu" else "float")
        for each in given
    ]
    y = layer.write(tensors if layer.several_inputs else tensors[0])
    values = dict(zip(tensors, given, strict=True))
    values |= {weight.tensor: weight.value for weight in layer.weights}
    found = interpret(trace(y if isinstance(y, list) else [y]), values, np)
    return [found[each] for each in y] if isinstance(y, list) else found[y]
