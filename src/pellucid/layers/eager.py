"""A layer, or a network, on arrays: what it writes is run at once, as outside training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from pellucid.layers.calling import arguments
from pellucid.layers.training import Training
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.randomness import next_seed
from pellucid.tensor import Tensor
from pellucid.weights import Weight


class Writing(Protocol):
    """What a layer is here: it has weights, and writes equations."""

    several_inputs: ClassVar[bool]

    @property
    def weights(self) -> list[Weight]: ...
    def write(self, x: Any, training: Training | None, **further: Any) -> Any: ...


def on_arrays(
    layer: Writing,
    arrays: Sequence[Any],
    further: Mapping[str, Any],
    dtype: str,
    training: Training | None = None,
    step: int = 0,
) -> Any:
    """The layer's value from arrays, whole numbers as they are and others in `dtype`.

    While `training`, it draws by a fresh seed and the `step`, and its states move.
    """
    given = [as_given(each, dtype) for each in arrays]
    tensors = [
        Tensor((None, *each.shape[1:]), "X", "input", "int" if each.dtype.kind in "iu" else "float")
        for each in given
    ]
    x, named = arguments(layer, tensors, further)
    y = layer.write(x, training, **named)
    values: dict[Tensor, Any] = dict(zip(tensors, given, strict=True))
    values |= {weight.tensor: weight.value for weight in layer.weights}
    moved = {} if training is None else training.assignments
    if training is not None:
        values |= {training.seed: next_seed(), training.step: step}
    wanted = y if isinstance(y, list) else [y]
    found = interpret(trace([*wanted, *moved.values()]), values, np)
    for weight in layer.weights:
        if weight.tensor in moved:
            weight.assign(found[moved[weight.tensor]])
    return [found[each] for each in y] if isinstance(y, list) else found[y]


def as_given(array: Any, dtype: str) -> np.ndarray:
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError("the array is masked; fill the masked values first: `x.filled(0)`")
    found = np.asarray(array)
    return found if found.dtype.kind in "iu" else found.astype(dtype)
