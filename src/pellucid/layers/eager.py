"""A layer, or a network, on arrays: what it writes is run at once, as outside training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from pellucid.layers.calling import arguments
from pellucid.layers.keeping import carried_by, forget_carried, keep, numbers_of
from pellucid.layers.opening import with_parts
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
    @property
    def penalties(self) -> list[Tensor]: ...
    def forget_penalties(self) -> None: ...
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
    forget_carried(layer)
    layer.forget_penalties()
    values: dict[Tensor, Any] = dict(zip(tensors, given, strict=True))
    values |= masks_of(arrays, tensors, dtype)
    y = layer.write(x, training, **named)
    carried = carried_by(layer)
    values |= {weight.tensor: weight.value for weight in layer.weights}
    kept = numbers_of(layer, len(given[0]), dtype) if carried else []
    values |= {each.start: array for each, array in zip(carried, kept, strict=True)}
    moved = {} if training is None else training.assignments
    if training is not None:
        values |= {training.seed: next_seed(), training.step: step}
    wanted = y if isinstance(y, list) else [y]
    ends = [each.end for each in carried]
    masks = [each.mask for each in wanted if each.mask is not None]
    penalties = layer.penalties
    found = interpret(trace([*wanted, *masks, *penalties, *moved.values(), *ends]), values, np)
    computed = {each: found[each] for each in penalties}
    for part in with_parts(layer):
        part.computed = computed
    keep(layer, [found[each] for each in ends])
    for weight in layer.weights:
        if weight.tensor in moved:
            weight.assign(found[moved[weight.tensor]])
    result = [marked(found[each], found.get(each.mask)) for each in wanted]
    return result if isinstance(y, list) else result[0]


class Marked(np.ndarray):
    """An array that a layer gave, with the mask of its steps, which the next layer reads."""

    mask: np.ndarray | None = None


def marked(array: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    if mask is None:
        return array
    found = array.view(Marked)
    found.mask = mask
    return found


def masks_of(arrays: Sequence[Any], tensors: Sequence[Tensor], dtype: str) -> dict[Tensor, Any]:
    """Give tensors the masks that their arrays have; and the numbers of these."""
    values = {}
    for array, tensor in zip(arrays, tensors, strict=True):
        if isinstance(array, Marked) and array.mask is not None:
            tensor.mask = Tensor((None, *array.mask.shape[1:]), "k", "input")
            values[tensor.mask] = array.mask.astype(dtype)
    return values


def as_given(array: Any, dtype: str) -> np.ndarray:
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError("the array is masked; fill the masked values first: `x.filled(0)`")
    found = np.asarray(array)
    return found if found.dtype.kind in "iu" else found.astype(dtype)
